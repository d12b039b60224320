#include "derive/statements.h"

#include <gtest/gtest.h>

#include "analyse/test_analyser.h"

namespace mbe {
namespace {

constexpr TimeMs said_ms = 1'700'000'000'000;

Statement statement(const std::string& text) {
  return statement_of(test_analyser().analyse(text, said_ms, 0), said_ms);
}

TEST(Restates, TheSameInNearlyTheSameWords) {
  EXPECT_TRUE(restates(statement("나는 매운 음식을 먹으면 배가 아프다"),
                       statement("나는 매운 음식을 먹으면 배가 아파")));
  EXPECT_TRUE(restates(statement("My sister Jina works at the hospital in Busan."),
                       statement("my sister Jina works at the hospital in Busan")));
}

TEST(Restates, NothingWithOtherNumbersOrTheOppositeSense) {
  EXPECT_FALSE(restates(statement("우리 집 와이파이 비밀번호는 4821이야"),
                        statement("우리 집 와이파이 비밀번호는 7310이야")));
  EXPECT_FALSE(restates(statement("My sister Jina likes the hospital in Busan"),
                        statement("My sister Jina does not like the hospital in Busan")));
}

TEST(Restates, NothingThatIsAskedOrDoneOrOnlyOfToday) {
  EXPECT_FALSE(restates(statement("제주도 여행은 언제 가기로 했지?"),
                        statement("제주도 여행은 언제 가기로 했지?")));
  EXPECT_FALSE(restates(statement("오늘 회사에서 발표를 망쳐서 속상해"),
                        statement("오늘 회사에서 발표를 망쳐서 속상해")));
  EXPECT_FALSE(restates(statement("ㅋㅋㅋㅋ"), statement("ㅋㅋㅋㅋ")));
}

TEST(ConflictBetween, OtherAmounts) {
  EXPECT_EQ(conflict_between(statement("우리 집 와이파이 비밀번호는 4821이야"),
                             statement("우리 집 와이파이 비밀번호는 7310이야")),
            Conflict::amount);
}

TEST(ConflictBetween, NothingWhereTheSubjectIsAnother) {
  EXPECT_FALSE(conflict_between(statement("우리 집 와이파이 비밀번호는 4821이야"),
                                statement("고양이 병원비가 35만원 나왔어")));
}

TEST(CommonShare, LiesBetweenNothingAndAll) {
  const Statement one = statement("My sister Jina works at the hospital in Busan");
  EXPECT_DOUBLE_EQ(common_share(one, one), 1);
  EXPECT_DOUBLE_EQ(common_share(one, statement("고양이가 잔다")), 0);
  EXPECT_DOUBLE_EQ(common_share({}, {}), 0);
}

}  // namespace
}  // namespace mbe
