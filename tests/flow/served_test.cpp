// The program beside a server of the same home: it asks that server, and says the same as without.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "base/json.h"
#include "client/local_client.h"
#include "process.h"
#include "server/http_server.h"
#include "server/service.h"

namespace mbe::flow {
namespace {

/// Something at the home's socket that gives the same answer to all.
class Stand {
 public:
  Stand(const Program& program, HttpResponse answer) : answer_(std::move(answer)) {
    HttpServerOptions options;
    std::filesystem::create_directories(program.home());
    options.unix_path = (program.home() / "socket").string();
    auto server = HttpServer::start(options, [this](const HttpRequest& request) {
      asked_ = request;
      return answer_;
    });
    EXPECT_TRUE(server.ok()) << server.error().message();
    server_ = std::move(*server);
  }
  /// Only after the program has ended.
  [[nodiscard]] const HttpRequest& asked() const { return asked_; }

 private:
  HttpResponse answer_;
  HttpRequest asked_;
  std::unique_ptr<HttpServer> server_;
};

/// Serves the program's home from this process, without a model, as the program has none: it looks
/// for one when it is first asked, so the variable stays as long.
class Beside {
 public:
  explicit Beside(const Program& program) {
    const char* before = std::getenv("MBE_CACHE");
    if (before != nullptr) before_ = before;
    setenv("MBE_CACHE", (program.folder().path() / "cache").c_str(), 1);
    auto service = Service::start({.home = program.home().string()});
    EXPECT_TRUE(service.ok()) << service.error().message();
    service_ = std::move(*service);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    service_.reset();
    if (before_) {
      setenv("MBE_CACHE", before_->c_str(), 1);
    } else {
      unsetenv("MBE_CACHE");
    }
  }

 private:
  std::optional<std::string> before_;
  std::unique_ptr<Service> service_;
};

/// Without what is drawn anew for each prompt: its fence, and by that its number of tokens.
std::string settled(const std::string& out) {
  const std::string fenced = std::regex_replace(out, std::regex("memory [a-z2-7]{16}"), "memory …");
  return std::regex_replace(fenced, std::regex("\"tokens\":[0-9]+"), "\"tokens\":…");
}

TEST(Served, AsksTheServerOfTheHome) {
  const Program program;
  const Stand stand(program, {200, R"({"prompt":"from afar","tokens":2,"included":[],"cut":[],)"
                                   R"("left_out":[]})"});
  const Outcome outcome = program.run(
      {"compose", "무엇을 할까?", "--budget", "300", "--chain", "person:a b&c", "--lang", "ko"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "from afar\n");
  EXPECT_EQ(stand.asked().method, "POST");
  EXPECT_EQ(stand.asked().path, "/v1/compose");
  EXPECT_EQ(stand.asked().query.at("chain"), "person:a b&c");
  EXPECT_EQ(stand.asked().header("accept-language"), "ko");
  EXPECT_EQ(Json::parse(stand.asked().body),
            Json::parse(R"({"input":"무엇을 할까?","budget_tokens":300})"));
}

TEST(Served, EndsAsTheServersErrorSays) {
  const Program program;
  const Stand stand(program, {403, R"({"code":"denied","detail":"this is refused"})",
                              "application/problem+json"});
  for (const char* command : {"recall", "remember", "observe", "compose"}) {
    const Outcome outcome = program.run({command, "x"});
    EXPECT_EQ(outcome.code, 5) << command;
    EXPECT_NE(outcome.err.find("this is refused"), std::string::npos) << outcome.err;
  }
}

TEST(Served, SaysWhenTheServerIsOfAnotherVersion) {
  const Program program;
  for (const auto& [body, code] :
       std::map<std::string, int>{{"{}", 6}, {R"({"prompt":1})", 6}, {"nonsense", 7}, {"[]", 7}}) {
    const Stand stand(program, {200, body});
    EXPECT_EQ(program.run({"compose", "x"}).code, code) << body;
  }
}

TEST(Served, OpensTheHomeItselfWhereASocketIsLeftBehind) {
  const Program program;
  program.remember("바다에 갔다");
  program.folder().file("home/socket", "");
  EXPECT_EQ(program.run({"recall", "바다"}).code, 0);
}

TEST(Served, ACodeOfTheTerminalSetsAPasswordAtTheDoor) {
  const Program program;
  const RunOptions password{.input = "twelve characters\n"};
  EXPECT_EQ(program.run({"people", "reset-code"}).code, 1);  // there is nobody yet
  EXPECT_EQ(program.run({"people", "add", "mina", "--role", "origin"}, password).code, 0);
  const Beside service(program);
  const Json made = program.json({"people", "reset-code"});
  EXPECT_EQ(made["name"], "mina");
  EXPECT_EQ(program.run({"people", "reset-code", "nobody"}).code, 1);
  const auto door = LocalClient::find(program.home().string());
  ASSERT_TRUE(door.has_value());
  const Json wanted = {{"code", made["code"]}, {"password", "another long password"}};
  const auto answer = door->post("/reset", wanted, "en");
  ASSERT_TRUE(answer.ok()) << answer.error().message();
  EXPECT_EQ((*answer)["name"], "mina");
  EXPECT_EQ(door->post("/reset", wanted, "en").error().code(), ErrorCode::denied);
  // What happened is told, of the terminal and of the door, newest first.
  std::vector<std::string> told;
  const Json audit = program.json({"people", "audit"});
  for (const Json& record : audit["records"]) {
    told.push_back(record["event"].get<std::string>() + " " + record["door"].get<std::string>());
  }
  EXPECT_EQ(told, (std::vector<std::string>{"login_refused login", "login login", "reset login",
                                            "reset_code terminal", "people/add terminal"}));
}

TEST(Served, SaysTheSameAsWithoutAServer) {
  const Program alone;
  const Program beside;
  const Beside service(beside);
  const std::vector<std::vector<std::string>> all = {
      {"remember", "어제 바다에 갔다", "--time", "2024-03-09T10:00", "--speaker", "미나"},
      {"remember", "a b", "--supersedes", "77"},
      {"observe", "요즘은 달리기를 한다", "--remember", "always"},
      {"recall", "바다"},
      {"recall", "바다", "--explain", "--top-k", "1", "--all"},
      {"recall", "양자역학"},
      {"recall", "바다", "--from", "2030-01-01"},
      {"recall", "바다", "--chain", "nowhere"},
      {"compose", "바다 어땠지?", "--budget", "600"},
      {"compose", "바다 어땠지?", "--format", "openai", "--json"}};
  for (std::vector<std::string> words : all) {
    for (const char* language : {"ko", "en"}) {
      words.insert(words.end(), {"--lang", language});
      const Outcome expected = alone.run(words);
      const Outcome served = beside.run(words);
      EXPECT_EQ(served.code, expected.code) << words[0] << words[1] << served.err;
      EXPECT_EQ(settled(served.out), settled(expected.out)) << words[0] << words[1];
      words.resize(words.size() - 2);
    }
  }
  // It was the server that wrote them, in the name of the command line.
  const Json block = beside.json({"show", "1"});
  EXPECT_EQ(block["channel"], "cli");
  EXPECT_EQ(block["writer"], nullptr);
  EXPECT_EQ(block["trust"], "owner");
}

}  // namespace
}  // namespace mbe::flow
