// The REST door without a network: who may call what, and what the answers look like.
#include "server/rest.h"

#include "server/rest_fixture.h"

namespace mbe {
namespace {

TEST_F(RestTest, AnswersHealthWithoutACredentialAndNothingElse) {
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_EQ(get("/readyz").status, 200U);
  EXPECT_EQ(get("/openapi.json").status, 200U);
  EXPECT_EQ(get("/v1/recall").status, 401U);
  EXPECT_EQ(get("/api/boot").status, 401U);
  EXPECT_EQ(get("/v1/no_such_thing").status, 401U);
  EXPECT_EQ(get("/nothing").status, 404U);
  for (const Operation& operation : operations()) {
    const HttpResponse answer = post("", "/v1/" + operation.name, Json::object());
    EXPECT_EQ(answer.status, 401U) << operation.name;
    EXPECT_EQ(answer.content_type, "application/problem+json");
  }
}

TEST_F(RestTest, RemembersAndRecalls) {
  const HttpResponse said = post("mina", "/v1/remember", {{"text", "I ran by the river"}});
  ASSERT_EQ(said.status, 200U) << said.body;
  EXPECT_EQ(Json::parse(said.body)["writer"], "mina");
  EXPECT_EQ(Json::parse(said.body)["channel"], "rest");
  const HttpResponse found = post("mina", "/v1/recall", {{"cue", "river"}});
  EXPECT_EQ(Json::parse(found.body)["hits"][0]["context"], "I ran by the river");
}

/// Every operation by every role on its own chain, another's and one that is not there: what is
/// not allowed is refused in the same words whether or not it exists, and shows nothing.
TEST_F(RestTest, KeepsMemoriesApart) {
  const std::string canary = "canary-7c1f-heron";
  ASSERT_EQ(post("mina", "/v1/remember", {{"text", canary + " of the origin"}}).status, 200U);
  ASSERT_EQ(post("jun", "/v1/remember", {{"text", canary + " of the member"}}).status, 200U);
  const Json arguments = {{"cue", canary},          {"text", canary},        {"block_index", 1},
                          {"input", "x"},           {"blocks", {1}},         {"count", 1},
                          {"items", Json::array()}, {"pairs", Json::array()}};
  for (const char* who : {"jun", "sol", "bot"}) {
    for (const Operation& operation : operations()) {
      Json given = Json::object();
      for (const auto& [name, schema] : operation.arguments["properties"].items()) {
        if (arguments.contains(name)) given[name] = arguments[name];
      }
      for (const std::string chain : {"main", "person%3Amina", "person%3Azoe", "absent"}) {
        const HttpResponse answer = post(who, "/v1/" + operation.name + "?chain=" + chain, given);
        EXPECT_EQ(answer.status, 403U) << who << " " << operation.name << " " << chain;
        EXPECT_EQ(answer.body.find("canary"), std::string::npos) << answer.body;
      }
    }
  }
  EXPECT_FALSE(contains_chain("absent"));
  EXPECT_FALSE(contains_chain("person:zoe"));
  // A guest erases nothing, not even in its own memory; an agent has none of its own.
  ASSERT_EQ(post("sol", "/v1/remember", {{"text", "a guest was here"}}).status, 200U);
  EXPECT_EQ(post("sol", "/v1/forget", {{"blocks", {1}}, {"count", 1}}).status, 403U);
  EXPECT_EQ(post("bot", "/v1/remember", {{"text", "a program was here"}}).status, 403U);
  EXPECT_EQ(post("jun", "/v1/forget", {{"blocks", {1}}, {"count", 1}}).status, 200U);
}

TEST_F(RestTest, AGrantOpensOneMemoryAsFarAsItSays) {
  ASSERT_EQ(post("mina", "/v1/remember", {{"text", "shared words"}}).status, 200U);
  ASSERT_TRUE(people_->grant("bot", "main", {Right::read, Right::write}).ok());
  EXPECT_EQ(post("bot", "/v1/recall?chain=main", {{"cue", "words"}}).status, 200U);
  const HttpResponse said = post("bot", "/v1/remember?chain=main", {{"text", "by the program"}});
  ASSERT_EQ(said.status, 200U) << said.body;
  EXPECT_EQ(Json::parse(said.body)["trust"], "agent");
  EXPECT_EQ(post("bot", "/v1/forget?chain=main", {{"blocks", {1}}, {"count", 1}}).status, 403U);
  EXPECT_EQ(post("bot", "/v1/recall", {{"cue", "words"}}).status, 403U);
}

TEST_F(RestTest, TurnsAwayForeignHostsAndPages) {
  const Json cue = {{"cue", "x"}};
  const auto status = [&](const std::map<std::string, std::string>& headers) {
    return post("mina", "/v1/recall", cue, headers).status;
  };
  for (const std::string host : {"localhost", "localhost:7700", "127.0.0.1:1", "[::1]:7700",
                                 "memory.example", "memory.example:443"}) {
    EXPECT_EQ(status({{"host", host}}), 200U) << host;
    EXPECT_EQ(status({{"host", host}, {"origin", "http://" + host}}), 200U) << host;
    EXPECT_EQ(status({{"host", host}, {"origin", "http://evil.example"}}), 403U) << host;
    EXPECT_EQ(status({{"host", host}, {"origin", "null"}}), 403U) << host;
  }
  for (const std::string host : {"", "evil.example", "localhost.evil.example", "10.0.0.1:7700"}) {
    EXPECT_EQ(status({{"host", host}}), 403U) << host;
  }
}

TEST_F(RestTest, LogsInByCookieFromItsOwnPagesAlone) {
  const Json right = {{"name", "mina"}, {"password", password}};
  EXPECT_EQ(post("", "/login", {{"name", "mina"}, {"password", "wrong password"}}).status, 401U);
  const HttpResponse login = post("", "/login", right);
  ASSERT_EQ(login.status, 200U) << login.body;
  const std::string set = login.headers[0].second;
  for (const char* guard : {"HttpOnly", "SameSite=Strict"}) {
    EXPECT_NE(set.find(guard), std::string::npos) << set;
  }
  const Json cue = {{"cue", "x"}};
  auto mine = cookie_in(login);
  mine["cookie"] = "a=b; " + mine["cookie"];
  EXPECT_EQ(post("", "/v1/recall", cue, mine).status, 200U);
  auto foreign = mine;
  foreign["sec-fetch-site"] = "cross-site";
  EXPECT_EQ(post("", "/v1/recall", cue, foreign).status, 401U);
  EXPECT_EQ(post("", "/logout", Json::object(), mine).status, 200U);
  EXPECT_EQ(post("", "/v1/recall", cue, mine).status, 401U);
}

TEST_F(RestTest, ChangesNothingByCookieWithoutItsToken) {
  const auto mina = cookie_of("mina");
  const auto jun = cookie_of("jun");
  const auto with = [&](const std::string& token) {
    return std::map<std::string, std::string>{{"cookie", mina.at("cookie")},
                                              {"x-csrf-token", token}};
  };
  const std::string right = mina.at("x-csrf-token");
  const std::string stale = cookie_of("mina").at("x-csrf-token");  // of another login
  const Json text = {{"text", "the sea"}};
  const std::vector<std::string> all = {"/v1/remember", "/v1/recall",      "/api/ask", "/api/stop",
                                        "/api/evolve",  "/api/people/add", "/logout"};
  for (const std::string& path : all) {
    for (const std::string& token :
         {std::string(), stale, jun.at("x-csrf-token"), right + "0", right.substr(1)}) {
      const HttpResponse answer = post("", path, text, with(token));
      EXPECT_EQ(answer.status, 403U) << path << " " << token;
      EXPECT_NE(answer.body.find("X-CSRF-Token"), std::string::npos) << answer.body;
    }
  }
  EXPECT_EQ(memory_->stats()->memories, 0U);
  EXPECT_EQ(post("", "/v1/remember", text, with(right)).status, 200U);
  // Reading needs none, and neither does a key, beside a cookie too.
  EXPECT_EQ(get("/api/session", {{"cookie", mina.at("cookie")}}).status, 200U);
  EXPECT_EQ(post("mina", "/v1/remember", text).status, 200U);
  EXPECT_EQ(post("mina", "/v1/remember", text, with("")).status, 200U);
  EXPECT_EQ(post("", "/logout", Json::object(), with(right)).status, 200U);
}

TEST_F(RestTest, TellsTheTokenToWhoIsLoggedInAlone) {
  const auto mina = cookie_of("mina");
  EXPECT_EQ(Json::parse(get("/api/session", mina).body)["csrf"], mina.at("x-csrf-token"));
  EXPECT_TRUE(Json::parse(get("/api/session").body)["csrf"].is_null());
  EXPECT_TRUE(Json::parse(get_as("mina", "/api/session").body)["csrf"].is_null());
  for (const auto& [name, before] : {std::pair{"authorization", "Token "}, {"x-api-key", ""}}) {
    const Json session = Json::parse(get("/api/session", {{name, before + keys_["mina"]}}).body);
    EXPECT_EQ(session["account"]["name"], "mina") << name;
    EXPECT_TRUE(session["csrf"].is_null()) << name;
  }
  // What a page elsewhere makes the browser ask for is told nothing.
  EXPECT_TRUE(Json::parse(get("/api/session",
                              {{"cookie", mina.at("cookie")}, {"sec-fetch-site", "cross-site"}})
                              .body)["csrf"]
                  .is_null());
  EXPECT_EQ(mina.at("x-csrf-token").find(mina.at("cookie").substr(mina.at("cookie").find('=') + 1)),
            std::string::npos);
}

TEST_F(RestTest, OverTlsCookiesAndPagesAreEncryptedOnes) {
  const auto answer = [&](const std::string& host, const std::string& origin, bool is_tls) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/login";
    request.headers = {{"host", host}, {"origin", origin}};
    request.body = Json{{"name", "mina"}, {"password", password}}.dump();
    request.is_tls = is_tls;
    return rest_->answer(request);
  };
  const auto header = [](const HttpResponse& response, const std::string& name) {
    for (const auto& [one, value] : response.headers) {
      if (one == name) return value;
    }
    return std::string();
  };
  const HttpResponse plain = answer("memory.example", "http://memory.example", false);
  EXPECT_EQ(header(plain, "Set-Cookie").find("Secure"), std::string::npos);
  EXPECT_EQ(header(plain, "Strict-Transport-Security"), "");
  const HttpResponse tls = answer("memory.example", "https://memory.example", true);
  EXPECT_EQ(tls.status, 200U) << tls.body;
  EXPECT_NE(header(tls, "Set-Cookie").find("; Secure"), std::string::npos);
  EXPECT_EQ(header(tls, "Strict-Transport-Security"), "max-age=31536000");
  // Every machine is called localhost: its other ports are not to be forced to TLS.
  EXPECT_EQ(header(answer("localhost:1", "", true), "Strict-Transport-Security"), "");
  EXPECT_EQ(answer("memory.example", "http://memory.example", true).status, 403U);
}

TEST_F(RestTest, TheFirstRunNeedsTheCodeAndHappensOnce) {
  Json wanted = {{"name", "zoe"}, {"password", password}, {"code", "aaaa-bbbb-cccc"}};
  EXPECT_EQ(post("", "/first_run", wanted).status, 403U);  // this home has an origin
  const fs::path other = home_ / "other";
  fs::create_directories(other);
  people_ = *People::open(other.string(), clock_);
  FirstRun first(*people_, home_ / "manifest", clock_);
  rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                             .people = *people_,
                                             .hosts = {},
                                             .english = english_,
                                             .korean = english_,
                                             .version = "1",
                                             .first_run = &first});
  EXPECT_EQ(post("", "/first_run", wanted).status, 403U);
  wanted["code"] = first.code();
  EXPECT_EQ(post("", "/first_run", wanted).status, 429U);
  clock_.advance_ms(1'000);
  const HttpResponse made = post("", "/first_run", wanted);
  ASSERT_EQ(made.status, 200U) << made.body;
  EXPECT_EQ(post("", "/v1/recall", {{"cue", "x"}}, cookie_in(made)).status, 200U);
  EXPECT_EQ(post("", "/first_run", wanted).status, 403U);
}

TEST_F(RestTest, ThrottlesGuessing) {
  const Json wrong = {{"name", "mina"}, {"password", "wrong password"}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(post("", "/login", wrong).status, 401U);
  const HttpResponse answer = post("", "/login", wrong);
  EXPECT_EQ(answer.status, 429U);
  EXPECT_EQ(answer.headers.at(0).first, "Retry-After");
}

TEST_F(RestTest, DoesTheSameRequestOnce) {
  const std::map<std::string, std::string> once = {{"idempotency-key", "k1"}};
  const HttpResponse first = post("mina", "/v1/remember", {{"text", "said once"}}, once);
  const HttpResponse again = post("mina", "/v1/remember", {{"text", "said once"}}, once);
  ASSERT_EQ(first.status, 200U);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(memory_->stats()->memories, 1U);
  EXPECT_EQ(post("mina", "/v1/remember", {{"text", "other"}}, once).status, 422U);
  // The key is the caller's own; what failed may be tried again.
  EXPECT_EQ(post("jun", "/v1/remember", {{"text", "other"}}, once).status, 200U);
  const std::map<std::string, std::string> failing = {{"idempotency-key", "k2"}};
  EXPECT_EQ(post("mina", "/v1/pin", {{"block_index", 99}}, failing).status, 404U);
  for (const std::string& key : {std::string(), std::string(256, 'k')}) {
    EXPECT_EQ(post("mina", "/v1/remember", {{"text", "x"}}, {{"idempotency-key", key}}).status,
              400U);
  }
}

TEST_F(RestTest, AForgottenTextIsNotGivenAgain) {
  const std::map<std::string, std::string> once = {{"idempotency-key", "k1"}};
  const Json secret = {{"text", "the heron's secret"}};
  const HttpResponse first = post("mina", "/v1/remember", secret, once);
  ASSERT_EQ(first.status, 200U);
  const Json index = Json::parse(first.body)["block_index"];
  ASSERT_EQ(post("mina", "/v1/forget", {{"blocks", {index}}, {"count", 1}}).status, 200U);
  const HttpResponse again = post("mina", "/v1/remember", secret, once);
  EXPECT_EQ(again.status, 410U);
  EXPECT_EQ(again.body.find("heron"), std::string::npos);
  EXPECT_EQ(memory_->stats()->memories, 0U);  // nor is it done again
}

TEST_F(RestTest, BehindAProxyCookiesAndAddressesAreItsClients) {
  rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                             .people = *people_,
                                             .hosts = {},
                                             .english = english_,
                                             .korean = english_,
                                             .version = "1",
                                             .behind_proxy = true});
  const auto log_in = [&](const std::string& name, const std::string& from,
                          const std::string& with = password) {
    return post("", "/login", {{"name", name}, {"password", with}}, {{"x-forwarded-for", from}});
  };
  const HttpResponse login = log_in("mina", "10.0.0.1");
  EXPECT_NE(login.headers.at(0).second.find("; Secure"), std::string::npos);
  for (int i = 0; i < 3; ++i) log_in("nobody", "1.1.1.1, 10.0.0.2", "wrong password");
  EXPECT_EQ(log_in("mina", "10.0.0.2").status, 429U);
  EXPECT_EQ(log_in("mina", "10.0.0.2, 10.0.0.3").status, 200U);
}

TEST_F(RestTest, SaysWhatIsWrongWithTheBody) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/recall";
  request.headers = {{"host", "localhost"}, {"authorization", "Bearer " + keys_["mina"]}};
  const auto answer = [&](const std::string& body) {
    request.body = body;
    return rest_->answer(request);
  };
  for (const std::string& body :
       {std::string("{"), std::string("nonsense"), std::string("[]"), std::string("{\"cue\": 1}"),
        std::string("{\"cue\": \"\xff\"}"), std::string(100, '[') + std::string(100, ']'),
        std::string(R"({"cue": "\ud800"})"), std::string(R"({"cue": "a\u0000b"})")}) {
    const HttpResponse out = answer(body);
    EXPECT_EQ(out.status, 400U) << body << out.body;
    EXPECT_EQ(Json::parse(out.body)["status"], 400);
  }
  EXPECT_EQ(answer(R"({"cue": "x"})").status, 200U);
  request.method = "GET";
  const HttpResponse wrong = answer("");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.headers.at(0).second, "POST");
}

TEST_F(RestTest, TheUnixSocketIsTheOwner) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/remember";
  request.body = R"({"text": "from the command line"})";
  request.is_local = true;
  EXPECT_EQ(rest_->answer(request).status, 200U);
}

TEST(OpenApi, DescribesEveryOperation) {
  const Json all = openapi("1.2.3");
  EXPECT_EQ(all["info"]["version"], "1.2.3");
  for (const Operation& operation : operations()) {
    const Json& post = all["paths"]["/v1/" + operation.name]["post"];
    EXPECT_EQ(post["operationId"], operation.name);
    EXPECT_EQ(post["requestBody"]["content"]["application/json"]["schema"], operation.arguments);
    EXPECT_EQ(post["responses"]["200"]["content"]["application/json"]["schema"], operation.result);
  }
}

/// Whoever has no credential is asked for one, where that is said.
TEST_F(RestTest, AnswersWhereverOpenApiSaysSo) {
  Metrics metrics;
  rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                             .people = *people_,
                                             .hosts = {},
                                             .english = english_,
                                             .korean = english_,
                                             .version = "1",
                                             .echo = echo_.get(),
                                             .metrics = &metrics});
  const Json all = openapi("1");
  for (const char* path :
       {"/api/ask", "/api/stop", "/api/evolve", "/api/boot", "/api/boot/events", "/api/status",
        "/api/conversations", "/api/conversations/tree", "/api/conversations/export",
        "/api/conversations/rename", "/api/conversations/delete", "/api/session", "/login",
        "/logout", "/first_run", "/reset", "/healthz", "/readyz", "/metrics"}) {
    EXPECT_TRUE(all["paths"].contains(path)) << path;
  }
  for (const auto& [path, methods] : all["paths"].items()) {
    for (const auto& [method, about] : methods.items()) {
      const HttpResponse answer = method == "get" ? get(path) : post("", path, Json::object());
      if (about.value("security", Json()) == Json::array()) {
        EXPECT_TRUE(answer.status != 404 && answer.status != 405) << path << answer.status;
      } else {
        EXPECT_EQ(answer.status, 401U) << path;
      }
      EXPECT_TRUE(about["responses"].contains(std::to_string(answer.status)))
          << path << " " << answer.status;
    }
  }
}

}  // namespace
}  // namespace mbe
