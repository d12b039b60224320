// mem0's verbs over HTTP: what they give, what they refuse, whose memory they reach.
#include "server/mem0_door.h"

#include "server/rest_fixture.h"

namespace mbe {
namespace {

class Mem0DoorTest : public RestTest {
 protected:
  HttpResponse send(const std::string& who, const std::string& method, const std::string& path,
                    const Json& body = Json()) {
    return with({{"authorization", "Token " + keys_.at(who)}}, method, path, body);
  }
  HttpResponse with(const std::map<std::string, std::string>& headers, const std::string& method,
                    const std::string& path, const Json& body = Json()) {
    HttpRequest request;
    request.method = method;
    EXPECT_TRUE(read_target("/mem0" + path, request));
    request.headers = headers;
    request.headers.try_emplace("host", "localhost");
    if (!body.is_null()) request.body = body.dump();
    request.peer = "127.0.0.1";
    return rest_->answer(request);
  }
  Json done(const std::string& who, const std::string& method, const std::string& path,
            const Json& body = Json()) {
    const HttpResponse out = send(who, method, path, body);
    EXPECT_EQ(out.status, 200U) << path << " " << out.body;
    return Json::parse(out.body);
  }
  /// The id of what was added for alice.
  std::string add(const std::string& text, const Json& more = Json::object()) {
    Json body = {{"messages", {{{"role", "user"}, {"content", text}}}}, {"user_id", "alice"}};
    body.update(more);
    return done("jun", "POST", "/memories", body)["results"][0]["id"];
  }
  std::vector<std::string> texts(const std::string& query) {
    std::vector<std::string> out;
    const Json found = done("jun", "GET", "/memories?" + query);
    for (const Json& one : found["results"]) out.push_back(one["memory"]);
    return out;
  }
  static std::string detail(const HttpResponse& out) { return Json::parse(out.body)["detail"]; }
};

using Texts = std::vector<std::string>;

TEST_F(Mem0DoorTest, TakesTheCredentialAsClientsSendIt) {
  const std::string key = keys_.at("jun");
  for (const std::map<std::string, std::string>& headers :
       std::vector<std::map<std::string, std::string>>{{{"authorization", "Token " + key}},
                                                       {{"authorization", "Bearer " + key}},
                                                       {{"x-api-key", key}}}) {
    EXPECT_EQ(with(headers, "GET", "/v1/ping/").status, 200U);
  }
  for (const std::map<std::string, std::string>& headers :
       std::vector<std::map<std::string, std::string>>{
           {}, {{"authorization", "Token x"}}, {{"x-api-key", "mbe_x"}}}) {
    const HttpResponse out = with(headers, "GET", "/v1/ping/");
    EXPECT_EQ(out.status, 401U);
    EXPECT_FALSE(detail(out).empty());
  }
}

TEST_F(Mem0DoorTest, KeepsEachMessageAsItWasSaid) {
  const Json out = done("jun", "POST", "/memories",
                        {{"messages",
                          {{{"role", "system"}, {"content", "be kind"}},
                           {{"role", "user"}, {"content", "I moved to Busan"}},
                           {{"role", "assistant"}, {"content", "Where do you live there?"}}}},
                         {"user_id", "alice"},
                         {"run_id", "r1"},
                         {"infer", true},
                         {"metadata", {{"app", "diary"}}}});
  ASSERT_EQ(out["results"].size(), 2U);
  EXPECT_EQ(out["results"][0]["event"], "ADD");
  EXPECT_EQ(out["results"][1]["role"], "assistant");
  const Json item = done("jun", "GET", "/memories/" + out["results"][0]["id"].get<std::string>());
  EXPECT_EQ(item["memory"], "I moved to Busan");
  EXPECT_EQ(item["user_id"], "alice");
  EXPECT_EQ(item["run_id"], "r1");
  EXPECT_EQ(item["metadata"]["app"], "diary");
  const BlockView block = *(*engine_->chain("person:jun"))->show(1);
  EXPECT_EQ(block.channel, "mem0");
  EXPECT_EQ(block.writer, "jun");
  EXPECT_EQ(block.trust, "member");
  EXPECT_EQ(block.speaker, "alice");
  EXPECT_EQ(block.session, "r1");
}

TEST_F(Mem0DoorTest, RefusesAnAddThatCannotBeKept) {
  const Json hello = {{{"role", "user"}, {"content", "hello"}}};
  const auto status = [&](const Json& body) {
    return send("jun", "POST", "/memories", body).status;
  };
  EXPECT_EQ(status({{"messages", hello}}), 400U);  // whose?
  EXPECT_EQ(status({{"user_id", "alice"}}), 400U);
  EXPECT_EQ(status({{"messages", {1}}, {"user_id", "alice"}}), 400U);
  EXPECT_EQ(status({{"messages", hello}, {"user_id", "*"}}), 400U);
  EXPECT_EQ(status({{"messages", hello}, {"user_id", "alice"}, {"metadata", "x"}}), 400U);
  EXPECT_EQ(status({{"messages", hello}, {"user_id", "alice"}, {"timestamp", -1}}), 400U);
  EXPECT_EQ(status({{"messages", hello}, {"user_id", "alice"}, {"expiration_date", "2030-01-01"}}),
            400U);
  EXPECT_EQ(status({{"messages", hello},
                    {"user_id", "alice"},
                    {"metadata", {{"x", std::string(mem0_metadata_bytes_max, 'y')}}}}),
            400U);
  EXPECT_EQ(status(Json::array()), 400U);
  EXPECT_TRUE(texts("user_id=alice").empty());
  EXPECT_EQ(status({{"messages", hello}, {"user_id", "alice"}}), 200U);
}

TEST_F(Mem0DoorTest, SearchesWithinItsScope) {
  const std::string id = add("I moved to Busan", {{"metadata", {{"app", "diary"}}}});
  add("I moved to Jeju", {{"user_id", "carol"}});
  add("I moved the piano", {{"agent_id", "cook"}});
  const auto found = [&](const Json& more) {
    Json body = {{"query", "where did I move?"}, {"threshold", 0}};
    body.update(more);
    std::vector<std::string> out;
    const Json all = done("jun", "POST", "/search", body);
    for (const Json& one : all["results"]) out.push_back(one["memory"]);
    std::ranges::sort(out);
    return out;
  };
  EXPECT_EQ(found({{"user_id", "alice"}}), (Texts{"I moved the piano", "I moved to Busan"}));
  EXPECT_EQ(found({{"agent_id", "cook"}}), Texts{"I moved the piano"});
  EXPECT_EQ(found({{"user_id", "alice"}, {"filters", {{"app", "diary"}}}}),
            Texts{"I moved to Busan"});
  EXPECT_EQ(found({{"filters", {{"OR", {{{"user_id", "carol"}}, {{"agent_id", "cook"}}}}}}}),
            (Texts{"I moved the piano", "I moved to Jeju"}));
  EXPECT_EQ(found({{"filters", {{"user_id", {{"in", {"carol"}}}}}}}), Texts{"I moved to Jeju"});
  EXPECT_EQ(found({{"user_id", "nobody"}}), Texts{});
  EXPECT_EQ(found({{"user_id", "alice"}, {"top_k", 1}}).size(), 1U);
  EXPECT_EQ(found({{"user_id", "alice"}, {"threshold", 1}}), Texts{});
  const Json best = done("jun", "POST", "/v3/memories/search/",
                         {{"query", "Busan"}, {"filters", {{"user_id", "alice"}}}})["results"][0];
  EXPECT_EQ(best["id"], id);
  EXPECT_GT(best["score"].get<double>(), 0);
}

TEST_F(Mem0DoorTest, RefusesWhatItCannotSearchFor) {
  const auto status = [&](const Json& body) { return send("jun", "POST", "/search", body).status; };
  EXPECT_EQ(status({{"query", "x"}}), 400U);
  EXPECT_EQ(status({{"user_id", "alice"}}), 400U);
  EXPECT_EQ(status({{"query", "x"}, {"user_id", "alice"}, {"top_k", 0}}), 400U);
  EXPECT_EQ(status({{"query", "x"}, {"user_id", "alice"}, {"threshold", "high"}}), 400U);
  const Json unknown = {{"user_id", "alice"}, {"created_at", {{"gte", "2026-01-01"}}}};
  EXPECT_EQ(status({{"query", "x"}, {"filters", unknown}}), 400U);
  EXPECT_EQ(status({{"query", "x"}, {"filters", {{"AND", 1}}}}), 400U);
  EXPECT_EQ(status({{"query", "x"}, {"user_id", "alice"}}), 200U);
}

TEST_F(Mem0DoorTest, KeepsTheIdThroughUpdates) {
  const std::string id = add("I live in Busan", {{"metadata", {{"app", "diary"}}}});
  done("jun", "PUT", "/memories/" + id, {{"text", "I live in Jeju"}});
  done("jun", "PUT", "/v1/memories/" + id + "/", {{"metadata", {{"app", "letters"}}}});
  const Json item = done("jun", "GET", "/memories/" + id);
  EXPECT_EQ(item["memory"], "I live in Jeju");
  EXPECT_EQ(item["metadata"]["app"], "letters");
  EXPECT_EQ(item["user_id"], "alice");
  EXPECT_EQ(texts("user_id=alice"), Texts{"I live in Jeju"});
  const Json history = done("jun", "GET", "/memories/" + id + "/history");
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0]["event"], "ADD");
  EXPECT_EQ(history[1]["old_memory"], "I live in Busan");
  EXPECT_EQ(history[1]["new_memory"], "I live in Jeju");
  EXPECT_EQ(send("jun", "PUT", "/memories/" + id, {{"x", 1}}).status, 400U);
}

TEST_F(Mem0DoorTest, DeletesWithAllLaterForms) {
  const std::string id = add("I live in Busan");
  const std::string kept = add("I like rain");
  done("jun", "PUT", "/memories/" + id, {{"text", "I live in Jeju"}});
  done("jun", "DELETE", "/memories/" + id);
  EXPECT_EQ(send("jun", "GET", "/memories/" + id).status, 404U);
  EXPECT_EQ(send("jun", "DELETE", "/memories/" + id).status, 404U);
  EXPECT_EQ(texts("user_id=alice"), Texts{"I like rain"});
  EXPECT_EQ(done("jun", "GET", "/memories/" + id + "/history").back()["event"], "DELETE");
  EXPECT_EQ((*engine_->chain("person:jun"))->show(1)->state, "erased");
  EXPECT_EQ(send("jun", "GET", "/memories/" + kept).status, 200U);
}

TEST_F(Mem0DoorTest, DeletesAScopeAndNothingElse) {
  add("one");
  add("told to the cook", {{"agent_id", "cook"}});
  add("hers", {{"user_id", "carol"}});
  post("jun", "/v1/remember", {{"text", "not of mem0"}, {"speaker", "alice"}});
  EXPECT_EQ(send("jun", "DELETE", "/memories").status, 400U);
  done("jun", "DELETE", "/memories?user_id=alice&agent_id=cook");
  EXPECT_EQ(texts("user_id=alice"), Texts{"one"});
  done("jun", "DELETE", "/v1/memories/?user_id=alice");
  done("jun", "DELETE", "/v1/memories/?user_id=alice");
  EXPECT_TRUE(texts("user_id=alice").empty());
  EXPECT_EQ(texts("user_id=carol"), Texts{"hers"});
  done("jun", "POST", "/reset");
  EXPECT_TRUE(texts("user_id=carol").empty());
  EXPECT_EQ((*engine_->chain("person:jun"))->stats()->memories, 1U);
}

TEST_F(Mem0DoorTest, ListsPageByPage) {
  for (const char* text : {"one", "two", "three"}) add(text);
  const Json first = done("jun", "POST", "/v3/memories/?page=1&page_size=2",
                          {{"filters", {{"user_id", "alice"}}}});
  EXPECT_EQ(first["count"], 3);
  EXPECT_EQ(first["results"].size(), 2U);
  EXPECT_EQ(first["results"][0]["memory"], "three");
  EXPECT_TRUE(first["previous"].is_null());
  const std::string next = first["next"].get<std::string>().substr(5);  // without /mem0
  const Json second = done("jun", "POST", next, {{"filters", {{"user_id", "alice"}}}});
  EXPECT_EQ(second["results"][0]["memory"], "one");
  EXPECT_TRUE(second["next"].is_null());
  EXPECT_EQ(send("jun", "POST", "/v3/memories/?page=0", {{"user_id", "alice"}}).status, 400U);
}

TEST_F(Mem0DoorTest, NamesWhomItHasMemoriesOf) {
  add("one", {{"agent_id", "cook"}});
  add("two");
  const Json all = done("jun", "GET", "/v1/entities/")["results"];
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1]["name"], "alice");
  EXPECT_EQ(all[1]["total_memories"], 2);
  done("jun", "DELETE", "/v2/entities/agent/cook/");
  EXPECT_EQ(texts("user_id=alice"), Texts{"two"});
  EXPECT_EQ(send("jun", "DELETE", "/v2/entities/planet/mars/").status, 404U);
}

TEST_F(Mem0DoorTest, ChangesManyAtOnce) {
  const std::string one = add("one");
  const std::string two = add("two");
  done("jun", "PUT", "/v1/batch/",
       {{"memories",
         {{{"memory_id", one}, {"text", "eins"}}, {{"memory_id", two}, {"text", "zwei"}}}}});
  EXPECT_EQ(texts("user_id=alice"), (Texts{"zwei", "eins"}));
  EXPECT_EQ(send("jun", "DELETE", "/v1/batch/", {{"memories", {{{"memory_id", "x"}}}}}).status,
            404U);
  EXPECT_EQ(send("jun", "DELETE", "/v1/batch/", {{"memories", 1}}).status, 400U);
  done("jun", "DELETE", "/v1/batch/", {{"memories", {{{"memory_id", one}}, {{"memory_id", two}}}}});
  EXPECT_TRUE(texts("user_id=alice").empty());
}

TEST_F(Mem0DoorTest, ReachesWhatTheKeyMayReachAlone) {
  add("the secret of jun");
  const Json body = {{"messages", "mine"}, {"user_id", "alice"}};
  EXPECT_EQ(send("sol", "GET", "/memories?user_id=alice").body.find("secret"), std::string::npos);
  for (const char* path :
       {"/chain/person:jun/memories?user_id=alice", "/memories?user_id=alice&chain=person:jun",
        "/chain/person:nobody/memories?user_id=alice"}) {
    EXPECT_EQ(send("sol", "GET", path).status, 403U) << path;
    EXPECT_EQ(send("bot", "GET", path).status, 403U) << path;
    EXPECT_EQ(send("mina", "POST", "/chain/person:jun/memories", body).status, 200U);
  }
  // A guest erases nothing, a program sees what was granted.
  const std::string id = done("sol", "POST", "/memories", body)["results"][0]["id"];
  EXPECT_EQ(send("sol", "DELETE", "/memories/" + id).status, 403U);
  EXPECT_EQ(send("sol", "POST", "/reset").status, 403U);
  ASSERT_TRUE(people_->grant("bot", "person:jun", {Right::read}).ok());
  EXPECT_EQ(send("bot", "GET", "/memories?user_id=alice").status, 200U);
  EXPECT_EQ(send("bot", "POST", "/memories", body).status, 403U);
}

TEST_F(Mem0DoorTest, LeavesWhatCameThroughOtherDoorsAlone) {
  post("jun", "/v1/remember", {{"text", "not of mem0"}});
  EXPECT_EQ(send("jun", "GET", "/memories/" + mem0_id(1)).status, 404U);
  EXPECT_EQ(send("jun", "DELETE", "/memories/" + mem0_id(1)).status, 404U);
  EXPECT_EQ(send("jun", "GET", "/memories/" + mem0_id(1) + "/history").status, 404U);
  for (const char* wrong : {"1", "x", "../main", "6d656d30-0000-8000-8000-00000000000g"}) {
    EXPECT_EQ(send("jun", "GET", std::string("/memories/") + wrong).status, 404U) << wrong;
  }
  EXPECT_EQ((*engine_->chain("person:jun"))->stats()->memories, 1U);
}

TEST_F(Mem0DoorTest, TellsOfUnknownPathsInItsForm) {
  for (const char* path : {"", "/", "/configure", "/v4/memories", "/v1/exports/"}) {
    const HttpResponse out = send("jun", "POST", path, Json::object());
    EXPECT_EQ(out.status, 404U) << path;
    EXPECT_FALSE(detail(out).empty());
  }
  EXPECT_EQ(get("/mem0memories").status, 404U);
}

}  // namespace
}  // namespace mbe
