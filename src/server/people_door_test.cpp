// The people of a home over REST: who may do what, and that answers are what they promise.
#include "server/people_door.h"

#include <fstream>

#include "operations/shape_oracle.h"
#include "server/rest_fixture.h"

namespace mbe {
namespace {

const std::string new_password = "another long password";

class PeopleDoorTest : public RestTest {
 protected:
  using Headers = std::map<std::string, std::string>;

  /// Calls the operation the way it is meant to be called.
  HttpResponse call(const std::string& name, const Json& arguments, const Headers& as) {
    const PeopleOperation* operation = find_people_operation(name);
    EXPECT_NE(operation, nullptr) << name;
    const std::string path = "/api/" + name;
    return operation->reads ? get(path, as) : post("", path, arguments, as);
  }
  static Headers bearer(const std::string& key) { return {{"authorization", "Bearer " + key}}; }
  Headers key_with(const std::string& account, const std::set<Right>& rights) {
    return bearer(people_->create_key({.account = account, .rights = rights})->first);
  }
  static Json body_of(const HttpResponse& answer) { return Json::parse(answer.body); }
};

/// What the origin may send to each operation, once.
std::vector<std::pair<std::string, Json>> samples() {
  return {{"people", Json::object()},
          {"people/add", {{"name", "zoe"}, {"role", "guest"}, {"password", password}}},
          {"people/passwd", {{"name", "zoe"}, {"password", new_password}}},
          {"people/remove", {{"name", "zoe"}}},
          {"keys", Json::object()},
          {"keys/create",
           {{"account", "jun"},
            {"label", "phone"},
            {"rights", {"read"}},
            {"chains", {"person:jun"}},
            {"days", 3}}},
          {"grants/set", {{"account", "bot"}, {"chain", "main"}, {"rights", {"read"}}}},
          {"grants", Json::object()},
          {"sessions", Json::object()},
          {"audit", Json::object()}};
}

TEST_F(PeopleDoorTest, TheOriginDoesAllAndGetsWhatIsPromised) {
  const Headers mina = cookie_of("mina");
  std::vector<std::pair<std::string, Json>> all = samples();
  all.emplace_back("keys/revoke", Json{{"id", people_->keys()->at(0).id}});
  const std::string other = cookie_of("jun").at("cookie");
  const std::string token = other.substr(other.find('=') + 1);
  all.emplace_back("sessions/end", Json{{"id", People::session_id(token)}});
  for (const auto& [name, arguments] : all) {
    const HttpResponse answer = call(name, arguments, mina);
    ASSERT_EQ(answer.status, 200U) << name << answer.body;
    EXPECT_EQ(misfit(find_people_operation(name)->result, body_of(answer), name), "");
  }
  EXPECT_EQ(all.size(), people_operations().size());
  EXPECT_EQ(people_->accounts()->size(), 4U);
  EXPECT_FALSE(people_->by_session(token)->has_value());
}

TEST_F(PeopleDoorTest, RefusesEverybodyElse) {
  std::vector<std::pair<std::string, Json>> all = samples();
  all.emplace_back("keys/revoke", Json{{"id", people_->keys()->at(0).id}});
  for (const auto& [name, arguments] : all) {
    EXPECT_EQ(call(name, arguments, {}).status, 401U) << name;
    for (const char* who : {"jun", "sol", "bot"}) {
      const unsigned expected = name == "sessions" ? 200U : 403U;  // their own
      EXPECT_EQ(call(name, arguments, cookie_of(who)).status, expected) << who << " " << name;
      // What a key may not, its account may not through it: here, administer.
      EXPECT_EQ(call(name, arguments, bearer(keys_.at(who))).status, 403U) << who << " " << name;
      const Headers whole = key_with(who, {Right::read, Right::administer});
      EXPECT_EQ(call(name, arguments, whole).status, expected) << who << " " << name;
    }
    EXPECT_EQ(call(name, arguments, bearer(keys_.at("mina"))).status, 403U) << name;
  }
  EXPECT_EQ(people_->accounts()->size(), 4U);
  EXPECT_TRUE(people_->grants()->empty());
}

TEST_F(PeopleDoorTest, TakesWhatIsDeclaredByItsMethodAlone) {
  const Headers mina = cookie_of("mina");
  for (const PeopleOperation& operation : people_operations()) {
    const std::string path = "/api/" + operation.name;
    const HttpResponse wrong =
        operation.reads ? post("", path, Json::object(), mina) : get(path, mina);
    EXPECT_EQ(wrong.status, 405U) << path;
    if (operation.reads) continue;
    EXPECT_EQ(post("", path, {{"no_such_thing", 1}}, mina).status, 400U) << path;
    EXPECT_EQ(post("", path, Json::object(), mina).status, 400U) << path;
  }
  EXPECT_EQ(get("/api/nothing", mina).status, 404U);
}

TEST_F(PeopleDoorTest, OnesOwnPasswordAsksForTheOldOne) {
  for (const char* who : {"mina", "jun", "sol"}) {
    const Headers cookie = cookie_of(who);
    Json wanted = {{"name", who}, {"password", new_password}};
    EXPECT_EQ(call("people/passwd", wanted, cookie).status, 400U) << who;
    wanted["old_password"] = "not the old one";
    EXPECT_EQ(call("people/passwd", wanted, cookie).status, 403U) << who;
    wanted["old_password"] = password;
    EXPECT_EQ(call("people/passwd", wanted, cookie).status, 200U) << who;
    EXPECT_EQ(call("sessions", {}, cookie).status, 401U) << "still logged in";
    EXPECT_EQ(post("", "/login", {{"name", who}, {"password", password}}).status, 401U) << who;
    cookie_of(who, new_password);
  }
  // Not even with another's password is it anybody's but the origin's to change.
  const Json others = {{"name", "sol"}, {"password", password}, {"old_password", new_password}};
  EXPECT_EQ(call("people/passwd", others, cookie_of("jun", new_password)).status, 403U);
}

TEST_F(PeopleDoorTest, GuessingTheOldPasswordIsSlowedDown) {
  const Headers jun = cookie_of("jun");
  const Json wanted = {
      {"name", "jun"}, {"password", new_password}, {"old_password", "a guess of mine"}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call("people/passwd", wanted, jun).status, 403U);
  EXPECT_EQ(call("people/passwd", wanted, jun).status, 429U);
}

TEST_F(PeopleDoorTest, ShowsAndEndsOnesOwnLogins) {
  const Headers first = cookie_of("jun");
  clock_.advance_ms(1'000);
  const Headers second = cookie_of("jun");
  const Headers mina = cookie_of("mina");
  const Json juns = body_of(call("sessions", {}, second))["sessions"];
  ASSERT_EQ(juns.size(), 2U);
  EXPECT_EQ(juns[0]["is_this"], true);
  EXPECT_EQ(juns[1]["is_this"], false);
  EXPECT_EQ(body_of(call("sessions", {}, mina))["sessions"].size(), 3U);
  EXPECT_EQ(call("sessions/end", {{"id", juns[1]["id"]}}, second).status, 200U);
  EXPECT_EQ(call("sessions", {}, first).status, 401U);
  // Another's looks like none.
  const Json all = body_of(call("sessions", {}, mina))["sessions"];
  for (const Json& one : all) {
    if (one["account"] != "mina") continue;
    EXPECT_EQ(call("sessions/end", {{"id", one["id"]}}, second).status, 404U);
  }
  EXPECT_EQ(call("sessions/end", {{"id", "0123456789ab"}}, second).status, 404U);
  EXPECT_EQ(call("sessions", {}, mina).status, 200U);
}

TEST_F(PeopleDoorTest, AKeyIsToldOnceAndOpensWhatItSays) {
  const HttpResponse made = call(
      "keys/create", {{"account", "jun"}, {"rights", {"read"}}, {"days", 1}}, cookie_of("mina"));
  const std::string key = body_of(made)["key"];
  const auto& [name, value] = made.headers.at(0);
  EXPECT_EQ(name + ": " + value, "Cache-Control: no-store");
  EXPECT_EQ(post("", "/v1/recall", {{"cue", "x"}}, bearer(key)).status, 200U);
  EXPECT_EQ(post("", "/v1/remember", {{"text", "x"}}, bearer(key)).status, 403U);
  EXPECT_EQ(call("keys", {}, cookie_of("mina")).body.find(key), std::string::npos);
}

TEST_F(PeopleDoorTest, AKeyMakesNoneThatMayMore) {
  const Headers manager = key_with("mina", {Right::administer, Right::read});
  const auto status = [&](const Json& rights) {
    return call("keys/create", {{"account", "mina"}, {"rights", rights}}, manager).status;
  };
  EXPECT_EQ(status({"read"}), 200U);
  EXPECT_EQ(status({"read", "administer"}), 200U);
  EXPECT_EQ(status({"read", "write"}), 403U);
  EXPECT_EQ(status({"erase"}), 403U);
  EXPECT_EQ(call("keys/create", {{"account", "mina"}}, manager).status, 403U);  // read and write
}

TEST_F(PeopleDoorTest, AForgottenPasswordIsSetAnewByACode) {
  const Headers before = cookie_of("mina");
  Json wanted = {{"code", "aaaa-bbbb-cccc"}, {"password", new_password}};
  EXPECT_EQ(post("", "/reset", wanted).status, 403U);
  wanted["code"] = people_->create_reset("mina")->code;
  EXPECT_EQ(get("/reset").status, 405U);
  EXPECT_EQ(post("", "/reset", {{"code", wanted["code"]}}).status, 400U);
  const HttpResponse answer = post("", "/reset", wanted);
  ASSERT_EQ(answer.status, 200U) << answer.body;
  EXPECT_EQ(body_of(answer)["name"], "mina");
  const std::string set = answer.headers.at(0).second;
  EXPECT_EQ(call("people", {}, {{"cookie", set.substr(0, set.find(';'))}}).status, 200U);
  EXPECT_EQ(call("people", {}, before).status, 401U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(post("", "/reset", wanted).status, 403U);
  EXPECT_EQ(post("", "/reset", wanted).status, 429U);
}

TEST_F(PeopleDoorTest, SaysWhoOneIsAndWhetherThereIsAnOrigin) {
  EXPECT_EQ(body_of(get("/api/session")),
            Json::parse(R"({"account":null,"first_run":false,"csrf":null})"));
  const Json jun = body_of(get("/api/session", cookie_of("jun")))["account"];
  EXPECT_EQ(jun["name"], "jun");
  EXPECT_EQ(jun["role"], "member");
  EXPECT_EQ(post("", "/api/session", Json::object()).status, 405U);
  const fs::path other = home_ / "other";
  fs::create_directories(other);
  people_ = *People::open(other.string(), clock_);
  rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                             .people = *people_,
                                             .hosts = {},
                                             .english = english_,
                                             .korean = english_,
                                             .version = "1"});
  EXPECT_EQ(body_of(get("/api/session")),
            Json::parse(R"({"account":null,"first_run":true,"csrf":null})"));
}

TEST_F(PeopleDoorTest, SuggestsTheOriginsNameUntilThereIsOne) {
  const fs::path other = home_ / "other";
  fs::create_directories(other);
  std::ofstream(other / "origin_id.txt") << "origin: kay\n";
  people_ = *People::open(other.string(), clock_);
  FirstRun first(*people_, other, clock_);
  rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                             .people = *people_,
                                             .hosts = {},
                                             .english = english_,
                                             .korean = english_,
                                             .version = "1",
                                             .first_run = &first});
  EXPECT_EQ(body_of(get("/api/session"))["origin"], "kay");
  ASSERT_TRUE(people_->add("kay", Role::origin, password).ok());
  EXPECT_FALSE(body_of(get("/api/session")).contains("origin"));
}

TEST(PeopleDescription, IsPartOfOpenApi) {
  const Json all = openapi("1");
  for (const PeopleOperation& operation : people_operations()) {
    const Json& path = all["paths"]["/api/" + operation.name];
    EXPECT_EQ(path.contains("get"), operation.reads) << operation.name;
    EXPECT_EQ(path.contains("post"), !operation.reads) << operation.name;
  }
}

}  // namespace
}  // namespace mbe
