#include "engine/upkeep.h"

#include <fstream>
#include <sstream>

#include "engine/engine_fixture.h"
#include "engine/memory_parts.h"

namespace mbe {
namespace {

class UpkeepTest : public EngineTest {
 protected:
  [[nodiscard]] std::string content(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(memory_->parts().directory + name, std::ios::binary).rdbuf();
    return out.str();
  }
};

TEST_F(UpkeepTest, ChecksPointsOnceStillForASecond) {
  const auto& parts = memory_->parts();
  Upkeep upkeep(*parts.chain, *parts.derived, *parts.vectors);
  remember("the heron stands in the pond");
  ASSERT_TRUE(upkeep.tick(10'000).ok());
  ASSERT_TRUE(upkeep.tick(10'900).ok());
  EXPECT_EQ(content("/derived/offsets"), "");
  ASSERT_TRUE(upkeep.tick(11'000).ok());
  const std::string saved = content("/derived/offsets");
  EXPECT_NE(saved, "");
  remember("and flies away");
  ASSERT_TRUE(upkeep.tick(12'000).ok());
  EXPECT_EQ(content("/derived/offsets"), saved);
  ASSERT_TRUE(upkeep.tick(13'000).ok());
  EXPECT_NE(content("/derived/offsets"), saved);
}

TEST_F(UpkeepTest, OverwritesWhatWasErasedAMinuteAgo) {
  const auto& parts = memory_->parts();
  Upkeep upkeep(*parts.chain, *parts.derived, *parts.vectors);
  const auto gone = remember("the heron stands in the pond");
  ASSERT_TRUE(memory_->forget({.blocks = {gone}}, 1).ok());
  ASSERT_TRUE(upkeep.tick(10'000).ok());
  ASSERT_TRUE(upkeep.tick(69'000).ok());
  EXPECT_EQ(content("/log/000000.seg.jsonl").find("~~~~"), std::string::npos);
  ASSERT_TRUE(upkeep.tick(70'000).ok());
  EXPECT_NE(content("/log/000000.seg.jsonl").find("~~~~"), std::string::npos);
  EXPECT_TRUE(memory_->verify().ok);
}

TEST_F(UpkeepTest, ThreadsOfALongLivedEngineEndWithIt) {
  engine_.reset();
  auto opened =
      Engine::open({.home = home_, .background = true, .clock = &clock_, .embedder = embedder_});
  ASSERT_TRUE(opened.ok());
  auto memory = (*opened)->chain("main");
  ASSERT_TRUE(memory.ok());
  ASSERT_TRUE((*memory)->remember({.text = "the heron stands in the pond"}).ok());
  opened->reset();
  reopen();
  EXPECT_EQ(memory_->stats()->memories, 1U);
}

TEST_F(UpkeepTest, DoesTheDailyWorkOnceADayInAStillHour) {
  const auto& parts = memory_->parts();
  Upkeep upkeep(*parts.chain, *parts.derived, *parts.vectors);
  int done = 0;
  upkeep.daily([&]() -> Result<void> {
    ++done;
    return {};
  });
  remember("the heron stands in the pond");
  ASSERT_TRUE(upkeep.tick(10'000).ok());
  ASSERT_TRUE(upkeep.tick(609'000).ok());
  EXPECT_EQ(done, 0);
  ASSERT_TRUE(upkeep.tick(610'000).ok());
  ASSERT_TRUE(upkeep.tick(620'000).ok());
  EXPECT_EQ(done, 1);
  ASSERT_TRUE(upkeep.tick(610'000 + 86'400'000).ok());
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace mbe
