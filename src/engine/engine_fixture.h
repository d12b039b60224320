// An engine with a home of its own in the temporary folder: what the tests of Engine and Memory
// share. For tests alone.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "embed/test_embedder.h"
#include "mbe/engine.h"

namespace mbe {

namespace fs = std::filesystem;

/// When the fake clock starts: 2023-11-14T22:13:20Z.
inline constexpr TimeMs start = 1'700'000'000'000;

/// A home in a folder of its own, a fake clock and the deterministic embedder.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    static int counter = 0;
    home_ = fs::temp_directory_path() /
            ("mbe-engine-test-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
    reopen();
  }
  void TearDown() override {
    engine_.reset();
    fs::remove_all(home_);
  }
  void reopen(bool read_only = false) {
    engine_.reset();
    auto opened = Engine::open(
        {.home = home_, .read_only = read_only, .clock = &clock_, .embedder = embedder_});
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    engine_ = std::move(*opened);
    auto memory = engine_->chain("main");
    ASSERT_TRUE(memory.ok()) << memory.error().message();
    memory_ = *memory;
  }
  std::uint64_t remember(const std::string& text, const std::string& session = "") {
    clock_.advance_ms(1'000);
    auto receipt = memory_->remember({.text = text, .speaker = "Mina", .session = session});
    EXPECT_TRUE(receipt.ok()) << receipt.error().message();
    return receipt.ok() ? receipt->block_index : 0;
  }
  std::vector<std::uint64_t> recall(const std::string& cue, std::vector<std::string> arms = {}) {
    auto result = memory_->recall({.cue = cue, .arms = std::move(arms), .threshold = false});
    EXPECT_TRUE(result.ok()) << result.error().message();
    std::vector<std::uint64_t> out;
    for (const RecallHit& hit : result.ok() ? result->hits : std::vector<RecallHit>{}) {
      out.push_back(hit.block.block_index);
    }
    return out;
  }
  static bool contains(const std::vector<std::uint64_t>& all, std::uint64_t one) {
    return std::ranges::find(all, one) != all.end();
  }

  FakeClock clock_{start};
  std::shared_ptr<TestEmbedder> embedder_ = std::make_shared<TestEmbedder>();
  fs::path home_;
  std::unique_ptr<Engine> engine_;
  Memory* memory_ = nullptr;
};

}  // namespace mbe
