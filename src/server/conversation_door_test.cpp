// One's conversations over HTTP: who may, what is told, what is refused.
#include "server/conversation_door.h"

#include <gtest/gtest.h>

#include "server/rest_fixture.h"

namespace mbe {
namespace {

class ConversationDoorTest : public RestTest {
 protected:
  Json ask(const std::string& question, const std::string& conversation,
           const Json& edits = nullptr) {
    clock_.advance_ms(1'000);
    Json body = {{"question", question}, {"conversation", conversation}};
    if (!edits.is_null()) body["edits"] = edits;
    const HttpResponse response = post("mina", "/api/ask", body);
    EXPECT_EQ(response.status, 200U) << response.body;
    return Json::parse(response.body);
  }
  Json read(const std::string& target) {
    const HttpResponse response = get_as("mina", "/api/conversations" + target);
    EXPECT_EQ(response.status, 200U) << response.body;
    return Json::parse(response.body);
  }
  HttpResponse change(const std::string& what, const Json& body, const std::string& who = "mina") {
    return post(who, "/api/conversations/" + what, body);
  }
};

TEST_F(ConversationDoorTest, BranchesWhereAQuestionIsEdited) {
  ask("오늘은 맑다", "a");
  const Json second = ask("산책을 했다", "a");
  const Json edited = ask("수영을 했다", "a", second["turn"]);
  const std::string branch = edited["conversation"];
  const Json tree = read("/tree?conversation=" + branch);
  EXPECT_EQ(tree["of"], "a");
  ASSERT_EQ(tree["turns"].size(), 4U);
  EXPECT_EQ(tree["turns"][0]["text"], "오늘은 맑다");
  EXPECT_EQ(tree["turns"][2]["text"], "수영을 했다");
  EXPECT_EQ(tree["turns"][2]["versions"], Json::array({"a", branch}));
  const HttpResponse none =
      post("mina", "/api/ask", {{"question", "x"}, {"conversation", "a"}, {"edits", 9'999}});
  EXPECT_EQ(none.status, 404U) << none.body;
}

TEST_F(ConversationDoorTest, SearchesWhatWasSaid) {
  ask("다음 달에 제주도로 떠난다", "a");
  ask("회의가 길었다", "b");
  const Json found = read("?search=%EC%A0%9C%EC%A3%BC%EB%8F%84")["conversations"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["conversation"], "a");
  EXPECT_EQ(found[0]["match"]["text"], "다음 달에 제주도로 떠난다");
  EXPECT_TRUE(read("?search=zanzibar")["conversations"].empty());
}

TEST_F(ConversationDoorTest, RenamesAndExports) {
  ask("오늘은 맑다", "a");
  EXPECT_EQ(change("rename", {{"conversation", "a"}, {"title", "날씨"}}).status, 200U);
  EXPECT_EQ(read("")["conversations"][0]["title"], "날씨");
  const HttpResponse text = get_as("mina", "/api/conversations/export?conversation=a");
  EXPECT_TRUE(text.body.starts_with("# 날씨\n")) << text.body;
  EXPECT_EQ(text.content_type, "text/markdown; charset=utf-8");
  EXPECT_EQ(read("/export?conversation=a&format=json")["title"], "날씨");
  EXPECT_EQ(get_as("mina", "/api/conversations/export?conversation=a&format=pdf").status, 400U);
}

TEST_F(ConversationDoorTest, DeletesOnlyWhatWasConfirmed) {
  ask("zanzibar is our word", "a");
  ask("오늘은 맑다", "b");
  const Json preview = Json::parse(change("delete", {{"conversation", "a"}}).body);
  EXPECT_GE(preview["count"], 2);
  EXPECT_EQ(read("")["conversations"].size(), 2U);
  EXPECT_EQ(change("delete", {{"conversation", "a"}, {"count", 1}}).status, 400U);
  const Json done =
      Json::parse(change("delete", {{"conversation", "a"}, {"count", preview["count"]}}).body);
  EXPECT_EQ(done["count"], preview["count"]);
  EXPECT_EQ(read("")["conversations"].size(), 1U);
  EXPECT_EQ(change("delete", {{"conversation", "a"}}).status, 404U);
}

TEST_F(ConversationDoorTest, EverybodyReachesTheirOwnAlone) {
  ask("나는 왜가리를 좋아해", "a");
  EXPECT_EQ(get_as("jun", "/api/conversations/tree?conversation=a").status, 404U);
  EXPECT_EQ(get_as("jun", "/api/conversations?search=heron").body.find("왜가리"),
            std::string::npos);
  EXPECT_EQ(change("rename", {{"conversation", "a"}, {"title", "x"}}, "jun").status, 404U);
  EXPECT_EQ(change("delete", {{"conversation", "a"}}, "jun").status, 404U);
  EXPECT_EQ(get("/api/conversations").status, 401U);
}

TEST_F(ConversationDoorTest, SaysWhatIsWrong) {
  EXPECT_EQ(get_as("mina", "/api/conversations/rename").status, 405U);
  EXPECT_EQ(post("mina", "/api/conversations/tree", Json::object()).status, 405U);
  EXPECT_EQ(change("rename", Json::object()).status, 400U);
  EXPECT_EQ(get_as("mina", "/api/conversations/none").status, 404U);
  EXPECT_EQ(get_as("mina", "/api/conversations/tree?conversation=none").status, 404U);
}

}  // namespace
}  // namespace mbe
