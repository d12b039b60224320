#include "proxy/wire.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace mbe {
namespace {

WireRequest read(Wire wire, const std::string& body) {
  auto out = read_request(wire, body);
  EXPECT_TRUE(out.ok()) << body;
  return out.ok() ? *out : WireRequest();
}

std::string injected(Wire wire, const std::string& body) {
  return with_memory(read(wire, body), body, "\"M\"\n");
}

TEST(Wire, ReadsWhatWasSaidInAChat) {
  const WireRequest out =
      read(Wire::chat,
           R"({"model":"m","stream":true,"messages":[{"role":"system","content":"S"},)"
           R"({"role":"user","content":"one"},{"role":"assistant","content":null,"tool_calls":[]},)"
           R"({"role":"tool","content":"result"},{"role":"assistant","content":"two"},)"
           R"({"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"},)"
           R"({"type":"text","text":"b"}]}]})");
  EXPECT_EQ(out.model, "m");
  EXPECT_TRUE(out.streams);
  ASSERT_EQ(out.turns.size(), 3U);
  EXPECT_EQ(out.turns[0].text, "one");
  EXPECT_FALSE(out.turns[1].from_person);
  EXPECT_EQ(out.turns[2].text, "a\nb");
  EXPECT_EQ(out.newest, 2U);
}

TEST(Wire, ReadsWhatWasSaidToResponses) {
  const WireRequest text =
      read(Wire::responses, R"({"input":"hello","previous_response_id":"r1"})");
  EXPECT_EQ(text.turns.at(0).text, "hello");
  EXPECT_EQ(text.previous, "r1");
  const WireRequest items =
      read(Wire::responses,
           R"({"conversation":{"id":"c1"},"input":[{"role":"user","content":[{"type":"input_text",)"
           R"("text":"q"}]},{"type":"function_call_output","output":"x"},{"type":"message",)"
           R"("role":"assistant","content":[{"type":"output_text","text":"a"}]}]})");
  EXPECT_EQ(items.turns.size(), 2U);
  EXPECT_EQ(items.newest, 0U);
  EXPECT_EQ(items.conversation, "c1");
}

TEST(Wire, ResultsOfToolsAreNobodysWords) {
  const WireRequest out =
      read(Wire::messages,
           R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":)"
           R"("tool_use","id":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result",)"
           R"("tool_use_id":"t","content":[{"type":"text","text":"secret"}]}]}]})");
  ASSERT_EQ(out.turns.size(), 1U);
  EXPECT_EQ(out.turns[0].text, "q");
}

TEST(Wire, PutsMemoryInFrontOfAText) {
  EXPECT_EQ(
      injected(Wire::chat, R"({ "messages" : [ {"content":"q\u0021","role":"user"} ], "x":1.50})"),
      R"({ "messages" : [ {"content":"\"M\"\n\nq\u0021","role":"user"} ], "x":1.50})");
  EXPECT_EQ(injected(Wire::responses, R"({"input":"q"})"), R"({"input":"\"M\"\n\nq"})");
}

/// A request whose content has these parts.
std::string in_parts(const std::string& list, const std::string& parts) {
  return "{\"" + list + R"(":[{"role":"user","content":[)" + parts + "]}]}";
}

TEST(Wire, PutsMemoryBeforeTheParts) {
  const std::string text = R"( {"type":"text","text":"q"})";
  EXPECT_EQ(injected(Wire::chat, in_parts("messages", text)),
            in_parts("messages", R"({"type":"text","text":"\"M\"\n"},)" + text));
  const std::string input = R"({"type":"input_text","text":"q"})";
  EXPECT_EQ(injected(Wire::responses, in_parts("input", input)),
            in_parts("input", R"({"type":"input_text","text":"\"M\"\n"},)" + input));
}

TEST(Wire, PutsMemoryBehindWhatAnthropicCaches) {
  const std::string cached = R"({"type":"text","text":"q","cache_control":{"type":"ephemeral"}})";
  EXPECT_EQ(injected(Wire::messages, in_parts("messages", cached)),
            in_parts("messages", cached + R"(,{"type":"text","text":"\"M\"\n"})"));
}

TEST(Wire, PutsMemoryToTheNewestWordsOfThePerson) {
  const std::string body =
      R"({"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"2"},)"
      R"({"role":"user","content":"3"},{"role":"assistant","content":"4"},)"
      R"({"role":"tool","content":"5"}]})";
  const Json out = Json::parse(injected(Wire::chat, body));
  EXPECT_EQ(out["messages"][0]["content"], "1");
  EXPECT_EQ(out["messages"][2]["content"], "\"M\"\n\n3");
  EXPECT_EQ(out["messages"][4]["content"], "5");
}

TEST(Wire, ChangesNothingWhereNobodySpeaks) {
  for (const std::string body :
       {"{}", R"({"messages":[]})", R"({"messages":"x y"})", R"({"messages":[{"role":"user"}]})",
        R"({"messages":[{"role":"system","content":"S"}]})",
        R"({"messages":[1,null,{"role":"user","content":" "}]})"}) {
    EXPECT_FALSE(read(Wire::chat, body).newest) << body;
    EXPECT_EQ(injected(Wire::chat, body), body);
  }
}

TEST(Wire, AddsNothingWhereThereIsNoMemory) {
  const std::string body = R"({"messages":[{"role":"user","content":"q"}]})";
  EXPECT_EQ(with_memory(read(Wire::chat, body), body, ""), body);
}

TEST(Wire, NamesAModelWhereNoneIsNamed) {
  EXPECT_EQ(with_model(read(Wire::chat, R"({"a":1})"), R"({"a":1})", "m"),
            R"({"model":"m","a":1})");
  EXPECT_EQ(with_model(read(Wire::chat, " { }"), " { }", "m\""), R"( {"model":"m\"" })");
  EXPECT_EQ(with_model(read(Wire::chat, R"({"model":"x"})"), R"({"model":"x"})", "m"),
            R"({"model":"x"})");
  EXPECT_EQ(with_model(read(Wire::chat, "{}"), "{}", ""), "{}");
}

TEST(Wire, RefusesWhatIsNoObject) {
  for (const std::string body : {"", "[]", "\"x\"", "{", "{\"a\":\"\xff\"}"}) {
    const auto out = read_request(Wire::chat, body);
    ASSERT_FALSE(out.ok()) << body;
    EXPECT_EQ(out.error().code(), ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace mbe
