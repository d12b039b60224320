// Messages, revisions and headers: what is answered, what is refused, and by which code.
#include "mcp/core.h"

#include <gtest/gtest.h>

#include "mcp/headers.h"

namespace mbe::mcp {
namespace {

/// Answers `echo` with its parameters, and tells what it was given.
class Echoing final : public Features, public Exchange {
 public:
  [[nodiscard]] Json capabilities(bool is_modern) const override {
    return {{is_modern ? "tools" : "logging", Json::object()}};
  }
  [[nodiscard]] std::string instructions() const override { return "be kind"; }
  [[nodiscard]] std::optional<Outcome> answer(const Asked& asked, Exchange&) override {
    capabilities_ = asked.capabilities;
    if (asked.method == "tools/list") return Json{{"tools", Json::array()}};
    if (asked.method == "fails") return Fault{invalid_params, "no", nullptr, 200};
    if (asked.method != "echo") return std::nullopt;
    return Json{{"said", asked.params.value("say", "")}, {"token", asked.progress_token()}};
  }
  [[nodiscard]] bool is_streamed(const Asked&) const override { return true; }
  void hear(const Message& response) override { heard_ = response.body; }
  void send(const Json&) override {}

  Json capabilities_, heard_;
};

Message message(const Json& json) {
  auto read = read_message(json.dump());
  EXPECT_TRUE(std::holds_alternative<Message>(read)) << json;
  return std::get<Message>(read);
}

Json modern(const std::string& method, Json params = Json::object()) {
  params["_meta"] = {{meta_version, modern_revision},
                     {"io.modelcontextprotocol/clientCapabilities", {{"roots", Json::object()}}}};
  return {{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}};
}

Json legacy(const std::string& method, const Json& params = Json::object()) {
  return {{"jsonrpc", "2.0"}, {"id", "a"}, {"method", method}, {"params", params}};
}

class CoreTest : public testing::Test {
 protected:
  Answer answer(const Json& json, const Session* session = nullptr, bool is_modern = false) {
    return core_.answer(message(json), session, is_modern, features_, features_);
  }
  static int code(const Answer& answer) { return answer.message["error"]["code"]; }

  Core core_{"1.2"};
  Echoing features_;
  Session session_{"2025-11-25", {{"sampling", Json::object()}}};
};

TEST_F(CoreTest, AnswersRequestsOfTheNewerRevisionByThemselves) {
  const Answer out = answer(modern("echo", {{"say", "hi"}}));
  EXPECT_EQ(out.message["id"], 7);
  EXPECT_EQ(out.message["result"]["said"], "hi");
  EXPECT_EQ(out.message["result"]["resultType"], "complete");
  EXPECT_EQ(out.message["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["version"], "1.2");
  EXPECT_FALSE(out.message["result"].contains("ttlMs"));
  EXPECT_TRUE(features_.capabilities_.contains("roots"));
}

TEST_F(CoreTest, DiscoversAndSaysHowLongListsHold) {
  const Json found = answer(modern("server/discover")).message["result"];
  EXPECT_EQ(found["supportedVersions"], Json::array({"2026-07-28"}));
  EXPECT_TRUE(found["capabilities"].contains("tools"));
  EXPECT_EQ(found["instructions"], "be kind");
  EXPECT_GT(found["ttlMs"], 0);
  EXPECT_EQ(answer(modern("tools/list")).message["result"]["cacheScope"], "public");
}

TEST_F(CoreTest, RefusesRequestsThatDoNotSayWhatTheyMust) {
  Json without = modern("echo");
  without["params"]["_meta"].erase("io.modelcontextprotocol/clientCapabilities");
  EXPECT_EQ(code(answer(without)), invalid_params);
  const Answer bare = answer(legacy("echo"), nullptr, true);
  EXPECT_EQ(code(bare), invalid_params);
  EXPECT_EQ(bare.status, 400U);
  Json later = modern("echo");
  later["params"]["_meta"][meta_version] = "2099-01-01";
  const Answer unknown = answer(later);
  EXPECT_EQ(code(unknown), unsupported_version);
  EXPECT_EQ(unknown.message["error"]["data"]["requested"], "2099-01-01");
  EXPECT_EQ(unknown.message["error"]["data"]["supported"][0], "2026-07-28");
}

TEST_F(CoreTest, KnowsNoMethodOfAnotherRevision) {
  for (const char* gone : {"initialize", "ping", "logging/setLevel"}) {
    const Answer out = answer(modern(gone));
    EXPECT_EQ(code(out), method_not_found) << gone;
    EXPECT_EQ(out.status, 404U);
  }
  EXPECT_EQ(code(answer(legacy("server/discover"), &session_)), method_not_found);
  EXPECT_EQ(answer(legacy("nothing"), &session_).status, 200U);
}

TEST_F(CoreTest, BeginsASessionOfAnEarlierRevision) {
  for (const auto& [asked, given] :
       std::map<std::string, std::string>{{"2025-11-25", "2025-11-25"},
                                          {"2025-06-18", "2025-06-18"},
                                          {"1999-01-01", "2025-11-25"}}) {
    const Answer out = answer(
        legacy("initialize", {{"protocolVersion", asked}, {"capabilities", {{"roots", 1}}}}));
    EXPECT_EQ(out.message["result"]["protocolVersion"], given);
    EXPECT_TRUE(out.message["result"]["capabilities"].contains("logging"));
    ASSERT_TRUE(out.session);
    EXPECT_EQ(out.session->revision, given);
    EXPECT_TRUE(out.session->capabilities.contains("roots"));
  }
  EXPECT_EQ(code(answer(legacy("initialize"))), invalid_params);
}

TEST_F(CoreTest, AnswersWithinASessionAlone) {
  EXPECT_EQ(answer(legacy("echo", {{"say", "x"}}), &session_).message["result"]["said"], "x");
  EXPECT_TRUE(features_.capabilities_.contains("sampling"));
  EXPECT_FALSE(answer(legacy("echo"), &session_).message["result"].contains("resultType"));
  EXPECT_EQ(code(answer(legacy("echo"))), invalid_params);
  EXPECT_EQ(answer(legacy("ping")).message["result"], Json::object());
  EXPECT_EQ(code(answer(legacy("fails"), &session_)), invalid_params);
}

TEST_F(CoreTest, OwesNoAnswerToNotificationsAndResponses) {
  const Answer note = answer({{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}});
  EXPECT_TRUE(note.message.is_null());
  EXPECT_EQ(note.status, 202U);
  const Answer heard = answer({{"jsonrpc", "2.0"}, {"id", 3}, {"result", {{"roots", 1}}}});
  EXPECT_TRUE(heard.message.is_null());
  EXPECT_EQ(features_.heard_["result"]["roots"], 1);
}

TEST_F(CoreTest, TakesProgressTokensThatAreOne) {
  const auto token = [this](const Json& given) {
    return answer(legacy("echo", {{"_meta", {{"progressToken", given}}}}), &session_)
        .message["result"]["token"];
  };
  EXPECT_EQ(token("t"), "t");
  EXPECT_EQ(token(4), 4);
  EXPECT_TRUE(token(1.5).is_null());
  EXPECT_TRUE(token(Json::object()).is_null());
}

TEST(McpMessage, RefusesWhatIsNoMessage) {
  const std::map<std::string, int> wrong = {
      {"", parse_error},
      {"{", parse_error},
      {"\xff", parse_error},
      {std::string(200, '['), parse_error},
      {"[]", invalid_request},
      {R"([{"jsonrpc":"2.0","id":1,"method":"x"}])", invalid_request},
      {R"({"id":1,"method":"x"})", invalid_request},
      {R"({"jsonrpc":"1.0","id":1,"method":"x"})", invalid_request},
      {R"({"jsonrpc":"2.0","id":null,"method":"x"})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"x"})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1,"method":5})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1,"method":"x","params":[1]})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1})", invalid_request},
      {R"({"jsonrpc":"2.0","result":{}})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(200, 'm') + "\"}", invalid_request},
      {std::string(message_bytes_max + 1, ' '), invalid_request}};
  for (const auto& [text, code] : wrong) {
    const auto read = read_message(text);
    ASSERT_TRUE(std::holds_alternative<Unreadable>(read)) << text.substr(0, 80);
    EXPECT_EQ(std::get<Unreadable>(read).fault.code, code) << text.substr(0, 80);
  }
  const auto addressed = read_message(R"({"jsonrpc":"2.0","id":9,"method":"x","params":1})");
  EXPECT_EQ(std::get<Unreadable>(addressed).id, 9);
}

TEST(McpHeaders, MustSayWhatTheMessageSays) {
  const Message call = message(modern("tools/call", {{"name", "회상"}}));
  const std::string revision(modern_revision);
  const std::string name = "=?base64?7ZqM7IOB?=";
  EXPECT_FALSE(check_headers(call, {revision, "tools/call", name}));
  EXPECT_FALSE(check_headers(call, {revision, "tools/call", "회상"}));
  EXPECT_FALSE(check_headers(message(modern("tools/list")), {revision, "tools/list", ""}));
  for (const Headers& wrong : std::vector<Headers>{{"", "tools/call", name},
                                                   {"2025-11-25", "tools/call", name},
                                                   {revision, "", name},
                                                   {revision, "Tools/Call", name},
                                                   {revision, "tools/call", ""},
                                                   {revision, "tools/call", "recall"},
                                                   {revision, "tools/call", "=?base64?!!?="}}) {
    const auto fault = check_headers(call, wrong);
    ASSERT_TRUE(fault) << wrong.version << wrong.method << wrong.name;
    EXPECT_EQ(fault->code, header_mismatch);
    EXPECT_EQ(fault->status, 400U);
  }
  EXPECT_EQ(check_headers(message(legacy("x")), {"2099-01-01", "x", ""})->code,
            unsupported_version);
}

TEST(McpHeaders, TellTheRevisionsApart) {
  const Message bare = message(legacy("tools/list"));
  EXPECT_TRUE(is_modern(message(modern("tools/list")), {}));
  EXPECT_TRUE(is_modern(bare, {.version = std::string(modern_revision)}));
  EXPECT_TRUE(is_modern(bare, {.version = "2099-01-01"}));
  EXPECT_FALSE(is_modern(bare, {}));
  for (const char* early : {"2025-11-25", "2025-06-18", "2025-03-26"}) {
    EXPECT_FALSE(is_modern(bare, {.version = early})) << early;
  }
}

}  // namespace
}  // namespace mbe::mcp
