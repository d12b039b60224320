#include "analyse/products.h"

#include <random>

#include "analyse/test_analyser.h"

namespace mbe {
namespace {

Intention only_intention(std::string_view text) {
  auto found = test_analysis(text).intentions;
  EXPECT_EQ(found.size(), 1U) << text;
  return found.empty() ? Intention{} : found.front();
}

bool names(const Intention& intention, std::string_view id) {
  const auto& ids = intention.concepts;
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

TEST(Intentions, ReadAPlanAndItsCompletion) {
  const auto plan = only_intention("올해는 마라톤을 완주할 거야");
  const auto news = only_intention("드디어 마라톤을 완주했어");
  EXPECT_EQ(plan.state, IntentionState::intended);
  EXPECT_EQ(news.state, IntentionState::done);
  EXPECT_TRUE(names(plan, "running") && names(news, "running"));
  EXPECT_EQ(plan.text, "올해는 마라톤을 완주할 거야");
}

TEST(Intentions, ReadADecision) {
  const auto decided = only_intention("기타를 배우기로 했어");
  EXPECT_EQ(decided.state, IntentionState::intended);
  EXPECT_TRUE(names(decided, "기타") || names(decided, "instrument"));
  EXPECT_EQ(only_intention("I decided to learn guitar").state, IntentionState::intended);
}

TEST(Intentions, ReadGivingUp) {
  const auto dropped = only_intention("I gave up learning guitar");
  EXPECT_EQ(dropped.state, IntentionState::dropped);
  EXPECT_TRUE(names(dropped, "guitar"));
  EXPECT_EQ(only_intention("다이어트 그만뒀어").state, IntentionState::dropped);
}

TEST(Intentions, APurposeIsNoPlan) {
  EXPECT_EQ(only_intention("내일 영화 보려고 해").state, IntentionState::intended);
  const auto deed = only_intention("영화 보려고 극장에 갔어");
  EXPECT_EQ(deed.state, IntentionState::done);
  EXPECT_FALSE(deed.stated);
}

TEST(Intentions, TellADeedFromAnAccomplishment) {
  EXPECT_FALSE(only_intention("마라톤 책을 읽었어").stated);
  EXPECT_TRUE(only_intention("드디어 마라톤을 완주했어").stated);
}

TEST(Intentions, PickingAmongThingsIsNoResolution) {
  EXPECT_TRUE(test_analysis("커피를 고르는 게 번거로워").intentions.empty());
}

TEST(Intentions, IgnoreQuestionsAndRequests) {
  EXPECT_TRUE(test_analysis("마라톤 완주할 거야?").intentions.empty());
  EXPECT_TRUE(test_analysis("마라톤을 완주해 줘").intentions.empty());
  EXPECT_TRUE(test_analysis("Will you run the marathon?").intentions.empty());
}

TEST(Importance, GrowsFromChatterToCommitment) {
  const auto importance = [](const char* text) { return test_analysis(text).importance; };
  EXPECT_LT(importance("ㅋㅋㅋ 안녕"), 0.05F);
  EXPECT_GT(importance("다음 달에 결혼하기로 했어"), importance("점심 먹었어"));
  EXPECT_GT(importance("내 생일은 5월 3일이야, 꼭 기억해 줘"), 0.6F);
  EXPECT_LT(importance("프로젝트 왜 망했어?"), importance("프로젝트가 망했다"));
}

TEST(Importance, StaysBetweenZeroAndOne) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "민수랑 5월 3일에 결혼하기로 약속했어. 너무 행복해! ";
  const auto importance = test_analysis(text).importance;
  EXPECT_GT(importance, 0.6F);
  EXPECT_LE(importance, 1.0F);
}

TEST(Chatter, IsGreetingAndLaughterOnly) {
  for (const char* text : {"안녕!", "ㅋㅋㅋㅋ", "hi!", "lol", "", "  "}) {
    EXPECT_TRUE(test_analysis(text).is_chatter) << text;
  }
  EXPECT_FALSE(test_analysis("민수 만났어").is_chatter);
}

TEST(Terms, AreSortedWithoutRepeats) {
  const auto terms = test_analysis("커피 커피 tea tea 커피를 마셨다 2026-11-20 커피 5잔").terms;
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const auto& a = terms[i - 1];
    const auto& b = terms[i];
    EXPECT_TRUE(a.kind < b.kind || (a.kind == b.kind && a.text < b.text));
  }
  const auto coffee = std::find_if(terms.begin(), terms.end(), [](const Term& term) {
    return term.kind == TermKind::lemma && term.text == "커피";
  });
  ASSERT_NE(coffee, terms.end());
  EXPECT_EQ(coffee->count, 4U);
}

TEST(Terms, KeepBothReadingsOfAnAmbiguousVerb) {
  std::vector<std::string> lemmas;
  for (const auto& term : test_analysis("한참을 걸었어").terms) {
    if (term.kind == TermKind::lemma) lemmas.push_back(term.text);
  }
  EXPECT_NE(std::find(lemmas.begin(), lemmas.end(), "걷다"), lemmas.end());
  EXPECT_NE(std::find(lemmas.begin(), lemmas.end(), "걸다"), lemmas.end());
}

TEST(Keywords, AreAtMostEight) {
  const auto text =
      "민수랑 지수랑 엄마 아빠 회사 학교 병원 축구 야구 커피 영화 책 음악 여행 얘기를 했다";
  EXPECT_EQ(test_analysis(text).keywords.size(), keywords_max);
}

TEST(Keywords, KeepANarrowerKindBesideItsConcept) {
  EXPECT_EQ(keywords_of("테니스를 쳤다"), "sports 테니스");
  EXPECT_EQ(keywords_of("민지는 전기요금이 궁금하대").find("전기요금") != std::string::npos, true);
}

TEST(Analysis, IsTheSameTwiceForRandomText) {
  constexpr unsigned seed = 20261122;
  std::mt19937 random(seed);
  const std::vector<std::string> pieces{
      "프로젝트", "가 ",          "망했",  "다",   " ",  "안 ",   "않",   "을까 ", "봐 ",
      "I ",       "not",          " fail", "ing ", "? ", "\n",    "ㅋㅋ", "5만원", "어제",
      "\xff",     "\xed\xa0\x80", "😀",    "東京", ",",  "기로 ", "했",   "어"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const auto count = random() % 24;
    for (unsigned i = 0; i < count; ++i) text += pieces[random() % pieces.size()];
    const auto first = test_analysis(text);
    const auto second = test_analysis(text);
    ASSERT_EQ(first.tags, second.tags) << "seed " << seed << ": " << text;
    ASSERT_LE(first.keywords.size(), keywords_max) << text;
    ASSERT_GE(first.importance, 0.0F) << text;
    ASSERT_LE(first.importance, 1.0F) << text;
    ASSERT_EQ(first.terms.size(), second.terms.size()) << text;
  }
}

}  // namespace
}  // namespace mbe
