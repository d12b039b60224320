#include "analyse/analyser.h"

#include "analyse/test_analyser.h"

namespace mbe {
namespace {

TEST(Analyser, CallsAFailedProjectFailureAndEnding) {
  EXPECT_EQ(keywords_of("마지막으로 진행했던 프로젝트가 망했다"), "ending failure project");
  EXPECT_EQ(tags_of("마지막으로 진행했던 프로젝트가 망했다"), "negative attempt ending");
}

TEST(Analyser, CallsAFearedFailureAnxietyAndNoEnding) {
  EXPECT_EQ(keywords_of("새 프로젝트가 망할까봐 두렵다"), "anxiety failure project");
  EXPECT_EQ(tags_of("새 프로젝트가 망할까봐 두렵다"), "negative anxiety");
}

TEST(Analyser, DropsANegatedFailure) {
  EXPECT_EQ(keywords_of("프로젝트가 망하지 않았다"), "project");
  EXPECT_EQ(keywords_of("The project did not fail"), "project");
}

TEST(Analyser, ReadsEnglishLikeKorean) {
  EXPECT_EQ(keywords_of("The last project I ran fell through"), "ending failure project");
  EXPECT_EQ(tags_of("The last project I ran fell through"), "negative attempt ending");
  EXPECT_EQ(tags_of("I'm afraid the new project will fail"), "negative anxiety");
}

TEST(Analyser, SaysWhatAWordMayStandForOnlyWhereNothingIsNamed) {
  const auto possible = [](std::string_view text) { return test_analysis(text).possible_concepts; };
  EXPECT_EQ(possible("다 무너졌어"), (std::vector<std::string>{"failure", "disaster"}));
  EXPECT_EQ(possible("it collapsed"), (std::vector<std::string>{"failure"}));
  EXPECT_TRUE(possible("계획이 무너졌어").empty());
  EXPECT_TRUE(possible("안 무너졌어").empty());
  EXPECT_TRUE(possible("비가 왔어").empty());
}

TEST(Analyser, KnowsWhichTagsAreEmotions) {
  EXPECT_TRUE(test_analyser().is_emotion("anxiety"));
  EXPECT_FALSE(test_analyser().is_emotion("negative"));
  EXPECT_FALSE(test_analyser().is_emotion("plan"));
  EXPECT_FALSE(test_analyser().is_emotion("no such tag"));
}

TEST(Analyser, ReadsTwoMebibytesWithoutSentenceEnds) {
  for (const std::string_view piece :
       {"프로젝트가 망했다고 말했는데 ", "가", "a", "i was not sure that it will fail and "}) {
    std::string text;
    while (text.size() < (2U << 20U)) text += piece;
    const auto analysis = test_analysis(text);
    EXPECT_LE(analysis.keywords.size(), keywords_max) << piece;
    EXPECT_FALSE(analysis.tags.empty()) << piece;
  }
}

}  // namespace
}  // namespace mbe
