#include "analyse/tags.h"

#include "analyse/test_analyser.h"

namespace mbe {
namespace {

using ::testing::TestWithParam;

struct Case {
  const char* text;
  const char* tags;
};

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.text;
}

class Tags : public TestWithParam<Case> {};

TEST_P(Tags, Follow) {
  EXPECT_EQ(tags_of(GetParam().text), GetParam().tags);
}

INSTANTIATE_TEST_SUITE_P(
    Polarity, Tags,
    testing::Values(Case{"재밌었는데 너무 피곤해", "negative joy strain"},
                    Case{"It was fun but I'm exhausted", "negative joy strain"},
                    Case{"힘들었지만 뿌듯해", "positive strain pride"},
                    Case{"It was hard, but I'm proud", "positive pride"},
                    Case{"프로젝트가 망하지 않았다", "neutral"}, Case{"축하해!", "positive"},
                    Case{"걱정 안 해", "neutral"}, Case{"나쁘지 않아", "positive info"}));

INSTANTIATE_TEST_SUITE_P(State, Tags,
                         testing::Values(Case{"여행 가고 싶다", "neutral wish"},
                                         Case{"I want to travel", "neutral wish"},
                                         Case{"프로젝트 왜 망했어?", "neutral question"},
                                         Case{"Did the project fail?", "neutral question"},
                                         Case{"왜 이렇게 힘들지?", "negative strain question"},
                                         Case{"Why am I so tired?", "negative strain question"},
                                         Case{"사업이 망하면 어떡하지?", "neutral question"},
                                         Case{"꼭 갚을게", "neutral promise"},
                                         Case{"화내지 마", "neutral request"},
                                         Case{"알려 줘, 고마워", "positive gratitude request"}));

INSTANTIATE_TEST_SUITE_P(
    Situation, Tags,
    testing::Values(
        Case{"요가를 시작했어", "neutral beginning"}, Case{"프로젝트를 접었어", "neutral ending"},
        Case{"프로젝트를 잠시 멈췄어", "neutral pause"}, Case{"매일 아침 달려", "neutral habit"},
        Case{"야채가 싫어", "negative preference"}, Case{"커피를 사랑해", "positive preference"},
        Case{"친구랑 약속 있어", "neutral plan"}, Case{"어제 영화 좋았어", "positive opinion"},
        Case{"어제 엄마랑 영화 봤어", "neutral event"},
        Case{"엄마가 보고 싶어", "negative sadness"}, Case{"내 동생은 부산에 살아", "neutral info"},
        Case{"I lost my drive", "negative apathy"},
        Case{"퇴사하고 카페를 차리기로 했어", "neutral plan decision"}));

TEST(TagOrder, PutsExactlyOnePolarityFirst) {
  for (const char* text : {"", "안녕", "ㅋㅋㅋ", "망했다", "I am happy", "???", "東京"}) {
    const auto tags = test_analysis(text).tags;
    ASSERT_FALSE(tags.empty()) << text;
    const auto polarity = [](const std::string& tag) {
      return tag == "negative" || tag == "positive" || tag == "neutral";
    };
    EXPECT_TRUE(polarity(tags.front())) << text;
    EXPECT_EQ(std::count_if(tags.begin(), tags.end(), polarity), 1) << text;
  }
}

}  // namespace
}  // namespace mbe
