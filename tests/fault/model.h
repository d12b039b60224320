// A chain on a file system that fails on purpose, and a model of what it must hold: every
// acknowledged block, in order, with its bytes; nothing that was erased; and of what failed, all or
// nothing.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "fs/faulty.h"
#include "store/local/open_chain.h"

namespace mbe {

inline const std::string test_chain_id = "abcdefghijklmnopqrstuvwxyz";
inline const std::string test_directory = "chains/abcdefghijklmnopqrstuvwxyz";

inline Payload say(std::string text) {
  Payload payload;
  payload.text = std::move(text);
  return payload;
}

inline ChainOptions test_options(FileSystem& files, const Clock& clock,
                                 std::string directory = test_directory) {
  ChainOptions options{files, clock, test_chain_id, std::move(directory), [] {
                         Bytes32 root{};
                         root.fill(0x42);
                         return Result<Bytes32>(root);
                       }};
  options.genesis.kind = Kind::manifest;
  options.genesis.text = "test";
  options.lock_wait_ms = 0;
  options.segment_bytes_max = 6'000;
  return options;
}

/// What was promised so far.
struct Model {
  std::map<std::uint64_t, std::string> acknowledged;  ///< sequence → text
  std::map<std::uint64_t, Digest> hashes;
  std::set<std::uint64_t> erased;   ///< an erasure of them returned
  std::set<std::uint64_t> erasing;  ///< an erasure of them failed: erased or not
  std::uint64_t purges = 0;

  /// Appends and notes the promise. True if it was given.
  bool append(Chain& chain, const std::string& text, Durability durability) {
    const Result<Receipt> receipt = chain.append(say(text), durability);
    if (!receipt.ok()) return false;
    if (durability == Durability::synced) note(*receipt, text);
    return true;
  }
  void note(const Receipt& receipt, const std::string& text) {
    // A synced block acknowledges those before it.
    acknowledged[receipt.sequence] = text;
    hashes[receipt.sequence] = receipt.hash;
  }
  bool erase(Chain& chain, const SequenceRange& range) {
    const auto result = chain.erase({{range}, "", "", {}}, purge());
    for (std::uint64_t at = range.first; at <= range.last; ++at) {
      (result.ok() ? erased : erasing).insert(at);
    }
    return result.ok();
  }
  Purge purge() {
    return [this](const Erasure&) {
      ++purges;
      return Result<std::vector<std::string>>({});
    };
  }

  /// Every promise against a chain that has just been opened. While faults are on, a call that
  /// fails proves nothing.
  void check(Chain& chain, bool faults_are_on = false) const {
    ASSERT_FALSE(chain.damage().has_value()) << chain.damage()->where;
    for (const auto& [sequence, text] : acknowledged) {
      const Result<Block> block = chain.read(sequence);
      if (faults_are_on && !block.ok() && block.error().code() == ErrorCode::io) return;
      ASSERT_TRUE(block.ok()) << "block " << sequence << ": " << block.error().message();
      ASSERT_EQ(block->hash, hashes.at(sequence)) << "block " << sequence;
      if (erased.contains(sequence)) {
        ASSERT_EQ(block->state, BlockState::erased) << "block " << sequence;
        continue;
      }
      if (erasing.contains(sequence) && block->state == BlockState::erased) continue;
      ASSERT_EQ(block->state, BlockState::ok) << "block " << sequence;
      ASSERT_EQ(block->payload.text, text) << "block " << sequence;
    }
  }
};

inline std::string problems_of(const VerifyReport& report) {
  std::string out;
  for (const Error& error : report.problems) out += error.message() + "\n";
  return out;
}

}  // namespace mbe
