#include "importers/json_reader.h"

#include "importers/importers_fixture.h"
#include "importers/json_scan.h"

namespace mbe::importers {
namespace {

Json node(const std::string& id, const std::string& parent, const std::string& role,
          const std::string& text, double time) {
  return {{"id", id},
          {"parent", parent.empty() ? Json() : Json(parent)},
          {"children", Json::array()},
          {"message",
           {{"id", id},
            {"author", {{"role", role}}},
            {"create_time", time > 0 ? Json(time) : Json()},
            {"content", {{"content_type", "text"}, {"parts", {text}}}},
            {"recipient", "all"},
            {"metadata", Json::object()}}}};
}

Json chatgpt_conversation() {
  Json out = {{"title", "여행"},
              {"create_time", 1'760'000'000.5},
              {"current_node", "d"},
              {"mapping",
               {{"root", {{"id", "root"}, {"parent", nullptr}, {"message", nullptr}}},
                {"s", node("s", "root", "system", "", 0)},
                {"a", node("a", "s", "user", "제주에 가고 싶다", 1'760'000'001)},
                {"b", node("b", "a", "assistant", "옛 대답", 1'760'000'002)},
                {"c", node("c", "a", "assistant", "새 대답", 0)},
                {"d", node("d", "c", "user", "고마워", 1'760'000'004)}}}};
  out["mapping"]["root"]["children"] = {"s"};
  return out;
}

TEST(ChatGpt, TakesThePathToTheNewestMessage) {
  const ReadAll all = read_all(Json::array({chatgpt_conversation()}).dump());
  EXPECT_EQ(all.format, Format::chatgpt);
  ASSERT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.items[0].text, "제주에 가고 싶다");
  EXPECT_EQ(all.items[0].session, "여행");
  EXPECT_EQ(all.items[0].id, "chatgpt:a");
  EXPECT_EQ(when(all.items[0]), "2025-10-09T08:53:21Z");
  EXPECT_EQ(all.items[1].text, "새 대답");
  EXPECT_EQ(all.items[1].speaker, "ChatGPT");
  EXPECT_EQ(all.items[1].kind, "answer");
  EXPECT_EQ(when(all.items[1]), "2025-10-09T08:53:21Z") << "the time before, where it has none";
  EXPECT_EQ(all.left_out.at("other_branch"), 1);
  EXPECT_EQ(all.left_out.at("system"), 1);
  EXPECT_TRUE(all.unreadable.empty());
}

TEST(ChatGpt, TakesOtherBranchesWhenAsked) {
  Settings settings;
  settings.all_branches = true;
  settings.owner = "오리진";
  const ReadAll all = read_all(Json::array({chatgpt_conversation()}).dump(), settings);
  ASSERT_EQ(all.items.size(), 4U);
  EXPECT_EQ(all.items[0].speaker, "오리진");
  EXPECT_EQ(all.items[3].text, "옛 대답");
}

TEST(ChatGpt, LeavesOutWhatWasNotSaid) {
  Json conversation = chatgpt_conversation();
  Json& nodes = conversation["mapping"];
  nodes["d"]["message"]["content"] = {{"content_type", "multimodal_text"},
                                      {"parts", {{{"asset_pointer", "x"}}}}};
  nodes["c"]["message"]["recipient"] = "python";
  nodes["a"]["message"]["metadata"]["is_visually_hidden_from_conversation"] = true;
  const ReadAll all = read_all(Json::array({conversation}).dump());
  EXPECT_TRUE(all.items.empty());
  EXPECT_EQ(all.left_out.at("placeholder"), 1);
  EXPECT_EQ(all.left_out.at("tool"), 1);
  EXPECT_EQ(all.left_out.at("hidden"), 1);
  conversation = chatgpt_conversation();
  conversation["is_do_not_remember"] = true;
  EXPECT_TRUE(read_all(Json::array({conversation}).dump()).items.empty());
}

TEST(ChatGpt, TakesAllOfATreeThatIsDamaged) {
  Json conversation = chatgpt_conversation();
  conversation["current_node"] = "absent";
  EXPECT_EQ(read_all(Json::array({conversation}).dump()).items.size(), 4U);
  conversation["current_node"] = "d";
  conversation["mapping"]["a"]["parent"] = "d";  // in a circle
  EXPECT_EQ(read_all(Json::array({conversation}).dump()).items.size(), 4U);
  conversation["mapping"]["a"]["parent"] = "lost";
  EXPECT_EQ(read_all(Json::array({conversation}).dump()).items.size(), 4U);
}

TEST(ChatGpt, SavesTheSoundMessagesOfABrokenConversation) {
  std::string text = Json::array({chatgpt_conversation(), chatgpt_conversation()}).dump(1);
  text.insert(text.find('{') + 1, "\n\"title\": \"여행\",");  // as exports begin
  const std::size_t damage = text.find("옛 대답");
  text[text.find('"', damage)] = 'x';  // a string that does not end
  const ReadAll all = read_all(text);
  std::map<std::string, int> texts;
  for (const ImportItem& item : all.items) ++texts[item.text];
  EXPECT_EQ(texts["제주에 가고 싶다"], 2);
  EXPECT_EQ(texts["고마워"], 2);
  EXPECT_EQ(all.items[0].session, "여행");
  ASSERT_EQ(all.unreadable.size(), 1U);
  EXPECT_GT(all.unreadable[0].line, 1U);
}

TEST(ChatGpt, ReadsAListInsideAnObject) {
  const Json all = {{"conversations", {chatgpt_conversation()}}};
  EXPECT_EQ(read_all(all.dump()).items.size(), 3U);
}

TEST(ChatGpt, SaysThatAFileEndsInTheMiddle) {
  const std::string text = Json::array({chatgpt_conversation()}).dump();
  const ReadAll all = read_all(text.substr(0, text.size() / 2));
  EXPECT_FALSE(all.items.empty());
  ASSERT_EQ(all.unreadable.size(), 1U);
  EXPECT_NE(all.unreadable[0].reason.message().find("ends"), std::string::npos);
}

const Json claude_conversation = {
    {"uuid", "c1"},
    {"name", "Reading"},
    {"created_at", "2026-03-01T10:00:00.123456Z"},
    {"chat_messages",
     {{{"uuid", "m1"},
       {"sender", "human"},
       {"text", "hello"},
       {"created_at", "2026-03-01T10:00:01Z"},
       {"content", Json::array()}},
      {{"uuid", "m2"},
       {"sender", "assistant"},
       {"text", "old form"},
       {"content",
        {{{"type", "thinking"}, {"thinking", "hm"}},
         {{"type", "text"}, {"text", "one"}},
         {{"type", "tool_use"}, {"input", {{"a", 1}}}},
         {{"type", "text"}, {"text", "two"}}}}},
      {{"uuid", "m3"}, {"sender", "human"}, {"text", ""}, {"files", {{{"file_name", "a.pdf"}}}}},
      {{"uuid", "m4"}, {"sender", "assistant"}, {"content", {{{"type", "tool_result"}}}}}}}};

TEST(Claude, TakesTextAndNotThoughts) {
  const ReadAll all = read_all(Json::array({claude_conversation}).dump());
  EXPECT_EQ(all.format, Format::claude);
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].id, "claude:m1");
  EXPECT_EQ(all.items[0].session, "Reading");
  EXPECT_EQ(when(all.items[0]), "2026-03-01T10:00:01Z");
  EXPECT_EQ(all.items[1].text, "one\n\ntwo");
  EXPECT_EQ(all.items[1].speaker, "Claude");
  EXPECT_EQ(all.left_out.at("placeholder"), 1);
  EXPECT_EQ(all.left_out.at("tool"), 1);
}

TEST(Claude, ReadsOneConversationALine) {
  const std::string text =
      claude_conversation.dump() + "\n{\"broken\n" + claude_conversation.dump() + "\n";
  const ReadAll all = read_all(text);
  EXPECT_EQ(all.items.size(), 4U);
  ASSERT_EQ(all.unreadable.size(), 1U);
  EXPECT_EQ(all.unreadable[0].line, 2U);
}

TEST(OpenWebUi, FollowsTheCurrentMessage) {
  const auto message = [](const char* id, const char* parent, const char* role, const char* text) {
    return Json{{"id", id},         {"parentId", parent == nullptr ? Json() : Json(parent)},
                {"role", role},     {"content", text},
                {"model", "llama"}, {"timestamp", 1'760'000'000}};
  };
  const Json chat = {
      {"id", "x"},
      {"title", "비"},
      {"chat",
       {{"history",
         {{"currentId", "3"},
          {"messages",
           {{"1", message("1", nullptr, "user", "비가 온다")},
            {"2", message("2", "1", "assistant", "버려진 답")},
            {"3", message("3", "1", "assistant",
                          "<details type=\"reasoning\">흠</details>우산을 챙기세요")}}}}}}}};
  const ReadAll all = read_all(Json::array({chat}).dump());
  EXPECT_EQ(all.format, Format::open_webui);
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[1].text, "우산을 챙기세요");
  EXPECT_EQ(all.items[1].speaker, "llama");
  EXPECT_EQ(all.items[1].session, "비");
  EXPECT_EQ(all.left_out.at("other_branch"), 1);
}

TEST(Mem0, TakesFactsWithTheirTimes) {
  const Json file = {{"count", 1},
                     {"results",
                      {{{"id", "1"},
                        {"memory", "보리는 닭고기를 못 먹는다"},
                        {"user_id", "mina"},
                        {"created_at", "2026-01-05T10:00:00-07:00"}},
                       {{"id", "2"}, {"memory", ""}}}}};
  const ReadAll all = read_all(file.dump());
  EXPECT_EQ(all.format, Format::mem0);
  ASSERT_EQ(all.items.size(), 1U);
  EXPECT_EQ(all.items[0].kind, "fact");
  EXPECT_EQ(all.items[0].id, "mem0:1");
  EXPECT_EQ(when(all.items[0]), "2026-01-05T17:00:00Z");
  EXPECT_EQ(all.left_out.at("empty"), 1);
}

TEST(JsonReader, SaysThatThereIsNothingInIt) {
  Settings settings;
  settings.format = Format::chatgpt;
  EXPECT_EQ(read_all("[]", settings).unreadable.size(), 1U);
  EXPECT_EQ(read_all("{\"a\":{\"b\":1}}", settings).unreadable.size(), 1U);
  settings.format.reset();
  EXPECT_EQ(read_all("[{\"a\":1}]").unreadable.at(0).reason.code(), ErrorCode::invalid_argument);
}

TEST(JsonScan, EndsWhereTheObjectEnds) {
  const std::string text = R"({"a":[1,-0.5e3,"x\"}\ud83d\ude00",{"b":null}],"c":true} tail)";
  const JsonScan scan = scan_object(text);
  EXPECT_EQ(scan.end, JsonScan::End::whole);
  EXPECT_EQ(text.substr(scan.at), " tail");
}

TEST(JsonScan, TellsCutFromBroken) {
  const std::string whole = R"({"a":[1.5,"x\u00e9"],"b":{"c":false}})";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(scan_object(whole.substr(0, size)).end, JsonScan::End::cut) << size;
  }
  for (const std::string bad : {"{a}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":01}",
                                "{\"a\":\"\\x\"}", "{\"a\":\"\n\"}", "{\"a\":[1}",
                                "{\"a\":\"\\ude00\"}", "{\"a\":\"\\ud83dx\"}", "x", "{,}"}) {
    EXPECT_EQ(scan_object(bad).end, JsonScan::End::broken) << bad;
  }
  EXPECT_EQ(scan_object("{\"a\":" + std::string(100, '[')).end, JsonScan::End::deep);
}

}  // namespace
}  // namespace mbe::importers
