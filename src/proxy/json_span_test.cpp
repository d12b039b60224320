#include "proxy/json_span.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

TEST(JsonSpan, ChecksFormDepthAndUtf8) {
  EXPECT_TRUE(check_json(R"({"a":[1,{"b":"\"]}"}]})").ok());
  EXPECT_TRUE(check_json(std::string(64, '[') + std::string(64, ']')).ok());
  for (const std::string& bad :
       {std::string(""), std::string("{"), std::string("{} x"), std::string("\"\xff\""),
        std::string(65, '[') + std::string(65, ']'), std::string(1'000'000, '[')}) {
    const auto checked = check_json(bad);
    ASSERT_FALSE(checked.ok()) << bad.substr(0, 20);
    EXPECT_EQ(checked.error().code(), ErrorCode::invalid_argument);
  }
}

TEST(JsonSpan, FindsMembersWhereTheyStand) {
  const std::string text =
      " { \"a\" : 1.50 , \"b\":{\"a\":\"}\\\"{\"},\"c\" :[ 1 , \"x,]\" ,null ]}\n";
  const JsonSpan root(text);
  EXPECT_EQ(root.member("a")->raw(), "1.50");
  EXPECT_EQ(root.member("b")->text_of("a"), "}\"{");
  const std::vector<JsonSpan> items = root.member("c")->items();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].raw(), "1");
  EXPECT_EQ(items[1].text(), "x,]");
  EXPECT_EQ(items[2].raw().data(), text.data() + text.find("null"));
}

TEST(JsonSpan, TakesTheLastOfANameHoweverItIsWritten) {
  const JsonSpan root(R"({"a":"1","\u0061":"2"})");
  EXPECT_EQ(root.text_of("a"), "2");
}

TEST(JsonSpan, FindsNothingWhereThereIsNothing) {
  EXPECT_FALSE(JsonSpan("{}").member("a"));
  EXPECT_FALSE(JsonSpan("[1]").member("a"));
  EXPECT_TRUE(JsonSpan("[]").items().empty());
  EXPECT_TRUE(JsonSpan("{}").items().empty());
  EXPECT_EQ(JsonSpan("12").text(), "");
  EXPECT_EQ(JsonSpan(R"({"a":1})").text_of("a"), "");
}

TEST(JsonSpan, EscapesWhatAStringCannotHold) {
  EXPECT_EQ(json_escaped("\"\\\n\t바다\x01"), R"(\"\\\n\t바다\u0001)");
}

}  // namespace
}  // namespace mbe
