// MCP over HTTP: who may come in, both kinds of revision, sessions, streams.
#include "server/mcp_door.h"

#include "server/event_stream.h"
#include "server/rest_fixture.h"

namespace mbe {
namespace {

class McpDoorTest : public RestTest {
 protected:
  using Headers = std::map<std::string, std::string>;

  static Json modern(const std::string& method, Json params = Json::object()) {
    params["_meta"] = {{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
                       {"io.modelcontextprotocol/clientCapabilities", Json::object()}};
    return {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}};
  }
  static Headers headers_of(const Json& message) {
    Headers out = {{"mcp-protocol-version", "2026-07-28"},
                   {"mcp-method", message["method"]},
                   {"accept", "application/json, text/event-stream"}};
    if (message["params"].contains("name")) out["mcp-name"] = message["params"]["name"];
    return out;
  }
  HttpResponse send(const std::string& who, const Json& message, const Headers& more = {},
                    const std::string& target = "/mcp") {
    Headers headers = headers_of(message);
    for (const auto& [name, value] : more) headers[name] = value;
    return post(who, target, message, headers);
  }
  HttpResponse call(const std::string& who, const std::string& tool, const Json& arguments,
                    const std::string& target = "/mcp") {
    return send(who, modern("tools/call", {{"name", tool}, {"arguments", arguments}}), {}, target);
  }
  static Json result(const HttpResponse& response) {
    EXPECT_EQ(response.status, 200U) << response.body;
    return Json::parse(response.body).value("result", Json());
  }
  static int code(const HttpResponse& response) {
    return Json::parse(response.body)["error"]["code"];
  }
  HttpResponse legacy(const std::string& who, const std::string& method, const Headers& headers,
                      const Json& params = Json::object()) {
    return post(who, "/mcp",
                {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}, headers);
  }
  std::string begun(const std::string& who) {
    const HttpResponse out = legacy(who, "initialize", {}, {{"protocolVersion", "2025-11-25"}});
    EXPECT_EQ(out.status, 200U) << out.body;
    for (const auto& [name, value] : out.headers) {
      if (name == "Mcp-Session-Id") return value;
    }
    ADD_FAILURE() << "no session";
    return "";
  }
  HttpResponse end(const std::string& who, const std::string& session) {
    HttpRequest request;
    request.method = "DELETE";
    request.path = "/mcp";
    request.headers = {{"host", "localhost"}, {"authorization", "Bearer " + keys_.at(who)}};
    if (!session.empty()) request.headers["mcp-session-id"] = session;
    return rest_->answer(request);
  }
};

TEST_F(McpDoorTest, TellsStrangersNothing) {
  const HttpResponse out = send("", modern("server/discover"));
  EXPECT_EQ(out.status, 401U);
  EXPECT_EQ(out.headers.at(0).first, "WWW-Authenticate");
  EXPECT_EQ(send("mina", modern("server/discover")).status, 200U);
}

TEST_F(McpDoorTest, TurnsAwayForeignHostsAndPages) {
  for (const Headers& foreign :
       std::vector<Headers>{{{"host", "evil.example"}},
                            {{"host", "evil.example"}, {"origin", "http://evil.example"}},
                            {{"host", "localhost:1"}, {"origin", "http://localhost:2"}}}) {
    EXPECT_EQ(send("mina", modern("tools/list"), foreign).status, 403U);
  }
  for (const char* ours : {"localhost:7700", "127.0.0.1", "[::1]:8000", "memory.example"}) {
    EXPECT_EQ(send("mina", modern("tools/list"), {{"host", ours}}).status, 200U) << ours;
  }
}

TEST_F(McpDoorTest, RunsToolsOnTheCallersOwnMemory) {
  const Json kept = result(call("jun", "remember", {{"text", "나는 강을 좋아한다"}}));
  EXPECT_EQ(kept["structuredContent"]["channel"], "mcp");
  EXPECT_EQ(kept["structuredContent"]["trust"], "tool");
  EXPECT_EQ(kept["structuredContent"]["writer"], "jun");
  const Json theirs = result(call("jun", "recall", {{"cue", "강"}}));
  EXPECT_EQ(theirs["structuredContent"]["hits"].size(), 1U);
  EXPECT_TRUE(result(call("mina", "recall", {{"cue", "강"}}))["structuredContent"]["hits"].empty());
}

TEST_F(McpDoorTest, LeavesAccessWhereItIsDecided) {
  call("mina", "remember", {{"text", "비밀이다"}});
  const Json other = result(call("jun", "recall", {{"cue", "비밀"}}, "/mcp?chain=main"));
  EXPECT_TRUE(other["isError"].get<bool>());
  const std::string why = other["content"][0]["text"];
  EXPECT_TRUE(why.starts_with("denied: ")) << why;
  EXPECT_EQ(why.find("비밀"), std::string::npos);
  // A guest erases nothing, whatever tool it asks by.
  call("sol", "remember", {{"text", "잠깐"}});
  for (const Json& erase :
       {result(call("sol", "forget", {{"blocks", {1}}, {"count", 1}})),
        result(call("sol", "memory_operation",
                    {{"name", "forget"}, {"arguments", {{"blocks", {1}}, {"count", 1}}}}))}) {
    EXPECT_TRUE(erase["isError"].get<bool>()) << erase;
  }
  ASSERT_TRUE(people_->grant("bot", "main", {Right::read}).ok());
  EXPECT_FALSE(
      result(call("bot", "recall", {{"cue", "비밀"}}, "/mcp?chain=main"))["isError"].get<bool>());
  EXPECT_TRUE(
      result(call("bot", "remember", {{"text", "x"}}, "/mcp?chain=main"))["isError"].get<bool>());
}

TEST_F(McpDoorTest, RecordsWhatWasErased) {
  call("mina", "remember", {{"text", "비밀이다"}});
  result(call("mina", "forget", {{"blocks", {1}}, {"count", 1}}));
  const auto audit = engine_->chain("home:audit", false);
  ASSERT_TRUE(audit.ok());
  EXPECT_EQ((*audit)->stats()->blocks, 2U);
}

TEST_F(McpDoorTest, RefusesHeadersThatSaySomethingElse) {
  const Json message = modern("tools/call", {{"name", "recall"}, {"arguments", {{"cue", "x"}}}});
  for (const Headers& wrong : std::vector<Headers>{{{"mcp-name", "forget"}},
                                                   {{"mcp-method", "tools/list"}},
                                                   {{"mcp-protocol-version", "2025-11-25"}},
                                                   {{"mcp-protocol-version", ""}}}) {
    const HttpResponse out = send("mina", message, wrong);
    EXPECT_EQ(out.status, 400U);
    EXPECT_EQ(code(out), -32020) << out.body;
  }
  EXPECT_EQ(send("mina", message).status, 200U);
}

TEST_F(McpDoorTest, GivesEachFaultItsStatus) {
  const HttpResponse gone = send("mina", modern("ping"));
  EXPECT_EQ(gone.status, 404U);
  EXPECT_EQ(code(gone), -32601);
  HttpRequest request;
  request.method = "POST";
  request.path = "/mcp";
  request.headers = {{"host", "localhost"}, {"authorization", "Bearer " + keys_.at("mina")}};
  request.body = "nonsense";
  const HttpResponse broken = rest_->answer(request);
  EXPECT_EQ(broken.status, 400U);
  EXPECT_EQ(code(broken), -32700);
  const HttpResponse later = legacy("mina", "tools/list", {{"mcp-protocol-version", "2099-01-01"}});
  EXPECT_EQ(later.status, 400U);
  EXPECT_EQ(code(later), -32022);
}

TEST_F(McpDoorTest, TakesPostsAlone) {
  const HttpResponse out = get_as("mina", "/mcp");
  EXPECT_EQ(out.status, 405U);
  EXPECT_EQ(end("mina", "").status, 405U);
}

TEST_F(McpDoorTest, AcceptsNotificationsWithoutAnAnswer) {
  const HttpResponse out =
      post("mina", "/mcp", {{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}},
           {{"mcp-session-id", begun("mina")}});
  EXPECT_EQ(out.status, 202U);
  EXPECT_TRUE(out.body.empty());
}

TEST_F(McpDoorTest, KeepsASessionForWhoeverBeganIt) {
  const std::string session = begun("mina");
  EXPECT_EQ(legacy("mina", "tools/list", {{"mcp-session-id", session}}).status, 200U);
  EXPECT_EQ(legacy("jun", "tools/list", {{"mcp-session-id", session}}).status, 404U);
  EXPECT_EQ(end("jun", session).status, 404U);
  EXPECT_EQ(legacy("mina", "tools/list", {}).status, 400U);
  EXPECT_EQ(end("mina", session).status, 204U);
  EXPECT_EQ(legacy("mina", "tools/list", {{"mcp-session-id", session}}).status, 404U);
}

TEST_F(McpDoorTest, EndsTheStillestOfTooManySessions) {
  const std::string first = begun("mina");
  const std::string second = begun("mina");
  for (std::size_t i = 2; i < McpDoor::sessions_of_one_max; ++i) begun("mina");
  EXPECT_EQ(legacy("mina", "ping", {{"mcp-session-id", first}}).status, 200U);
  begun("jun");
  begun("mina");
  EXPECT_EQ(legacy("mina", "ping", {{"mcp-session-id", first}}).status, 200U);
  EXPECT_EQ(legacy("mina", "ping", {{"mcp-session-id", second}}).status, 404U);
}

TEST_F(McpDoorTest, StreamsToThoseWhoHearOfProgress) {
  Json message =
      modern("tools/call", {{"name", "memory_operation"}, {"arguments", {{"name", "verify"}}}});
  message["params"]["_meta"]["progressToken"] = "t";
  const HttpResponse out = send("mina", message);
  ASSERT_NE(out.events, nullptr) << out.body;
  std::string said;
  for (;;) {
    const EventStream::Taken taken = out.events->take();
    said += taken.bytes;
    if (taken.ended) break;
    std::this_thread::yield();
  }
  EXPECT_NE(said.find("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\""),
            std::string::npos)
      << said;
  EXPECT_EQ(send("mina", message, {{"accept", "application/json"}}).events, nullptr);
}

TEST_F(McpDoorTest, MarksWhatComesThroughTheHomesSocket) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/remember";
  request.is_local = true;
  request.headers["x-mbe-channel"] = "mcp";
  request.body = R"({"text": "한 모델이 쓴 말"})";
  const Json written = Json::parse(rest_->answer(request).body);
  EXPECT_EQ(written["channel"], "mcp");
  EXPECT_EQ(written["trust"], "tool");
  const Json other = Json::parse(
      post("mina", "/v1/remember", {{"text", "내가 쓴 말"}}, {{"x-mbe-channel", "mcp"}}).body);
  EXPECT_EQ(other["channel"], "rest");
  EXPECT_EQ(other["trust"], "owner");
}

}  // namespace
}  // namespace mbe
