#include "circuits/circuits.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "llm/stub_server.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;

/// Circuits whose models are all behind one URL.
class CircuitsTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(logs_); }
  std::unique_ptr<Circuits> start(const std::string& url) const {
    CircuitsConfig config;
    ModelConfig model;
    model.name = "one";
    model.url = url + "/v1";
    config.models.push_back(model);
    for (CircuitConfig& circuit : config.circuits) circuit.model = "one";
    config.synthesis.model = "one";
    auto started = Circuits::start(config, logs_);
    EXPECT_TRUE(started.ok()) << started.error().message();
    return std::move(*started);
  }
  CircuitEvent note(const std::string& said) const {
    StubServer server({chat_answer(said)});
    const auto circuits = start(server.url());
    return circuits->notes({{Circuit::self, {{{"user", "x"}}}}}, [](const auto&) {}, {}).at(0);
  }

  const fs::path logs_ =
      fs::temp_directory_path() / ("mbe-circuits-logs-" + std::to_string(getpid()));
};

TEST_F(CircuitsTest, KeepsANoteThatIsAJsonObject) {
  const CircuitEvent event = note(R"({"feeling": "기쁨"})");
  EXPECT_EQ(event.state, CircuitState::done);
  EXPECT_EQ(event.note, R"({"feeling":"기쁨"})");
}

TEST_F(CircuitsTest, TakesANoteOutOfItsFence) {
  const CircuitEvent event = note("```json\n{\"tone\": \"밝게\"}\n```");
  EXPECT_EQ(event.state, CircuitState::done);
  EXPECT_EQ(event.note, R"({"tone":"밝게"})");
}

TEST_F(CircuitsTest, NamesANoteThatIsNone) {
  const std::string deep(200'000, '[');
  for (const std::string& said :
       {std::string("I feel fine"), std::string("[1]"), std::string("7"), std::string("{"),
        R"({"a":)" + deep + std::string(deep.size(), ']') + "}"}) {
    const CircuitEvent event = note(said);
    EXPECT_EQ(event.state, CircuitState::failed) << said.substr(0, 20);
    ASSERT_TRUE(event.error);
    EXPECT_EQ(event.error->code(), ErrorCode::corrupt);
  }
}

TEST_F(CircuitsTest, AFaultInOneCircuitIsItsOwn) {
  StubServer server({chat_answer("{}"), chat_answer("{}")});
  const auto circuits = start(server.url());
  const auto tell = [](const CircuitEvent& event) {
    const bool starts = event.state == CircuitState::started;
    if (event.circuit == Circuit::self && starts) throw std::logic_error("a fault");
  };
  const ChatRequest request = {{{"user", "x"}}};
  const auto events =
      circuits->notes({{Circuit::self, request}, {Circuit::emotion, request}}, tell, {});
  EXPECT_EQ(events.at(0).state, CircuitState::failed);
  EXPECT_EQ(events.at(0).error->code(), ErrorCode::io);
  EXPECT_EQ(events.at(1).state, CircuitState::done);
}

TEST_F(CircuitsTest, WhereAModelSaysNothingAnotherSpeaks) {
  StubServer silent({chat_answer("")});
  StubServer speaks({chat_answer("다음 모델의 말")});
  CircuitsConfig config;
  for (const auto& [name, url] : {std::pair{"one", silent.url()}, {"two", speaks.url()}}) {
    ModelConfig model;
    model.name = name;
    model.url = url + "/v1";
    config.models.push_back(model);
  }
  config.synthesis.model = "one";
  for (CircuitConfig& circuit : config.circuits) circuit.model = "two";
  auto started = Circuits::start(config, logs_);
  ASSERT_TRUE(started.ok()) << started.error().message();
  std::string said;
  std::string by;
  const auto keep = [&said](std::string_view text) { said += text; };
  const auto reply = (*started)->answer({{{"user", "x"}}}, {}, keep, by);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(said, "다음 모델의 말");
  EXPECT_EQ(by, "two");
}

TEST_F(CircuitsTest, AModelWithoutAWordIsNamed) {
  StubServer silent({chat_answer("")});
  std::string by;
  const auto reply = start(silent.url())->answer({{{"user", "x"}}}, {}, {}, by);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().message(), "the model `one` ended without a word");
  EXPECT_EQ(by, "");
}

}  // namespace
}  // namespace mbe
