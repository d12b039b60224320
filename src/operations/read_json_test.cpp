#include "operations/read_json.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string members(std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  }
  return out + "}";
}

TEST(JsonBody, KeepsWhatStandsInItInItsOrder) {
  const auto out = read_json(R"( {"b": [1, 2.5, -3, true, null], "a": "가", "b2": {}} )");
  ASSERT_TRUE(out.ok()) << out.error().message();
  EXPECT_EQ(out->dump(), R"({"b":[1,2.5,-3,true,null],"a":"가","b2":{}})");
}

TEST(JsonBody, TakesJsonAsDeepAsTheLimitAndNoDeeper) {
  EXPECT_TRUE(read_json(repeated("[", 64) + repeated("]", 64)).ok());
  for (const std::string& text : {repeated("[", 65) + repeated("]", 65), repeated("[", 1'000'000),
                                  repeated("{\"a\":", 100'000), repeated("[{\"a\":", 100'000)}) {
    const auto out = read_json(text);
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().message(), "the JSON is nested deeper than 64");
  }
}

TEST(JsonBody, CountsTheMembersOfEachObjectAlone) {
  EXPECT_TRUE(read_json(members(1'000)).ok());
  EXPECT_TRUE(read_json("[" + members(1'000) + "," + members(1'000) + "]").ok());
  for (const std::string& text : {members(1'001), "[" + members(200'000) + "]"}) {
    const auto out = read_json(text);
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().message(), "an object of the JSON has more than 1000 members");
  }
}

TEST(JsonBody, TakesAsManyValuesAsTheLimitAndNoMore) {
  for (const std::string thing : {"{}", "[]", "0", "\"a\"", "true", "null", "-1", "0.5"}) {
    const auto out = read_json("[" + repeated(thing + ",", 99'998) + thing + "]");
    ASSERT_TRUE(out.ok()) << thing;
    EXPECT_EQ(out->size(), 99'999U);
    const auto refused = read_json("[" + repeated(thing + ",", 800'000) + thing + "]");
    ASSERT_FALSE(refused.ok()) << thing;
    EXPECT_EQ(refused.error().message(), "the JSON has more than 100000 values");
  }
}

TEST(JsonBody, RefusesWhatIsNoJson) {
  for (const std::string text :
       {"", " ", "{", "[1,]", "{\"a\":1,}", "{} {}", "nothing", "{'a':1}", "[1 /* one */]",
        "\"\\ud800\"", "[NaN]", "01", "{\"a\"}", "[\"\x01\"]", "1e999"}) {
    const auto out = read_json(text);
    ASSERT_FALSE(out.ok()) << text;
    EXPECT_EQ(out.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(out.error().message(), "the body is not JSON") << text;
  }
}

TEST(JsonBody, RefusesWhatIsNoUtf8) {
  for (const std::string text : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xea\xb0\""}) {
    const auto out = read_json(text);
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().message(), "the body is not UTF-8");
  }
}

}  // namespace
}  // namespace mbe
