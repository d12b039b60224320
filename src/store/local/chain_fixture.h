// A chain on a file system that fails on purpose: what the tests of Chain share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "block/line.h"
#include "fs/faulty.h"
#include "store/chain.h"
#include "store/local/open_chain.h"

namespace mbe {

inline const std::string id = "abcdefghijklmnopqrstuvwxyz";
inline const std::string other_id = "bbcdefghijklmnopqrstuvwxyz";

/// An utterance with nothing but its text.
inline Payload say(std::string text) {
  Payload payload;
  payload.text = std::move(text);
  return payload;
}

class ChainTest : public testing::Test {
 protected:
  ChainOptions options() {
    ChainOptions out{files_, clock_, id, "c", [] { return Result<Bytes32>(Bytes32{9}); }};
    out.genesis.kind = Kind::manifest;
    out.genesis.text = "mine";
    out.lock_wait_ms = 0;
    return out;
  }
  std::unique_ptr<Chain> open() {
    auto chain = open_chain(options());
    EXPECT_TRUE(chain.ok()) << (chain.ok() ? "" : chain.error().message());
    return chain.ok() ? std::move(*chain) : nullptr;
  }
  static Purge nothing() {
    return [](const Erasure&) { return Result<std::vector<std::string>>({}); };
  }
  static void fill(Chain& chain, int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(chain.append(say(std::to_string(i))).ok());
  }

  FaultyFileSystem files_{1};
  FakeClock clock_{1'000};
};

}  // namespace mbe
