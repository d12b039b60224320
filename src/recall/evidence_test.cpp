// What each feature says, one behaviour a test.
#include "recall/recall_fixture.h"

namespace mbe {
namespace {

using Evidence = RecallTest;

constexpr TimeMs day_ms = 86'400'000;
constexpr TimeMs sunday = 1'795'348'800'000;  // 2026-11-22T12:00:00Z

/// Words without meaning for the cue, n of them.
std::string filling(int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += " filling" + std::string(1, static_cast<char>('a' + i % 26));
  return out;
}

TEST_F(Evidence, SpeakersNamesAreNoTerms) {
  store({{.text = "Caroline, look", .session = "s", .speaker = "Melanie"},
         {.text = "the support group", .session = "s", .speaker = "Caroline"}});
  EXPECT_EQ(feature(Feature::matched, "When did Caroline join the support group?", 1), 0);
  EXPECT_GT(feature(Feature::matched, "When did Caroline join the support group?", 2), 0.3F);
}

TEST_F(Evidence, ANameIsATermWhereItsBearerDoesNotSpeak) {
  store({{.text = "Caroline came", .session = "s", .speaker = "Melanie"}});
  EXPECT_GT(feature(Feature::matched, "Where is Caroline?", 1), 0);
}

TEST_F(Evidence, WordsThatMakeAQuestionAreNoTerms) {
  store({{.text = "when and how and what"}, {.text = "the picnic"}});
  EXPECT_EQ(order("when was the picnic?"), std::vector<std::uint64_t>{2});
}

TEST_F(Evidence, CoverageCountsWhereThereIsTalkMatchedAnywhere) {
  store({{.text = "red apple"}, {.text = "blue sea"}});
  EXPECT_FLOAT_EQ(feature(Feature::coverage, "red apple", 1), 0);
  EXPECT_FLOAT_EQ(feature(Feature::matched, "red apple", 1), 1);
}

TEST_F(Evidence, AmongTalkABlockWithoutASessionIsASessionOfItsOwn) {
  store({{.text = "a red apple?", .session = "s"}, {.text = "a red apple?"}});
  for (const Feature same : {Feature::coverage, Feature::session_coverage, Feature::length,
                             Feature::question, Feature::lexical}) {
    EXPECT_FLOAT_EQ(feature(same, "red apple", 2), feature(same, "red apple", 1));
  }
}

TEST_F(Evidence, NeighboursAndSessionHoldWhatTheTurnLacks) {
  store({{.text = "a red hat", .session = "s"}, {.text = "an apple", .session = "s"}});
  EXPECT_GT(feature(Feature::window_coverage, "red apple", 2), 0.3F);
  EXPECT_FLOAT_EQ(feature(Feature::session_coverage, "red apple", 2), 1);
}

TEST_F(Evidence, AnAnswerFollowsItsQuestion) {
  store({{.text = "what is your favourite apple pie recipe?", .session = "s"},
         {.text = "my grandmother's, of course", .session = "s"},
         {.text = "fine", .session = "s"}});
  EXPECT_GT(feature(Feature::previous, "favourite apple pie recipe", 2), 0);
  EXPECT_FLOAT_EQ(feature(Feature::previous, "favourite apple pie recipe", 1), 0);
}

TEST_F(Evidence, ANamedSpeakerCountsUnlessAllAreNamed) {
  store({{.text = "red apple", .session = "s", .speaker = "Nate"},
         {.text = "red apple", .session = "s", .speaker = "Joanna"}});
  EXPECT_FLOAT_EQ(feature(Feature::speaker, "Nate and the red apple", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::speaker, "Nate and the red apple", 2), 0);
  EXPECT_FLOAT_EQ(feature(Feature::speaker, "red apple of Nate and Joanna", 1), 0);
}

TEST_F(Evidence, QuantityAndMomentNeedAnAskerAndAHolder) {
  store({{.text = "the apples cost 5000 won on 3 june 2026", .session = "s"},
         {.text = "the apples were good", .session = "s"}});
  EXPECT_FLOAT_EQ(feature(Feature::quantity, "how much were the apples", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::quantity, "how much were the apples", 2), 0);
  EXPECT_FLOAT_EQ(feature(Feature::moment, "when were the apples bought", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::quantity, "which apples were these", 1), 0);
}

TEST_F(Evidence, TheDateACueNamesFallsOffWithDistance) {
  const TimeMs june = sunday - 172 * day_ms;  // 2026-06-03
  store({{.text = "apple", .time_ms = june},
         {.text = "apple", .time_ms = june + 5 * day_ms},
         {.text = "apple", .time_ms = june + 20 * day_ms},
         {.text = "apple", .time_ms = june + 100 * day_ms}});
  const std::string cue = "apple on 3 june 2026";
  EXPECT_FLOAT_EQ(feature(Feature::date, cue, 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::date, cue, 2), 0.5F);
  EXPECT_FLOAT_EQ(feature(Feature::date, cue, 3), 0.2F);
  EXPECT_FLOAT_EQ(feature(Feature::date, cue, 4), 0);
}

TEST_F(Evidence, RecencyCountsWhereTheCueAsksForThePresent) {
  store({{.text = "red apple", .time_ms = 1}, {.text = "red apple", .time_ms = 2}});
  EXPECT_GT(feature(Feature::recency, "the red apple now", 2),
            feature(Feature::recency, "the red apple now", 1));
  EXPECT_FLOAT_EQ(feature(Feature::recency, "the red apple", 2), 0);
}

TEST_F(Evidence, RecencySaysNothingOfAStoreFilledInOneMoment) {
  store({{.text = "red apple", .time_ms = 7}, {.text = "red apple", .time_ms = 7}});
  EXPECT_FLOAT_EQ(feature(Feature::recency, "the red apple now", 2), 0);
}

TEST_F(Evidence, AChangeCountsWhereTheCueAsksForThePresent) {
  store({{.text = "I switched to red apples"}, {.text = "red apples"}});
  EXPECT_FLOAT_EQ(feature(Feature::change, "which apples now", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::change, "which apples now", 2), 0);
  EXPECT_FLOAT_EQ(feature(Feature::change, "which apples", 1), 0);
}

TEST_F(Evidence, AnAssistantIsKnownByKindAndName) {
  store({{.text = "red apple", .kind = Kind::answer},
         {.text = "red apple", .speaker = "assistant"},
         {.text = "red apple", .speaker = "Mina"}});
  EXPECT_FLOAT_EQ(feature(Feature::agent, "red apple", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::agent, "red apple", 2), 1);
  EXPECT_FLOAT_EQ(feature(Feature::agent, "red apple", 3), 0);
}

TEST_F(Evidence, OfTwoSpeakersTheOneThatMostlyAsksIsTheAssistant) {
  std::vector<SpokenTurn> turns;
  for (int i = 0; i < 5; ++i) {
    turns.push_back({.text = "where was the red apple?", .session = "s", .speaker = "Guide"});
    turns.push_back({.text = "the red apple was here", .session = "s", .speaker = "Mina"});
  }
  store(turns);
  EXPECT_FLOAT_EQ(feature(Feature::agent, "red apple", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::agent, "red apple", 2), 0);
  EXPECT_FLOAT_EQ(feature(Feature::question, "red apple", 1), 1);
  EXPECT_FLOAT_EQ(feature(Feature::question, "red apple", 2), 0);
}

TEST_F(Evidence, ConceptsAssociateWhatSharesNoWord) {
  store({{.text = "프로젝트가 망했다"}, {.text = "점심으로 국수를 먹었다"}});
  EXPECT_GT(feature(Feature::association, "실패한 일이 뭐였지?", 1), 0);
}

TEST_F(Evidence, MoodsOfTheCueAreShared) {
  store({{.text = "너무 불안해서 잠이 안 와"}, {.text = "책을 읽었다"}});
  EXPECT_EQ(order("불안했던 때", [](RecallCue& cue) { cue.arms = arm_bit(Arm::tag); }),
            std::vector<std::uint64_t>{1});
  EXPECT_GT(feature(Feature::tag, "불안했던 때", 1), 0);
}

TEST_F(Evidence, ALongTextIsAPassage) {
  store({{.text = "red apple" + filling(150), .vector = {1, 0}},
         {.text = "red apple", .vector = {1, 0}}});
  const std::vector<float> asked{1, 0};
  const auto cued = [&](RecallCue& cue) { cue.vector = asked; };
  EXPECT_GT(feature(Feature::passage_lexical, "red apple", 1, cued), 0);
  EXPECT_NEAR(feature(Feature::passage_coverage, "red apple", 1, cued), 1, 1e-5);
  EXPECT_NEAR(feature(Feature::passage_turn, "red apple", 1, cued), 0.2, 1e-3);
  for (const Feature of :
       {Feature::passage_lexical, Feature::passage_coverage, Feature::passage_turn}) {
    EXPECT_FLOAT_EQ(feature(of, "red apple", 2, cued), 0);
  }
}

TEST_F(Evidence, NeighboursVectorsAreMeasuredAgainstOnesOwn) {
  store({{.text = "alpha", .session = "s", .vector = {1, 0}},
         {.text = "beta", .session = "s", .vector = {0, 1}}});
  const std::vector<float> asked{1, 0};
  const auto cued = [&](RecallCue& cue) { cue.vector = asked; };
  EXPECT_NEAR(feature(Feature::neighbour, "gamma", 2, cued), 1, 1e-3);
}

TEST_F(Evidence, FeedbackNeedsBlocksWithoutSessions) {
  store({{.text = "alpha", .vector = {1, 0}}, {.text = "beta", .vector = {0, 1}}});
  const std::vector<float> asked{1, 0};
  const auto cued = [&](RecallCue& cue) { cue.vector = asked; };
  EXPECT_GT(feature(Feature::feedback, "gamma", 1, cued), 0.9F);
  store({{.text = "alpha", .session = "s", .vector = {1, 0}}});
  EXPECT_FLOAT_EQ(feature(Feature::feedback, "gamma", 1, cued), 0);
}

}  // namespace
}  // namespace mbe
