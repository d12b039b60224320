#include "working/conversation.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace mbe {
namespace {

constexpr TimeMs noon = 1'700'000'000'000;

Turn turn(std::string text, TimeMs time) {
  return {"Mina", std::move(text), false, time, 0, {}};
}

TEST(Conversation, LetsATurnExpireAfterItsTime) {
  Conversation talk;
  talk.add(turn("hello", noon), {.ttl_ms = 1000});
  talk.expire(noon + 999);
  EXPECT_EQ(talk.turns.size(), 1U);
  talk.expire(noon + 1000);
  EXPECT_TRUE(talk.turns.empty());
}

TEST(Conversation, KeepsExpiryWhenTheClockStepsBack) {
  Conversation talk;
  talk.add(turn("old", noon), {.ttl_ms = 1000});
  talk.expire(noon + 900);
  talk.add(turn("new", noon - 50'000), {.ttl_ms = 1000});
  EXPECT_EQ(talk.turns.back().expires_ms, noon + 1900);
  talk.expire(noon - 50'000);
  EXPECT_EQ(talk.turns.size(), 2U);
}

TEST(Conversation, NeverGrowsPastItsLimits) {
  SeededRandom random(5);
  Conversation talk;
  const ShortTermLimits limits{.turns_max = 8, .bytes_max = 100};
  for (int i = 0; i < 500; ++i) {
    talk.add(turn(std::string(random.below(150), 'x'), noon + i), limits);
    std::size_t bytes = 0;
    for (const Turn& one : talk.turns) bytes += one.text.size();
    ASSERT_LE(talk.turns.size(), 8U);
    ASSERT_LE(bytes, 100U);
    ASSERT_FALSE(talk.turns.empty());
  }
}

TEST(Conversation, CutsALongTurnAtACodePoint) {
  Conversation talk;
  talk.add(turn("가나다라", noon), {.bytes_max = 7});
  EXPECT_EQ(talk.turns.front().text, "가나");
}

TEST(Conversation, ForgetsBlocksAndTexts) {
  Conversation talk;
  talk.add({"Mina", "by block", false, noon, 0, 7}, {});
  talk.add(turn("by text", noon), {});
  talk.add(turn("stays", noon), {});
  talk.waypoints = {{7, 0.5F, 0, 0, 0}, {8, 0.4F, 0, 0, 0}};
  talk.current_context = "by text";
  talk.forget({7}, {"by text"});
  ASSERT_EQ(talk.turns.size(), 1U);
  EXPECT_EQ(talk.turns.front().text, "stays");
  EXPECT_EQ(talk.waypoints.size(), 1U);
  EXPECT_TRUE(talk.current_context.empty());
}

TEST(Conversation, ComesBackFromItsJson) {
  Conversation talk;
  talk.name = "저녁";
  talk.add({"민아", "프로젝트가 \"망했다\"\n정말", false, noon, 0, 143}, {});
  talk.waypoints = {{143, 0.931F, 0.5F, 0.1F, 0.331F}};
  talk.current_context = "그건 어떻게 됐지?";
  const auto back = parse_conversation(serialise(talk));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, talk);
}

TEST(Conversation, RefusesABrokenFile) {
  for (const std::string text : {"", "[]", "{\"name\":3}", "{\"name\":\"x\""}) {
    EXPECT_EQ(parse_conversation(text).error().code(), ErrorCode::corrupt) << text;
  }
}

TEST(ContextCache, HasTheDocumentedForm) {
  Conversation talk;
  talk.current_context = "…";
  talk.waypoints = {{143, 0.93F, 0, 0, 0}};
  EXPECT_EQ(
      context_cache_json(talk),
      "{\"current_context\":\"…\",\"waypoints\":[{\"block_index\":143,\"relevance\":0.93}]}\n");
}

TEST(Spread, DecaysWhatIsNotFoundAgain) {
  const auto out = spread({{1, 0.9F, 0, 0, 0}}, {{2, 0.5F, 0, 0, 0}});
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].block_index, 1U);
  EXPECT_NEAR(out[0].relevance, 0.9F * waypoint_decay, 1e-6);
}

TEST(Spread, StrengthensWhatIsFoundAgain) {
  const auto out = spread({{1, 0.5F, 0, 0, 0}}, {{1, 0.5F, 0, 0, 0}});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_NEAR(out[0].relevance, 1 - 0.5 * (1 - 0.5 * waypoint_decay), 1e-6);
}

TEST(Spread, LetsGoOfTheFaintAndKeepsItsLimit) {
  std::vector<Waypoint> many;
  for (std::uint64_t i = 0; i < 40; ++i) many.push_back({i, 0.5F, 0, 0, 0});
  many.push_back({99, 0.01F, 0, 0, 0});
  const auto out = spread(many, {});
  EXPECT_EQ(out.size(), waypoints_max);
  std::vector<Waypoint> faint{{1, 0.9F, 0, 0, 0}};
  for (int i = 0; i < 8; ++i) faint = spread(faint, {});
  EXPECT_TRUE(faint.empty());
}

}  // namespace
}  // namespace mbe
