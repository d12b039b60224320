#include "ui/json_line.h"

#include <gtest/gtest.h>

namespace mbe::app {
namespace {

TEST(QueryLine, TakesEitherIdAndTheExcluded) {
  const auto query =
      parse_query_line(R"({"query_id":"q","id":"x","text":"t","exclude":["a",3],"gold":{}})", "");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->id, "q");
  EXPECT_EQ(query->chain, "main");
  EXPECT_EQ(query->exclude, (std::vector<std::string>{"a", "3"}));
  EXPECT_FALSE(parse_query_line(R"({"id":"q","text":"t","exclude":"a"})", "").ok());
  EXPECT_FALSE(parse_query_line(R"({"id":"q","text":"t","exclude":[null]})", "").ok());
  EXPECT_FALSE(parse_query_line(R"({"id":"q","text":""})", "").ok());
}

TEST(PairLine, NeedsBothTexts) {
  EXPECT_EQ(parse_pair_line(R"({"id":"p","text_a":"a","text_b":"b"})")->text_b, "b");
  EXPECT_FALSE(parse_pair_line(R"({"id":"p","text_a":"a"})").ok());
  EXPECT_EQ(parse_text_line(R"({"id":"p","text":"a"})")->text, "a");
  EXPECT_FALSE(parse_text_line(R"({"text":"a"})").ok());
}

}  // namespace
}  // namespace mbe::app
