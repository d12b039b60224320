// Counts, the log and the record of changes: what they tell, and what they never do.
#include "server/watched.h"

#include <regex>

#include "operations/shape_oracle.h"
#include "server/rest_fixture.h"

namespace mbe {
namespace {

class WatchedTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                               .people = *people_,
                                               .hosts = {},
                                               .english = english_,
                                               .korean = english_,
                                               .version = "1.2.3",
                                               .log = &log_,
                                               .metrics = &metrics_,
                                               .clock = clock_});
  }
  /// POST as that account through everything that stands around an answer; "" for nobody.
  HttpResponse ask(const std::string& who, const std::string& target, const Json& body,
                   std::map<std::string, std::string> headers = {}) {
    HttpRequest request;
    request.method = "POST";
    EXPECT_TRUE(read_target(target, request));
    headers.try_emplace("host", "localhost");
    if (!who.empty()) headers["authorization"] = "Bearer " + keys_.at(who);
    request.headers = std::move(headers);
    request.body = body.dump();
    request.peer = "127.0.0.1";
    return watched_.answer(request);
  }
  std::string metrics() {
    return get("/metrics", {{"authorization", "Bearer " + keys_.at("mina")}}).body;
  }
  Json records() {
    Log none;
    return Audit(*engine_, none, clock_).list(json_integer_max, 100)->at("records");
  }

  std::vector<Json> lines_;
  Metrics metrics_;
  Log log_{[this](const std::string& line) {
             EXPECT_TRUE(line.ends_with("\n"));
             lines_.push_back(Json::parse(line));
           },
           LogLevel::info, clock_};
  Watched watched_{[this](const HttpRequest& request) { return rest_->answer(request); }, metrics_,
                   log_};
};

std::string id_of(const HttpResponse& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name == "X-Request-Id") return value;
  }
  return "";
}

TEST_F(WatchedTest, TellsOneLineOfEachRequest) {
  const HttpResponse answer = ask("jun", "/v1/remember", {{"text", "a secret of jun's"}});
  ASSERT_EQ(answer.status, 200U) << answer.body;
  ASSERT_EQ(lines_.size(), 1U);
  const Json& line = lines_[0];
  EXPECT_EQ(line["time"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["event"], "request");
  EXPECT_EQ(line["request"], id_of(answer));
  EXPECT_EQ(line["operation"], "remember");
  EXPECT_EQ(line["status"], 200);
  EXPECT_GT(line["account"], 0);
  EXPECT_TRUE(line["ms"].is_number());
  EXPECT_EQ(line.dump().find("secret"), std::string::npos);
  EXPECT_EQ(ask("", "/v1/recall?chain=person%3Ajun", {{"cue", "x"}}).status, 401U);
  EXPECT_EQ(lines_.at(1)["level"], "warn");
  EXPECT_EQ(lines_.at(1)["account"], 0);
  EXPECT_EQ(lines_.at(1).dump().find("person"), std::string::npos);
}

TEST_F(WatchedTest, TakesAnIdOfTheCallersThatIsOne) {
  const auto id = [&](const std::string& given) {
    return id_of(ask("jun", "/v1/stats", Json::object(), {{"x-request-id", given}}));
  };
  EXPECT_EQ(id("proxy-7.a_B"), "proxy-7.a_B");
  for (const std::string& given : {std::string(), std::string("a b"), std::string("a\nb"),
                                   std::string("\"},{"), std::string(65, 'a')}) {
    EXPECT_NE(id(given), given);
    EXPECT_EQ(id(given).size(), 16U);
  }
  EXPECT_NE(id(""), id(""));
}

TEST_F(WatchedTest, CountsByNamesThatNobodyCanMakeUp) {
  ask("jun", "/v1/stats", Json::object());
  ask("jun", "/v1/stats", Json::object());
  ask("jun", "/v1/canary", Json::object());
  ask("", "/canary\"} 1", Json::object());
  ask("", "/login", {{"name", "jun"}, {"password", "wrong password"}});
  const std::string text = metrics();
  EXPECT_NE(text.find("mbe_requests_total{operation=\"stats\",status=\"200\"} 2\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("mbe_requests_total{operation=\"other\",status=\"404\"} 2\n"),
            std::string::npos);
  EXPECT_NE(text.find("mbe_request_seconds_count{operation=\"stats\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("mbe_logins_failed_total 1\n"), std::string::npos);
  EXPECT_NE(text.find("mbe_build_info{version=\"1.2.3\"} 1\n"), std::string::npos);
  for (const char* hidden : {"canary", "jun", "person"}) {
    EXPECT_EQ(text.find(hidden), std::string::npos) << hidden;
  }
}

/// Every line is a comment or a sample, and each sample's name was introduced.
TEST_F(WatchedTest, WritesWhatPrometheusReads) {
  ASSERT_EQ(ask("mina", "/v1/remember", {{"text", "hello there"}}).status, 200U);
  const std::regex sample(
      R"(([a-z_]+?)(_bucket|_sum|_count)?(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? )"
      R"(-?[0-9.e+]+)");
  std::set<std::string> introduced;
  std::istringstream lines(metrics());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) introduced.insert(line.substr(7, line.rfind(' ') - 7));
    if (line.starts_with("#")) continue;
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
    const bool known =
        introduced.contains(parts[1]) || introduced.contains(parts[1].str() + parts[2].str());
    EXPECT_TRUE(known) << line;
  }
  for (const char* name : {"mbe_blocks", "mbe_vectors_pending", "mbe_erasures", "mbe_memories",
                           "process_resident_memory_bytes", "process_open_fds"}) {
    EXPECT_TRUE(introduced.contains(name)) << name;
  }
}

TEST(MetricsHistogram, SumsUp) {
  Metrics metrics;
  for (const int ms : {1, 2, 4, 700, 60'000}) {
    metrics.count("recall", 200, std::chrono::milliseconds(ms));
  }
  const std::string text = metrics.text(nullptr, 0, "1");
  const std::string of = "mbe_request_seconds_bucket{operation=\"recall\",le=";
  for (const char* bucket : {"\"0.002\"} 2\n", "\"0.005\"} 3\n", "\"0.5\"} 3\n", "\"1\"} 4\n",
                             "\"30\"} 4\n", "\"+Inf\"} 5\n"}) {
    EXPECT_NE(text.find(of + bucket), std::string::npos) << bucket << text;
  }
  EXPECT_EQ(text.find("mbe_blocks"), std::string::npos);  // there is no memory yet
}

TEST_F(WatchedTest, MetricsAreForWhoMayReadMain) {
  EXPECT_EQ(get("/metrics").status, 401U);
  const auto as = [&](const std::string& who) {
    return get("/metrics", {{"authorization", "Bearer " + keys_.at(who)}}).status;
  };
  EXPECT_EQ(as("mina"), 200U);
  for (const char* who : {"jun", "sol", "bot"}) EXPECT_EQ(as(who), 403U) << who;
  ASSERT_TRUE(people_->grant("bot", "main", {Right::read}).ok());
  EXPECT_EQ(as("bot"), 200U);
  EXPECT_EQ(post("mina", "/metrics", Json::object()).status, 405U);
}

TEST_F(WatchedTest, TellsAFailureWithoutItsText) {
  const Watched failing([](const HttpRequest&) -> HttpResponse { throw std::bad_alloc(); },
                        metrics_, log_);
  HttpRequest request;
  request.path = "/v1/recall";
  EXPECT_THROW(static_cast<void>(failing.answer(request)), std::bad_alloc);
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0]["level"], "error");
  EXPECT_EQ(lines_[0]["status"], 500);
}

TEST(LogTest, DropsWhatIsBelowItsLevel) {
  std::vector<std::string> lines;
  Log log([&](const std::string& line) { lines.push_back(line); }, LogLevel::warn);
  log.write(LogLevel::info, "a", Json::object());
  log.write(LogLevel::warn, "b", Json::object());
  log.write(LogLevel::error, "c", {{"n", 1}});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(Json::parse(lines[1])["n"], 1);
  Log().write(LogLevel::error, "nobody listens", Json::object());
}

TEST_F(WatchedTest, RecordsWhoChangedWhat) {
  const auto mina = cookie_of("mina");
  ask("", "/api/people/add", {{"name", "zoe"}, {"role", "guest"}, {"password", password}}, mina);
  const HttpResponse made =
      ask("", "/api/keys/create", {{"account", "zoe"}, {"label", "her phone"}}, mina);
  ask("", "/api/grants/set", {{"account", "zoe"}, {"chain", "main"}, {"rights", {"read"}}}, mina);
  ask("jun", "/v1/remember", {{"text", "a secret"}});
  ask("jun", "/v1/forget", {{"blocks", {1}}, {"count", 1}});
  ask("jun", "/v1/forget", {{"blocks", {1}}, {"count", 1}});  // refused: nothing was changed
  ask("sol", "/api/keys/create", {{"account", "zoe"}});       // refused
  const Json all = records();
  std::vector<std::string> told;
  for (const Json& one : all) {
    told.push_back(one["event"].get<std::string>() + " " + one["account"].get<std::string>() + " " +
                   one["door"].get<std::string>());
  }
  EXPECT_EQ(told, (std::vector<std::string>{"forget jun key", "grants/set mina login",
                                            "keys/create mina login", "people/add mina login",
                                            "login mina login"}));
  EXPECT_EQ(all[0]["about"], Json::parse(R"({"chain":"person:jun","count":1})"));
  EXPECT_EQ(all[3]["about"], Json::parse(R"({"name":"zoe","role":"guest"})"));
  const std::string key = Json::parse(made.body)["key"];
  for (const std::string& hidden : {password, key, std::string("phone"), std::string("secret")}) {
    EXPECT_EQ(all.dump().find(hidden), std::string::npos) << hidden;
  }
}

TEST_F(WatchedTest, RefusedLoginsAreOneRecordAMinute) {
  const Json wrong = {{"name", "my password by mistake"}, {"password", "wrong password"}};
  for (int i = 0; i < 5; ++i) EXPECT_GE(ask("", "/login", wrong).status, 401U);
  ASSERT_EQ(records().size(), 1U);
  clock_.advance_ms(60'000);
  EXPECT_EQ(ask("", "/login", wrong).status, 401U);
  const Json all = records();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["about"]["count"], 5);
  EXPECT_EQ(all[1]["about"]["count"], 1);
  EXPECT_EQ(all.dump().find("mistake"), std::string::npos);
}

TEST_F(WatchedTest, RecordsArePagedForTheOriginAlone) {
  const auto mina = cookie_of("mina");
  for (int i = 0; i < 4; ++i) cookie_of("jun");
  const auto page = [&](const std::string& query) { return get("/api/audit" + query, mina); };
  const Json first = Json::parse(page("?limit=3").body);
  ASSERT_EQ(first["records"].size(), 3U) << first;
  EXPECT_EQ(misfit(find_people_operation("audit")->result, first, "audit"), "");
  const Json rest =
      Json::parse(page("?limit=3&before=" + std::to_string(first["next"].get<int>())).body);
  EXPECT_EQ(rest["records"].size(), 2U);
  EXPECT_EQ(rest["next"], nullptr);
  EXPECT_EQ(rest["records"][1]["account"], "mina");
  for (const char* query : {"?limit=0", "?limit=x", "?limit=1001", "?other=1"}) {
    EXPECT_EQ(page(query).status, 400U) << query;
  }
  EXPECT_EQ(get("/api/audit", cookie_of("jun")).status, 403U);
  EXPECT_EQ(post("jun", "/v1/list?chain=home%3Aaudit", {{"all_kinds", true}}).status, 403U);
}

}  // namespace
}  // namespace mbe
