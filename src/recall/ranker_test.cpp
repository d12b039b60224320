#include <fstream>

#include "recall/recall_fixture.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;
using Sequences = std::vector<std::uint64_t>;

TEST_F(RecallTest, WordsFindTheBlockThatHoldsThem) {
  store({{.text = "강아지 이름을 보리로 지었다"}, {.text = "어제 비가 많이 왔다"}});
  EXPECT_EQ(order("강아지 이름이 뭐였지?").front(), 1u);
}

TEST_F(RecallTest, NothingComesToMindFromAnEmptyStore) {
  store({});
  EXPECT_TRUE(order("강아지 이름이 뭐였지?").empty());
}

TEST_F(RecallTest, VectorsFindWhatSharesNoWord) {
  store({{.text = "alpha", .vector = {1, 0}}, {.text = "beta", .vector = {0, 1}}});
  const std::vector<float> asked{0.1F, 0.995F};
  EXPECT_EQ(order("gamma", [&](RecallCue& cue) { cue.vector = asked; }).front(), 2u);
}

TEST_F(RecallTest, OneArmRanksByItsOwnMeasure) {
  store({{.text = "red apple", .vector = {0, 1}}, {.text = "green pear", .vector = {1, 0}}});
  const std::vector<float> asked{1, 0};
  const auto by = [&](Arm arm) {
    return order("red apple", [&, arm](RecallCue& cue) {
      cue.vector = asked;
      cue.arms = arm_bit(arm);
    });
  };
  EXPECT_EQ(by(Arm::keyword).front(), 1u);
  EXPECT_EQ(by(Arm::vector).front(), 2u);
}

TEST_F(RecallTest, OnlyAllowedBlocksAreHits) {
  store({{.text = "red apple"}, {.text = "red pear"}});
  const SequenceSet allowed{2};
  EXPECT_EQ(order("red apple", [&](RecallCue& cue) { cue.allowed = &allowed; }), Sequences{2});
}

TEST_F(RecallTest, TopKCutsTheList) {
  store({{.text = "red apple"}, {.text = "red pear"}, {.text = "red plum"}});
  EXPECT_EQ(order("red", [](RecallCue& cue) { cue.top_k = 2; }).size(), 2u);
}

TEST_F(RecallTest, RefusesATopKOutOfRange) {
  store({{.text = "red apple"}});
  for (const std::size_t top_k : {std::size_t{0}, std::size_t{1'001}}) {
    const auto hits = rank("red", [&](RecallCue& cue) { cue.top_k = top_k; });
    ASSERT_FALSE(hits.ok());
    EXPECT_EQ(hits.error().code(), ErrorCode::invalid_argument);
  }
}

TEST_F(RecallTest, EqualEvidenceGoesToTheLowerSequence) {
  store({{.text = "red apple"}, {.text = "red apple"}, {.text = "red apple"}});
  EXPECT_EQ(order("red apple"), (Sequences{1, 2, 3}));
}

TEST_F(RecallTest, ScoresFallAndStayBetweenZeroAndOne) {
  store({{.text = "red apple"}, {.text = "red pear"}, {.text = "green plum"}});
  const auto hits = rank("red apple", [](RecallCue&) {});
  ASSERT_TRUE(hits.ok());
  float before = 1;
  for (const RankedHit& hit : *hits) {
    EXPECT_LE(hit.score, before);
    EXPECT_GE(hit.score, 0);
    before = hit.score;
  }
}

TEST_F(RecallTest, SharesOfTheArmsAddUpToTheScore) {
  store({{.text = "red apple", .vector = {1, 0}}});
  const std::vector<float> asked{1, 0};
  const auto hits = rank("red apple", [&](RecallCue& cue) { cue.vector = asked; });
  ASSERT_TRUE(hits.ok());
  float sum = 0;
  for (const ArmPart& part : hits->front().parts) sum += part.share;
  EXPECT_NEAR(sum, hits->front().score, 1e-5);
  EXPECT_EQ(hits->front().parts[static_cast<std::size_t>(Arm::keyword)].rank, 1u);
}

TEST_F(RecallTest, WhatFitsBetterScoresHigherAcrossCues) {
  store({{.text = "we planted tomatoes behind the house"}, {.text = "the bus was late"}});
  const auto known = rank("planted tomatoes", [](RecallCue&) {});
  const auto unknown = rank("house insurance contract renewal fees", [](RecallCue&) {});
  ASSERT_TRUE(known.ok() && unknown.ok() && !unknown->empty());
  EXPECT_GT(known->front().score, unknown->front().score);
}

TEST_F(RecallTest, AWaypointBringsBackWhatWasOnTheMind) {
  store({{.text = "red apple"}, {.text = "the project deadline moved"}});
  const WaypointHint hint{.sequence = 2, .relevance = 0.9F};
  EXPECT_EQ(order("what about that", [&](RecallCue& cue) { cue.waypoints = {&hint, 1}; }),
            Sequences{2});
}

TEST_F(RecallTest, TheSessionWithMoreSupportLiftsItsTurns) {
  store({{.text = "the red apple", .session = "alone"},
         {.text = "the bus was late", .session = "alone"},
         {.text = "the red apple", .session = "company"},
         {.text = "a red apple pie", .session = "company"},
         {.text = "red apple juice", .session = "company"}});
  EXPECT_NE(order("red apple").front(), 1u);
}

TEST_F(RecallTest, SimilarityFollowsTheVectorsElseTheWords) {
  const Analysis apple = test_analysis("red apple");
  const Analysis bus = test_analysis("the bus was late");
  const std::vector<float> east{1, 0};
  const std::vector<float> north{0, 1};
  EXPECT_GT(ranker_->similarity(apple, bus, east, east), 0.9F);
  EXPECT_LT(ranker_->similarity(apple, apple, east, north), 0.1F);
  EXPECT_FLOAT_EQ(ranker_->similarity(apple, apple, {}, {}), 1);
  EXPECT_FLOAT_EQ(ranker_->similarity(apple, bus, {}, {}), 0);
}

TEST_F(RecallTest, ThresholdLiesBetweenZeroAndOne) {
  EXPECT_GT(ranker_->threshold(), 0);
  EXPECT_LT(ranker_->threshold(), 1);
}

/// A copy of data/recall to damage.
class RecallData : public testing::Test {
 protected:
  void SetUp() override { fs::copy(std::string(MBE_SOURCE_DIR) + "/data/recall", folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  ErrorCode opened_with(const char* file, std::string_view content) {
    std::ofstream(folder_ / file) << content;
    const auto ranker = Ranker::open(folder_);
    EXPECT_FALSE(ranker.ok());
    return ranker.ok() ? ErrorCode::busy : ranker.error().code();
  }
  fs::path folder_ = fs::temp_directory_path() / ("mbe-recall-data-" + std::to_string(getpid()));
};

TEST_F(RecallData, OpensAsShipped) {
  EXPECT_TRUE(Ranker::open(folder_).ok());
}

TEST_F(RecallData, IsCorruptWhenWeightsAreNot) {
  EXPECT_EQ(opened_with("weights.json", "no json"), ErrorCode::corrupt);
  EXPECT_EQ(opened_with("weights.json", "{}"), ErrorCode::corrupt);
}

TEST_F(RecallData, IsCorruptWhenTheCalibrationLacksANumber) {
  std::ifstream in(folder_ / "weights.json");
  std::string all((std::istreambuf_iterator<char>(in)), {});
  all.replace(all.find("\"company\""), 9, "\"compane\"");
  EXPECT_EQ(opened_with("weights.json", all), ErrorCode::corrupt);
}

TEST_F(RecallData, IsCorruptWhenTheHubIsNoVector) {
  EXPECT_EQ(opened_with("hub.json", R"({"model": "m"})"), ErrorCode::corrupt);
  EXPECT_EQ(opened_with("hub.json", R"({"model": "m", "mean": ["x"]})"), ErrorCode::corrupt);
}

TEST_F(RecallData, CannotBeReadWhenAFileIsAbsent) {
  fs::remove(folder_ / "hub.json");
  const auto ranker = Ranker::open(folder_);
  ASSERT_FALSE(ranker.ok());
  EXPECT_EQ(ranker.error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
