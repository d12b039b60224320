// The sample world: it is put into a home that has nothing of its own, Echo wakes from it, and what
// it tells can be found again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "client/local_client.h"
#include "process.h"
#include "server/service.h"

namespace mbe::flow {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sample_lines = 399;
constexpr std::size_t sample_days = 32;
const std::string password = "twelve characters";

/// Text of what comes to mind, best first.
std::vector<std::string> recalled(const Program& program, const std::string& question) {
  std::vector<std::string> out;
  const Json found = program.json({"recall", question, "--top-k", "5"});
  for (const Json& hit : found["hits"]) out.push_back(hit["context"].get<std::string>());
  return out;
}

/// From 1; 0 if no one of them holds it.
std::size_t rank_of(const std::vector<std::string>& texts, const std::string& part) {
  const auto found = std::ranges::find_if(
      texts, [&](const std::string& text) { return text.find(part) != std::string::npos; });
  return found == texts.end() ? 0 : static_cast<std::size_t>(found - texts.begin()) + 1;
}

/// A home that Echo has woken in; one for all tests that only look.
class SampleWorld : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    program_ = std::make_unique<Program>();
    program_->json({"sample"});
    booted_ = program_->json({"boot"});
  }
  static void TearDownTestSuite() { program_.reset(); }

  static inline std::unique_ptr<Program> program_;
  static inline Json booted_;
};

TEST_F(SampleWorld, BootsWithoutAProblem) {
  EXPECT_EQ(booted_["lines"], sample_lines);
  EXPECT_EQ(booted_["imported"], sample_lines);
  EXPECT_EQ(booted_["days"].size(), sample_days);
  EXPECT_EQ(booted_["problems"], Json::array());
  std::size_t two_parts = 0;
  for (const Json& day : booted_["days"]) two_parts += day["parts"] == 2 ? 1 : 0;
  EXPECT_EQ(two_parts, 2U);
}

TEST_F(SampleWorld, SaysWhoEchoIs) {
  const Json identity = booted_["identity"];
  EXPECT_EQ(identity["sentence"], "나는 에코다. 너는 나의 오리진이다.");
  EXPECT_EQ(identity["origin"], "origin");
  EXPECT_EQ(identity["sound"], true);
  EXPECT_EQ(identity["data"]["philosophy"].size(), 3U);
}

TEST_F(SampleWorld, HasGoalsOfEachKind) {
  std::map<std::string, std::string> states;
  const Json goals = program_->json({"goals"})["goals"];
  const auto state_of = [&](const std::string& part) {
    for (const Json& goal : goals) {
      if (goal["text"].get<std::string>().find(part) != std::string::npos) return goal["state"];
    }
    return Json();
  };
  EXPECT_EQ(state_of("1킬로 쉬지 않고"), "done");
  EXPECT_EQ(state_of("느릿호를 바다에"), "done");
  EXPECT_EQ(state_of("삼척 바다수영 대회"), "dropped");
  EXPECT_EQ(state_of("visit Nora in Wellington"), "open");
  EXPECT_EQ(state_of("에세이 열두 편"), "open");
}

TEST_F(SampleWorld, TellsOfAHardSpringAndWhenItEnded) {
  const fs::path memory = program_->home() / "memory";
  const Json whole = Json::parse(read_file(memory / "insight.json"));
  std::map<std::string, double> turns;
  for (const Json& turn : whole["turning_points"]) {
    turns[turn["day"].get<std::string>()] = turn["change"].get<double>();
  }
  EXPECT_LT(turns["2026-02-17"], -0.3);
  EXPECT_GT(turns["2026-06-20"], 0.3);
  EXPECT_FALSE(whole["open_threads"].empty());
  const Json day = Json::parse(read_file(memory / "day20260328" / "insight.json"));
  EXPECT_LT(day["mood"].get<double>(), 0);
}

TEST_F(SampleWorld, TellsACorrectedFactInItsNewerFormFirst) {
  const auto texts = recalled(*program_, "오복 할머니 생신이 며칠이었지?");
  const std::size_t corrected = rank_of(texts, "10월 21일이야");
  const std::size_t mistaken = rank_of(texts, "10월 12일이래");
  ASSERT_GT(corrected, 0U);
  ASSERT_GT(mistaken, 0U);
  EXPECT_LT(corrected, mistaken);
}

TEST_F(SampleWorld, AnswersNaturalQuestions) {
  const std::vector<std::pair<std::string, std::string>> all = {
      {"두부는 뭘 무서워해?", "우산"},
      {"지붕 고쳐 준 사장님 전화번호 알려줘", "033-555-0127"},
      {"지붕 수리비 얼마 나왔어?", "42만 원"},
      {"현서 빵집 이름이 뭐야?", "이름은 느린오븐"},
      {"도자기 수업 무슨 요일이야?", "목요일 저녁 7시 반"},
      {"노는 누가 깎아 줬어?", "물푸레나무"},
      {"해든이랑 왜 싸웠지?", "크게 싸웠어"},
      {"월세가 얼마야?", "38만 원"},
      {"다음 낭독회는 언제야?", "다음은 11월 28일"},
      {"who gave me the wetsuit?", "Stella gave me her old wetsuit"},
      {"what is Stella's rule about swimming?", "never swim alone"},
      {"what did Nora say about the boat?", "boat on the mainland"},
      {"how much did an episode of subtitles pay?", "180,000 won an episode"},
      {"what does the editor want changed?", "chapters three to seven"}};
  for (const auto& [question, part] : all) {
    const std::size_t rank = rank_of(recalled(*program_, question), part);
    EXPECT_TRUE(rank >= 1 && rank <= 3) << question << ": rank " << rank;
  }
}

TEST(Sample, ChangesNothingTheSecondTime) {
  const Program program;
  const Json first = program.json({"sample", "--origin", "me"});
  EXPECT_EQ(first["origin"], "me");
  EXPECT_EQ(first["written"], first["files"]);
  EXPECT_NE(read_file(program.home() / "manifest/origin_id.txt").find("\norigin: me\n"),
            std::string::npos);
  program.json({"boot"});
  program.folder().file("home/manifest/echo_identity.txt", "이름: 메아리\n");
  fs::create_directories(program.home() / "memory/day20261122");
  program.folder().file("home/memory/day20261122/part1.txt", "[10:00:00] 오리진: 안녕\n");
  const Json again = program.json({"sample"});
  EXPECT_EQ(again["written"], 0);
  EXPECT_EQ(again["origin"], "me");
  EXPECT_EQ(read_file(program.home() / "manifest/echo_identity.txt"), "이름: 메아리\n");
}

TEST(Sample, GoesOnWhereItWasBrokenOff) {
  const Program program;
  program.json({"sample"});
  fs::remove_all(program.home() / "memory/day20261024");
  program.json({"boot"});
  EXPECT_EQ(program.json({"sample"})["written"], 1);
  EXPECT_EQ(program.json({"boot"})["lines"], sample_lines);
}

TEST(Sample, RefusesAHomeWithTranscriptsOfItsOwn) {
  const Program program;
  fs::create_directories(program.home() / "memory/day20200101");
  program.folder().file("home/memory/day20200101/part1.txt", "[10:00:00] 오리진: 안녕\n");
  EXPECT_EQ(program.run({"sample"}).code, 5);
  EXPECT_FALSE(fs::exists(program.home() / "memory/day20250301"));
}

TEST(Sample, RefusesAHomeWithADayOfItsOwnUnderTheSameName) {
  const Program program;
  fs::create_directories(program.home() / "memory/day20250301");
  const std::string own =
      program.folder().file("home/memory/day20250301/part1.txt", "[10:00:00] 오리진: 안녕\n");
  EXPECT_EQ(program.run({"sample"}).code, 5);
  EXPECT_EQ(read_file(own), "[10:00:00] 오리진: 안녕\n");
}

TEST(Sample, RefusesAHomeWithManifestsOfItsOwn) {
  const Program program;
  fs::create_directories(program.home() / "manifest");
  program.folder().file("home/manifest/echo_identity.txt", "이름: 메아리\n");
  EXPECT_EQ(program.run({"sample"}).code, 5);
  EXPECT_FALSE(fs::exists(program.home() / "memory"));
}

TEST(Sample, RefusesAHomeWithMemoriesOfItsOwn) {
  const Program program;
  program.remember("바다에 갔다");
  EXPECT_EQ(program.run({"sample"}).code, 5);
  EXPECT_FALSE(fs::exists(program.home() / "memory"));
}

TEST(Sample, RefusesAnotherOrigin) {
  const Program program;
  program.json({"sample", "--origin", "me"});
  EXPECT_EQ(program.run({"sample", "--origin", "you"}).code, 5);
  EXPECT_EQ(program.run({"sample", "--origin", "Not A Name"}).code, 2);
}

TEST(Sample, TakesTheNameOfTheOriginThatIsThere) {
  const Program program;
  program.run({"people", "add", "mina", "--role", "origin"}, {.input = password + "\n"});
  EXPECT_EQ(program.json({"sample"})["origin"], "mina");
  EXPECT_EQ(program.json({"boot"})["identity"]["origin"], "mina");
}

TEST(Sample, TheOriginIsMadeUnderItsNameAlone) {
  const Program program;
  program.json({"sample", "--origin", "me"});
  setenv("MBE_CACHE", (program.folder().path() / "cache").c_str(), 1);
  auto service = Service::start({.home = program.home().string()});
  ASSERT_TRUE(service.ok()) << service.error().message();
  const auto server = LocalClient::find(program.home().string());
  ASSERT_TRUE(server.has_value());
  Json who = {{"name", "you"}, {"password", password}, {"code", (*service)->first_run_code()}};
  const auto refused = server->post("/first_run", who, "en");
  EXPECT_EQ(refused.error().code(), ErrorCode::denied);
  EXPECT_NE(refused.error().message().find("take that name"), std::string::npos);
  who["name"] = "me";
  const auto made = server->post("/first_run", who, "en");
  ASSERT_TRUE(made.ok()) << made.error().message();
  (*service)->stop();
  // Whether it woke before or after: who Echo is names the account.
  const Json identity = program.json({"boot"})["identity"];
  EXPECT_EQ(identity["version"], 1);
  EXPECT_EQ(identity["origin"], "me");
  EXPECT_EQ(identity["sound"], true);
}

TEST(Sample, ThePeopleCommandKeepsToItsNameToo) {
  const Program program;
  program.json({"sample", "--origin", "me"});
  const RunOptions typed{.input = password + "\n"};
  EXPECT_EQ(program.run({"people", "add", "you", "--role", "origin"}, typed).code, 5);
  EXPECT_EQ(program.run({"people", "add", "me", "--role", "origin"}, typed).code, 0);
}

}  // namespace
}  // namespace mbe::flow
