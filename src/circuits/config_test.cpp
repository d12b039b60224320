#include "circuits/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace mbe {
namespace {

namespace fs = std::filesystem;

class CircuitsConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    static int counter = 0;
    home_ = fs::temp_directory_path() /
            ("mbe-circuits-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
    fs::create_directories(home_);
  }
  void TearDown() override { fs::remove_all(home_); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((home_ / name).parent_path());
    std::ofstream(home_ / name, std::ios::binary) << text;
  }
  Result<CircuitsConfig> read(const std::string& text) const {
    write("circuits.toml", text);
    return read_circuits(home_);
  }

  fs::path home_;
};

TEST_F(CircuitsConfigTest, IsEmptyForAnEmptyHome) {
  const auto config = read_circuits(home_);
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->models.empty());
  EXPECT_TRUE(config->synthesis.model.empty());
}

TEST_F(CircuitsConfigTest, FindsWhatLiesInTheModelsFolder) {
  write("models/self/b.gguf", "x");
  write("models/self/a.gguf", "x");
  write("models/creation/c.gguf", "x");
  write("models/notes.txt", "x");
  const auto config = read_circuits(home_);
  ASSERT_TRUE(config.ok());
  ASSERT_EQ(config->models.size(), 2U);
  EXPECT_EQ(config->models[0].file.filename(), "a.gguf");
  EXPECT_EQ(config->of(Circuit::self).model, "self");
  EXPECT_EQ(config->of(Circuit::creation).model, "creation");
  EXPECT_TRUE(config->of(Circuit::emotion).model.empty());
  EXPECT_EQ(config->synthesis.model, "self");
}

TEST_F(CircuitsConfigTest, OneFileServesAllCircuits) {
  write("models/one.gguf", "x");
  const auto config = read_circuits(home_);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->models.size(), 1U);
  for (const Circuit circuit : all_circuits) EXPECT_EQ(config->of(circuit).model, "common");
}

TEST_F(CircuitsConfigTest, ReadsTheWholeFile) {
  ::setenv("MBE_TEST_KEY", "k-1", 1);
  const auto config = read(R"(
llama_server = "bin/llama-server"
memory_check = false
gpu_memory_mib = 46068
[models.small]
file = "models/small.gguf"
context_tokens = 2048
threads = 2
gpu_layers = 0
kv = "q8_0"
memory_mib = 900
[models.far]
url = "https://models.example/v1"
model = "big"
key_env = "MBE_TEST_KEY"
[models.near]
url = "http://127.0.0.1:9/v1/"
key_command = "printf 'k-2\nrest'"
[circuits.emotion]
model = "small"
deadline_ms = 900
[circuits.self]
model = "far"
[synthesis]
model = "near"
deadline_ms = 60000
answer_tokens = 300
prompt_tokens = 1000
)");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->llama_server, home_ / "bin/llama-server");
  EXPECT_FALSE(config->memory_check);
  EXPECT_EQ(config->gpu_memory_mib, 46'068U);
  const auto model = [&](const std::string& name) {
    return *std::ranges::find(config->models, name, &ModelConfig::name);
  };
  EXPECT_EQ(model("small").file, home_ / "models/small.gguf");
  EXPECT_EQ(model("small").context_tokens, 2'048U);
  EXPECT_EQ(model("small").kv, "q8_0");
  EXPECT_EQ(model("small").memory_mib, 900U);
  EXPECT_EQ(model("far").key, "k-1");
  EXPECT_EQ(model("far").model, "big");
  EXPECT_EQ(model("near").key, "k-2");
  EXPECT_EQ(model("near").url, "http://127.0.0.1:9/v1");
  EXPECT_EQ(model("near").kind, ModelWire::openai);
  EXPECT_EQ(model("near").thinking_tokens, 0U);
  EXPECT_EQ(config->of(Circuit::emotion).deadline.count(), 900);
  EXPECT_EQ(config->synthesis.model, "near");
  EXPECT_EQ(config->answer_tokens, 300U);
  EXPECT_EQ(config->prompt_tokens, 1'000U);
}

TEST_F(CircuitsConfigTest, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<std::string, std::string>> all = {
      {"[models.a\n", "circuits.toml line 1: "},
      {"\nmodles = 1\n", "circuits.toml line 2: there is no `modles`"},
      {"[circuits.mood]\nmodel = 'a'\n", "there is no `circuits.mood`"},
      {"[models]\na = 1\n", "circuits.toml line 2: `models.a` is a table"},
      {"[models.a]\nfile = 'x'\nsize = 3\n", "circuits.toml line 3: there is no `models.a.size`"},
      {"[models.a]\nfile = 3\n", "circuits.toml line 2: `models.a.file` is a text"},
      {"[models.a]\nfile = 'x'\nthreads = -1\n", "`models.a.threads` is a whole number from 0"},
      {"[models.a]\nfile = 'x'\nkv = 'f32'\n", "`models.a.kv` is one of f16, q8_0, q4_0"},
      {"[synthesis]\ndeadline_ms = 0\n", "`synthesis.deadline_ms`"},
      {"[models.a]\nkv = 'f16'\n", "needs `file` or `url`"},
      {"[models.a]\nfile = 'x'\nurl = 'y'\n", "needs `file` or `url`"},
      {"[models.a]\nfile = 'x'\nkind = 'openai'\n", "a `kind` goes with a `url`"},
      {"[models.a]\nkind = 'openai'\n", "needs `file` or `url`"},
      {"[models.a]\nkind = 'grok'\n", "`models.a.kind` is one of openai, anthropic, gemini"},
      {"[models.a]\nkind = 'gemini'\n", "needs `model`"},
      {"[models.a]\nurl = 'x'\nthinking_tokens = -1\n", "`models.a.thinking_tokens`"},
      {"[models.a]\nurl = 'x'\nstructured = 1\n", "`models.a.structured`"},
      {"[circuits.self]\nmodel = 'b'\n", "has no [models.b]"},
      {"[synthesis]\nmodel = 'b'\n", "has no [models.b]"},
  };
  for (const auto& [text, why] : all) {
    const auto config = read(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_EQ(config.error().code(), ErrorCode::invalid_argument);
    EXPECT_NE(config.error().message().find(why), std::string::npos)
        << config.error().message() << " for " << text;
  }
}

TEST_F(CircuitsConfigTest, KnowsTheProviders) {
  const auto config = read(R"(
[models.a]
kind = "anthropic"
model = "claude"
[models.b]
kind = "gemini"
model = "gemini"
thinking_tokens = 7
structured = false
[models.c]
kind = "cohere"
model = "command"
url = "http://127.0.0.1:9/v2"
)");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->models[0].kind, ModelWire::anthropic);
  EXPECT_EQ(config->models[0].url, "https://api.anthropic.com/v1");
  EXPECT_GT(config->models[0].thinking_tokens, 0U);
  EXPECT_TRUE(config->models[0].structured);
  EXPECT_EQ(config->models[1].kind, ModelWire::gemini);
  EXPECT_EQ(config->models[1].url, "https://generativelanguage.googleapis.com/v1beta");
  EXPECT_EQ(config->models[1].thinking_tokens, 7U);
  EXPECT_FALSE(config->models[1].structured);
  EXPECT_EQ(config->models[2].kind, ModelWire::cohere);
  EXPECT_EQ(config->models[2].url, "http://127.0.0.1:9/v2");
}

TEST_F(CircuitsConfigTest, RefusesAKeyThatIsNone) {
  for (const char* key : {"a key", "line\nX-Other: 1", "열쇠"}) {
    ::setenv("MBE_TEST_KEY", key, 1);
    const auto config = read("[models.a]\nurl = 'http://x/v1'\nkey_env = 'MBE_TEST_KEY'\n");
    ASSERT_FALSE(config.ok()) << key;
    EXPECT_EQ(config.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(config.error().message().find(key), std::string::npos);
  }
}

TEST_F(CircuitsConfigTest, SaysThatAKeyIsMissing) {
  ::unsetenv("MBE_TEST_NO_KEY");
  for (const std::string key : {"key_env = 'MBE_TEST_NO_KEY'", "key_command = 'false'"}) {
    const auto config = read("[models.a]\nurl = 'http://x/v1'\n" + key + "\n");
    ASSERT_FALSE(config.ok());
    EXPECT_EQ(config.error().code(), ErrorCode::unavailable);
  }
}

}  // namespace
}  // namespace mbe
