// The memory tool's commands over HTTP: results, errors, whose memory they reach.
#include "server/anthropic_door.h"

#include "server/rest_fixture.h"

namespace mbe {
namespace {

const std::string at = "/anthropic/memory";

class AnthropicDoorTest : public RestTest {
 protected:
  Json done(const std::string& who, const Json& input, const std::string& target = at) {
    const HttpResponse out = post(who, target, input);
    EXPECT_EQ(out.status, 200U) << out.body;
    return Json::parse(out.body);
  }
  static Json create(const std::string& path, const std::string& text) {
    return {{"command", "create"}, {"path", path}, {"file_text", text}};
  }
};

TEST_F(AnthropicDoorTest, AnswersWithTheTextOfTheResult) {
  EXPECT_EQ(done("jun", create("/memories/a.md", "one\ntwo\nthree\n"))["content"],
            "File created successfully at: /memories/a.md");
  const Json view = done("jun", {{"command", "view"}, {"path", "/memories/a.md"}});
  EXPECT_EQ(view["is_error"], false);
  EXPECT_TRUE(view["content"].get<std::string>().ends_with("     3\tthree"));
  for (const Json& range : {Json{2, -1}, Json{2, 3}}) {
    const std::string part = done(
        "jun", {{"command", "view"}, {"path", "/memories/a.md"}, {"view_range", range}})["content"];
    EXPECT_TRUE(part.ends_with(":\n     2\ttwo\n     3\tthree")) << part;
  }
  const BlockView block = *(*engine_->chain("person:jun"))->show(1);
  EXPECT_EQ(block.trust, "tool");
  EXPECT_EQ(block.writer, "jun");
}

TEST_F(AnthropicDoorTest, AnswersAWholeBlockWithAWholeBlock) {
  const Json out = done("jun", {{"type", "tool_use"},
                                {"id", "toolu_1"},
                                {"name", "memory"},
                                {"input", {{"command", "view"}, {"path", "/memories"}}}});
  EXPECT_EQ(out["type"], "tool_result");
  EXPECT_EQ(out["tool_use_id"], "toolu_1");
  EXPECT_TRUE(out["content"].get<std::string>().ends_with("0\t/memories"));
}

TEST_F(AnthropicDoorTest, TellsTheModelWhatItDidWrong) {
  for (const Json& wrong :
       std::vector<Json>{{{"command", "view"}, {"path", "/etc/passwd"}},
                         {{"command", "view"}, {"path", "/memories/%2e%2e/x"}},
                         {{"command", "view"}, {"path", "/memories/none"}},
                         {{"command", "view"}, {"path", "/memories"}, {"view_range", {1}}},
                         {{"command", "view"}, {"path", "/memories"}, {"view_range", {1, 0}}},
                         {{"command", "view"}, {"path", "/memories"}, {"view_range", {-1, 2}}},
                         {{"command", "view"}},
                         {{"command", "format"}, {"path", "/memories"}},
                         {{"command", 1}},
                         Json::object()}) {
    const Json out = done("jun", wrong);
    EXPECT_EQ(out["is_error"], true) << wrong;
    EXPECT_FALSE(out["content"].get<std::string>().empty());
  }
}

TEST_F(AnthropicDoorTest, RefusesWhatIsNoInput) {
  EXPECT_EQ(post("jun", at, Json::array()).status, 400U);
  EXPECT_EQ(post("jun", at, {{"type", "tool_use"}, {"input", 1}}).status, 400U);
  EXPECT_EQ(get_as("jun", at).status, 405U);
  EXPECT_EQ(post("", at, {{"command", "view"}, {"path", "/memories"}}).status, 401U);
}

TEST_F(AnthropicDoorTest, ReachesWhatTheKeyMayReachAlone) {
  done("jun", create("/memories/secret.md", "the secret of jun"));
  const Json view = {{"command", "view"}, {"path", "/memories"}};
  const std::string of_jun = at + "?chain=person:jun";
  EXPECT_EQ(post("sol", of_jun, view).status, 403U);
  EXPECT_EQ(post("bot", of_jun, view).status, 403U);
  EXPECT_EQ(done("sol", view)["content"].get<std::string>().find("secret"), std::string::npos);
  ASSERT_TRUE(people_->grant("bot", "person:jun", {Right::read}).ok());
  // A program's only grant is what it means.
  EXPECT_NE(done("bot", view)["content"].get<std::string>().find("secret"), std::string::npos);
  EXPECT_EQ(post("bot", at, create("/memories/b.md", "x")).status, 403U);
  ASSERT_TRUE(people_->grant("bot", "person:jun", {}).ok());
  EXPECT_EQ(post("bot", of_jun, view).status, 403U);
}

}  // namespace
}  // namespace mbe
