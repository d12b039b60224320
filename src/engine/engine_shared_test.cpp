// Two engines on one home, as two processes have it: what one does, the other finds.
#include <fstream>
#include <sstream>

#include "engine/engine_fixture.h"
#include "engine/memory_parts.h"

namespace mbe {
namespace {

class SharedHome : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    auto opened = Engine::open({.home = home_, .clock = &clock_, .embedder = embedder_});
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    other_engine_ = std::move(*opened);
    auto memory = other_engine_->chain("main");
    ASSERT_TRUE(memory.ok()) << memory.error().message();
    other_ = *memory;
  }
  void TearDown() override {
    other_engine_.reset();
    EngineTest::TearDown();
  }
  /// The files below the home that hold the bytes.
  [[nodiscard]] std::vector<std::string> files_with(const std::string& bytes) const {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(home_)) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (content.str().find(bytes) != std::string::npos) out.push_back(entry.path());
    }
    return out;
  }

  std::unique_ptr<Engine> other_engine_;
  Memory* other_ = nullptr;
};

TEST_F(SharedHome, FindsWhatTheOtherRemembered) {
  const auto index = remember("the heron stands in the pond");
  auto found = other_->recall({.cue = "heron", .arms = {"keyword"}, .threshold = false});
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found->hits.size(), 1U);
  EXPECT_EQ(found->hits.front().block.block_index, index);
}

TEST_F(SharedHome, LosesWhatTheOtherForgot) {
  const auto gone = remember("zanzibarcanary lives in the attic");
  remember("we feed it corn");
  ASSERT_TRUE(memory_->reembed(false).ok());
  ASSERT_TRUE(memory_->rebuild().ok());  // its terms are in files now
  ASSERT_TRUE(contains(recall("zanzibarcanary"), gone));
  ASSERT_TRUE(other_->forget({.blocks = {gone}}, 1).ok());
  EXPECT_FALSE(contains(recall("zanzibarcanary"), gone));
  const auto stats = memory_->stats();
  ASSERT_TRUE(stats.ok());
  EXPECT_EQ(stats->memories, 1U);
  EXPECT_EQ(files_with("zanzibarcanary"), std::vector<std::string>{});
}

TEST_F(SharedHome, LosesItOnceTheWriterOpensAgain) {
  const auto gone = remember("zanzibarcanary lives in the attic");
  ASSERT_TRUE(memory_->rebuild().ok());
  ASSERT_TRUE(other_->forget({.blocks = {gone}}, 1).ok());
  other_engine_.reset();
  reopen();
  EXPECT_FALSE(contains(recall("zanzibarcanary"), gone));
  EXPECT_EQ(files_with("zanzibarcanary"), std::vector<std::string>{});
}

TEST_F(SharedHome, LosesItsVectorsThoughTheIndexesWereMadeAnew) {
  const auto gone = remember("zanzibarcanary lives in the attic", "s");
  const auto beside = remember("we feed it corn", "s");
  const auto far = remember("snow fell on the harbour");
  ASSERT_TRUE(memory_->reembed(false).ok());
  ASSERT_TRUE(memory_->checkpoint().ok());
  ASSERT_TRUE(other_->forget({.blocks = {gone}}, 1).ok());
  engine_.reset();  // without having followed the erasure
  other_engine_.reset();
  for (const auto& chain : fs::directory_iterator(home_ / "chains")) {
    if (!chain.is_directory()) continue;
    fs::remove_all(chain.path() / "derived/attribute");
    fs::remove_all(chain.path() / "derived/keyword");
  }
  reopen();
  ASSERT_TRUE(contains(recall("snow", {"keyword"}), far));
  const Vectors& vectors = *memory_->parts().vectors;
  EXPECT_FALSE(vectors.of_block(gone)->has_value());
  // Which turns were read beside it is not known any more: none may keep a trace.
  EXPECT_FALSE(vectors.of_block(beside)->has_value());
  EXPECT_EQ(*memory_->reembed(false), 0U);
  EXPECT_TRUE(vectors.of_block(beside)->has_value());
}

}  // namespace
}  // namespace mbe
