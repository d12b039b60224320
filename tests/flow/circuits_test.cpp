// Three real models in three processes: what happens to an answer when they work, and when they
// die.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <map>

#include "base/resources.h"
#include "echo/answer.h"
#include "engine/engine_fixture.h"

namespace mbe {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds load_time = seconds(120);

class CircuitsFlow : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    people_ = *People::open(home_.string(), clock_);
    core_ = std::make_unique<MemoryCore>(*engine_, *people_, MemoryCoreOptions{.clock = &clock_});
    std::ofstream file(home_ / "circuits.toml");
    const std::vector<std::pair<std::string, std::string>> all = {
        {"emotion", "q4_0"}, {"self", "q5_0"}, {"creation", "q8_0"}};
    for (const auto& [name, kind] : all) {
      const auto model = find_resource("models/gemma-3-270m/gemma-3-270m-" + kind + ".gguf");
      ASSERT_TRUE(model.ok()) << "run tools/setup --tests: " << model.error().message();
      file << "[models." << name << "]\nfile = \"" << model->string()
           << "\"\ncontext_tokens = 2048\nthreads = 1\n"
           << "[circuits." << name << "]\nmodel = \"" << name << "\"\ndeadline_ms = 120000\n";
    }
    file << "[synthesis]\nmodel = \"self\"\nanswer_tokens = 16\nprompt_tokens = 900\n";
    file.close();
    const auto config = read_circuits(home_);
    ASSERT_TRUE(config.ok()) << config.error().message();
    auto circuits = Circuits::start(*config, home_ / "logs");
    ASSERT_TRUE(circuits.ok()) << circuits.error().message();
    circuits_ = std::move(*circuits);
    answerer_ = *Answerer::make(*engine_, *core_, circuits_.get(), clock_);
    ASSERT_TRUE(circuits_->wait_ready(load_time));
  }
  void TearDown() override {
    answerer_.reset();
    circuits_.reset();
    core_.reset();
    people_.reset();
    EngineTest::TearDown();
  }
  Json ask(const std::string& question, const TellStep& also = {}) {
    AskRequest request;
    request.question = question;
    request.speaker = {"mina", true};
    request.route = Route::trio;
    const auto done = answerer_->answer(request,
                                        [&](std::string_view event, const Json& data) {
                                          steps_.emplace_back(event, data);
                                          if (also) also(event, data);
                                        },
                                        {});
    EXPECT_TRUE(done.ok()) << done.error().message();
    return done.ok() ? *done : Json();
  }
  /// Ends a circuit's process as the kernel would.
  void kill_model(Circuit circuit) const {
    for (const CircuitStatus& one : circuits_->status()) {
      if (one.circuit == circuit && one.pid != 0) ::kill(one.pid, SIGKILL);
    }
  }
  CircuitStatus status(Circuit circuit) const {
    return circuits_->status()[static_cast<std::size_t>(circuit)];
  }

  std::unique_ptr<People> people_;
  std::unique_ptr<MemoryCore> core_;
  std::unique_ptr<Circuits> circuits_;
  std::unique_ptr<Answerer> answerer_;
  std::vector<std::pair<std::string, Json>> steps_;
};

TEST_F(CircuitsFlow, ThreeModelsAnswerTogether) {
  const auto trip = remember("제주도 여행은 9월에 가기로 했어");
  const Json done = ask("제주도 여행은 언제 가기로 했지?");
  EXPECT_EQ(done["made_of"], "models") << done.dump();
  EXPECT_FALSE(done["answer"].get<std::string>().empty());
  EXPECT_EQ(done["memories"], Json::array({trip}));
  EXPECT_GT(done["usage"]["prompt_tokens"].get<int>(), 100);
  std::map<std::string, std::vector<std::string>> states;
  for (const auto& [event, data] : steps_) {
    if (event != "circuit") continue;
    states[data["circuit"]].push_back(data["state"]);
    EXPECT_TRUE(data["state"] != "done" || data["note"].is_object()) << data.dump();
  }
  ASSERT_EQ(states.size(), 3U);
  for (const auto& [circuit, seen] : states) {
    ASSERT_EQ(seen.size(), 2U) << circuit;
    EXPECT_EQ(seen[0], "started") << circuit;
  }
}

TEST_F(CircuitsFlow, OneThatDiesIsNamedAndComesBack) {
  remember("제주도 여행은 9월에 가기로 했어");
  const Json done = ask("제주도는 어때?", [this](std::string_view event, const Json& data) {
    const bool begins = event == "circuit" && data["state"] == "started";
    if (begins && data["circuit"] == "creation") kill_model(Circuit::creation);
  });
  EXPECT_EQ(done["made_of"], "models") << done.dump();
  // A small model may cut its own note short; what died is told apart from that.
  std::map<std::string, std::string> failed;
  for (const auto& [event, data] : steps_) {
    if (event == "circuit" && data["state"] == "failed") failed[data["circuit"]] = data["error"];
  }
  ASSERT_TRUE(failed.contains("creation")) << done.dump();
  for (const auto& [circuit, error] : failed) {
    const bool cut_short = error.find("is not the JSON") != std::string::npos;
    EXPECT_EQ(cut_short, circuit != "creation") << circuit << ": " << error;
  }
  // Its supervisor starts it again.
  while (status(Circuit::creation).restarts == 0) std::this_thread::yield();
  EXPECT_NE(status(Circuit::creation).error.find("signal 9"), std::string::npos);
  ASSERT_TRUE(circuits_->wait_ready(load_time));
  while (status(Circuit::creation).state != ModelState::ready) std::this_thread::yield();
}

TEST_F(CircuitsFlow, WhenAllDieMemoryAnswers) {
  remember("제주도 여행은 9월에 가기로 했어");
  for (const Circuit circuit : all_circuits) kill_model(circuit);
  const Json done = ask("제주도 여행은 언제 가기로 했지?");
  EXPECT_EQ(done["made_of"], "memories") << done.dump();
  EXPECT_NE(done["answer"].get<std::string>().find("9월"), std::string::npos);
}

}  // namespace
}  // namespace mbe
