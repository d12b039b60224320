#include "importers/json_line.h"

#include <gtest/gtest.h>

#include "importers/input.h"

namespace mbe::importers {
namespace {

const Zone utc = Zone::fixed(0);

ErrorCode refusal(std::string_view line) {
  return parse_json_line(line).error().code();
}

TEST(JsonLine, ReadsAnObject) {
  EXPECT_EQ(parse_json_line("{\"a\":1}")->value("a", 0), 1);
  EXPECT_EQ(parse_json_line(R"({"a":"😀"})")->value("a", ""), "😀");
}

TEST(JsonLine, RefusesWhatIsNoObject) {
  for (const std::string_view line : {"", "[]", "1", "null", "{", "{\"a\":}", "{} {}"}) {
    EXPECT_EQ(refusal(line), ErrorCode::invalid_argument) << line;
  }
}

TEST(JsonLine, RefusesLoneSurrogatesNulAndBadBytes) {
  EXPECT_EQ(refusal(R"({"a":"\ud83d"})"), ErrorCode::invalid_argument);
  EXPECT_NE(parse_json_line(R"({"a":"\ude00x"})").error().message().find("surrogate"),
            std::string::npos);
  EXPECT_EQ(refusal(std::string_view("{\"a\":\"\0\"}", 9)), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal("{\"a\":\"\xff\"}"), ErrorCode::invalid_argument);
}

TEST(JsonLine, RefusesDeepNestingBeforeItParses) {
  const std::string deep = "{\"a\":" + std::string(63, '[') + std::string(63, ']') + "}";
  EXPECT_TRUE(parse_json_line(deep).ok());
  const std::string deeper = "{\"a\":" + std::string(64, '[') + std::string(64, ']') + "}";
  EXPECT_EQ(refusal(deeper), ErrorCode::limit);
  EXPECT_TRUE(parse_json_line("{\"a\":\"" + std::string(100, '[') + "\"}").ok());
}

TEST(JsonLine, RefusesOverlongLines) {
  EXPECT_EQ(refusal(std::string(line_bytes_max + 1, ' ')), ErrorCode::limit);
}

TEST(ImportLine, NeedsIdNamespaceAndText) {
  const auto item =
      parse_import_line(R"({"id":7,"namespace":"n","text":"t","time":null})", utc, "");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(item->id, "7");
  EXPECT_EQ(item->chain, "n");
  EXPECT_EQ(item->kind, "utterance");
  EXPECT_FALSE(item->time_ms.has_value());
  for (const char* line :
       {R"({"namespace":"n","text":"t"})", R"({"id":"","namespace":"n","text":"t"})",
        R"({"id":"a","text":"t"})", R"({"id":"a","namespace":"","text":"t"})",
        R"({"id":"a","namespace":"n"})", R"({"id":"a","namespace":"n","text":" "})",
        R"({"id":"a","namespace":"n","text":1})", R"({"id":1.5,"namespace":"n","text":"t"})",
        R"({"id":"a","namespace":"n","text":"t","time":"x"})",
        R"({"id":"a","namespace":"n\n","text":"t"})",
        R"({"id":"a","namespace":"n","text":"t","kind":"genesis"})",
        R"({"id":"a","namespace":"n","text":"a\u0000b"})"}) {
    EXPECT_EQ(parse_import_line(line, utc, "").error().code(), ErrorCode::invalid_argument) << line;
  }
}

TEST(ImportLine, GoesIntoTheGivenChainWithoutANamespace) {
  EXPECT_EQ(parse_import_line(R"({"id":"a","text":"t"})", utc, "main")->chain, "main");
  EXPECT_EQ(parse_import_line(R"({"id":"a","text":"t","namespace":"n"})", utc, "main")->chain, "n");
}

TEST(ImportLine, RefusesMoreThanABlockHolds) {
  const std::string text(text_bytes_max + 1, 'a');
  EXPECT_EQ(
      parse_import_line("{\"id\":\"a\",\"namespace\":\"n\",\"text\":\"" + text + "\"}", utc, "")
          .error()
          .code(),
      ErrorCode::limit);
}

TEST(BlockMemoryLine, TakesB6) {
  const auto item = parse_block_memory_line(
      R"({"block_index":1,"timestamp":"2026-01-05T10:00:00Z","context":"c","hash":"ab"})", utc,
      "m");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(item->id, "block:ab");
  EXPECT_EQ(item->text, "c");
  EXPECT_TRUE(item->time_ms.has_value());
  EXPECT_FALSE(parse_block_memory_line(R"({"context":"c"})", utc, "m").ok());
}

}  // namespace
}  // namespace mbe::importers
