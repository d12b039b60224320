#include "mcp/client_config.h"

#include <gtest/gtest.h>

namespace mbe::mcp {
namespace {

const Entry entry{.command = "/usr/bin/mbe", .arguments = {"--home", "/h", "mcp"}};
const Place json{.section = "mcpServers"};
const Place toml{.section = "mcp_servers", .is_toml = true};

std::string connected(const std::string& text, const Place& place = json) {
  const auto out = with_entry(text, place, entry);
  EXPECT_TRUE(out.ok()) << out.error().message();
  return out.ok() ? *out : "";
}

TEST(ClientConfig, BecomesAFileWhereThereIsNone) {
  EXPECT_EQ(connected(""),
            "{\n  \"mcpServers\": {\n    \"mbe\": {\n      \"command\": \"/usr/bin/mbe\",\n"
            "      \"args\": [\"--home\", \"/h\", \"mcp\"]\n    }\n  }\n}\n");
  EXPECT_EQ(connected(" \n"), connected(""));
  EXPECT_EQ(connected("", toml),
            "[mcp_servers.mbe]\ncommand = \"/usr/bin/mbe\"\n"
            "args = [\"--home\", \"/h\", \"mcp\"]\n");
}

TEST(ClientConfig, LeavesEverythingElseByteForByte) {
  const std::string texts[] = {
      "{\"a\":1.0}",
      "{}",
      "// mine\n{\n\t\"theme\": \"dark\", // night\n\t\"mcpServers\": {\n\t\t\"x\": {\"command\": "
      "\"y\"}, /* last */\n\t},\n}\n",
      "{\n  \"mcpServers\": {},\n  \"n\": [1, {\"mcpServers\": 2}]\n}\n",
      R"({"mcpServers": {"x": {"command": "a \" } , {"}}})",
  };
  for (const std::string& text : texts) {
    const std::string with = connected(text);
    const auto found = entry_in(with, json);
    ASSERT_TRUE(found.ok() && *found) << with;
    EXPECT_EQ(Json::parse(**found)["command"], "/usr/bin/mbe");
    EXPECT_FALSE(*entry_in(text, json)) << text;
    EXPECT_EQ(connected(with), with);
    // All that was there is there, in its order.
    std::size_t at = 0;
    for (const char c : text) {
      at = with.find(c, at);
      ASSERT_NE(at, std::string::npos) << with;
      ++at;
    }
  }
}

TEST(ClientConfig, TakesAnEarlierEntrysPlace) {
  const std::string old = R"({"mcpServers": {"mbe": {"command": "old"}, "x": {}}})";
  const Json now = Json::parse(connected(old));
  EXPECT_EQ(now["mcpServers"]["mbe"]["command"], "/usr/bin/mbe");
  EXPECT_EQ(now["mcpServers"].size(), 2U);
  EXPECT_EQ(connected(connected(old)), connected(old));
  const std::string table = "a = 1\n[mcp_servers.mbe]\ncommand = \"old\"\n\n[other]\nb = 2\n";
  const std::string after = connected(table, toml);
  EXPECT_EQ(after.find("old"), std::string::npos);
  EXPECT_NE(after.find("\n\n[other]\nb = 2\n"), std::string::npos) << after;
  EXPECT_EQ(connected(after, toml), after);
}

TEST(ClientConfig, IsTakenOutAgain) {
  for (const std::string text :
       {"{\"mcpServers\": {\"x\": {}}, \"a\": 1}", "{\n  \"mcpServers\": {\n    \"x\": 1\n  }\n}\n",
        "{\n  // one\n  \"mcpServers\": {\"x\": {}},\n}\n"}) {
    const auto without = without_entry(connected(text), json);
    ASSERT_TRUE(without.ok());
    EXPECT_EQ(*without, text);
  }
  for (const std::string text : {"model = \"m\"\n", "", "[a]\nb = 1\n"}) {
    const auto without = without_entry(connected(text, toml), toml);
    ASSERT_TRUE(without.ok());
    EXPECT_EQ(*without, text);
  }
  const std::string first = R"({"mcpServers": {"mbe": {}, "x": 1}})";
  EXPECT_EQ(*without_entry(first, json), R"({"mcpServers": {"x": 1}})");
  EXPECT_EQ(without_entry("{}", json).error().code(), ErrorCode::not_found);
  EXPECT_EQ(without_entry("[a]\n", toml).error().code(), ErrorCode::not_found);
}

TEST(ClientConfig, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {"[]", "{\"a\": }", "{\"mcpServers\": {\"x\": 1 \"y\": 2}}", "{/*",
                           "{\"a\" 1}", "{\"a\": \"x\ny\"}", "nonsense"}) {
    EXPECT_EQ(with_entry(text, json, entry).error().code(), ErrorCode::invalid_argument) << text;
  }
  EXPECT_EQ(with_entry(R"({"mcpServers": []})", json, entry).error().code(),
            ErrorCode::invalid_argument);
  const std::string deep = "{\"a\": " + std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_EQ(with_entry(deep, json, entry).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(with_entry("{\n\n!", json, entry).error().message(),
            "line 3 is not the JSON of an object");
  const std::string large(config_bytes_max + 1, ' ');
  EXPECT_EQ(with_entry(large, json, entry).error().code(), ErrorCode::limit);
}

TEST(ClientConfig, ShowsWhatChanged) {
  EXPECT_EQ(changes("a\nb\nc\nd\ne\n", "a\nb\nc\nX\nd\ne\n"), "  b\n  c\n+ X\n  d\n  e\n");
  EXPECT_EQ(changes("a\nb\n", "a\nc\n"), "  a\n- b\n+ c\n");
  EXPECT_EQ(changes("", "x\n"), "+ x\n");
}

}  // namespace
}  // namespace mbe::mcp
