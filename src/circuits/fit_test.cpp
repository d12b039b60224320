#include "circuits/fit.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/resources.h"
#include "circuits/circuits.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;
using planner::Verdict;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

std::string bytes_of(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

class FitTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  /// The header of a well-known model, and behind it a hole as long as its weights.
  fs::path shape(const std::string& name, std::uint64_t file_bytes) const {
    const fs::path out = write(name, bytes_of(MBE_SOURCE_DIR "/tests/data/models/" + name));
    fs::resize_file(out, file_bytes);
    return out;
  }
  /// A real model; empty where set-up did not fetch it.
  static std::string small() {
    const auto file = find_resource("models/gemma-3-270m/gemma-3-270m-q4_0.gguf");
    return file.ok() ? bytes_of(*file) : "";
  }
  /// One model that every circuit uses.
  static CircuitsConfig all_by(const fs::path& file) {
    CircuitsConfig out;
    out.llama_server = "/bin/true";
    out.models.push_back({.name = "m", .file = file});
    for (CircuitConfig& one : out.circuits) one.model = "m";
    out.synthesis.model = "m";
    return out;
  }
  static void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
  }
  /// Where the value of a key stands in a header: behind its name and its type.
  static std::size_t value_of(const std::string& bytes, const std::string& key) {
    return bytes.find(key) + key.size() + 4;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("mbe-fit-" + std::to_string(getpid()));
};

TEST_F(FitTest, RefusesWhatIsLargerThanWhatIsLeftWithNumbersAndANextStep) {
  const CircuitsConfig config = all_by(shape("llama-3.1-8b-q4_k_m.gguf", 5 * gib));
  const auto enough = fit_models(config, 64 * gib);
  ASSERT_TRUE(enough.ok()) << enough.error().message();
  const ModelFit& taken = enough->models.at(0);
  EXPECT_FALSE(taken.refused.has_value()) << taken.refused->message();
  EXPECT_EQ(taken.verdict, Verdict::fits);
  EXPECT_GT(taken.needs_bytes, 4'500 * mib);
  EXPECT_EQ(fit_models(config, taken.needs_bytes)->models[0].verdict, Verdict::tight);
  const auto less = fit_models(config, taken.needs_bytes - 1);
  const ModelFit& refused = less->models.at(0);
  EXPECT_EQ(refused.verdict, Verdict::too_large);
  ASSERT_TRUE(refused.refused.has_value());
  EXPECT_EQ(refused.refused->code(), ErrorCode::limit);
  const std::string why = refused.refused->message();
  for (const std::string& part :
       {std::to_string((taken.needs_bytes + mib - 1) / mib) + " MiB",
        std::to_string((taken.needs_bytes - 1) / mib) + " MiB are left", std::string("q8_0"),
        std::string("context_tokens = 4096"), std::string("memory_check = false")}) {
    EXPECT_NE(why.find(part), std::string::npos) << part << " in: " << why;
  }
  // Where no setting helps, none is proposed.
  const std::string hopeless = fit_models(config, gib)->models[0].refused->message();
  EXPECT_NE(hopeless.find("take a smaller one"), std::string::npos) << hopeless;
}

TEST_F(FitTest, CountsModelsTogetherTheVoiceFirst) {
  CircuitsConfig config;
  const fs::path llama = shape("llama-3.1-8b-q4_k_m.gguf", 5 * gib);
  const fs::path coder = shape("deepseek-coder-6.7b-q4_k_m.gguf", 5 * gib);
  config.models = {{.name = "coder", .file = coder}, {.name = "llama", .file = llama}};
  config.circuits[0].model = "coder";
  config.synthesis.model = "llama";
  const auto alone = fit_models(config, 64 * gib);
  ASSERT_EQ(alone->models.size(), 2U);
  EXPECT_EQ(alone->models[0].name, "llama");
  const std::uint64_t first = alone->models[0].needs_bytes;
  const std::uint64_t second = alone->models[1].needs_bytes;
  EXPECT_EQ(alone->models[1].left_bytes, 64 * gib - first);
  const auto tight = fit_models(config, first + second - 1);
  EXPECT_FALSE(tight->of("llama")->refused.has_value());
  EXPECT_TRUE(tight->of("coder")->refused.has_value());
  EXPECT_FALSE(fit_models(config, first + second)->of("coder")->refused.has_value());
  EXPECT_EQ(alone->of("nobody"), nullptr);
}

TEST_F(FitTest, ChecksTheLimitOfAModelsOwnMemory) {
  CircuitsConfig config = all_by(shape("llama-3.1-8b-q4_k_m.gguf", 5 * gib));
  config.models[0].memory_mib = 100;
  const auto fit = fit_models(config, 64 * gib);
  EXPECT_NE(fit->models[0].refused->message().find("memory_mib"), std::string::npos);
  config.models[0].memory_mib = 8'000;
  EXPECT_FALSE(fit_models(config, 64 * gib)->models[0].refused.has_value());
}

TEST_F(FitTest, CountsAGraphicsCardForItself) {
  CircuitsConfig config = all_by(shape("llama-3.1-8b-q4_k_m.gguf", 5 * gib));
  config.models[0].gpu_layers = 99;
  config.gpu_memory_mib = 24'000;
  const auto fit = fit_models(config, 4 * gib);
  EXPECT_FALSE(fit->models[0].refused.has_value());
  EXPECT_GT(fit->models[0].gpu_bytes, 4 * gib);
  EXPECT_LT(fit->models[0].needs_bytes, gib);
  config.gpu_memory_mib = 4'000;
  EXPECT_NE(fit_models(config, 4 * gib)->models[0].refused->message().find("graphics card"),
            std::string::npos);
  config.gpu_memory_mib = 0;  // unknown
  EXPECT_FALSE(fit_models(config, 4 * gib)->models[0].refused.has_value());
}

TEST_F(FitTest, IsOverriddenByTheConfigurationAlone) {
  CircuitsConfig config = all_by(shape("llama-3.1-8b-q4_k_m.gguf", 5 * gib));
  EXPECT_TRUE(fit_models(config, gib)->models[0].refused.has_value());
  EXPECT_FALSE(fit_models(config, std::nullopt)->models[0].refused.has_value());
  config.memory_check = false;
  const auto fit = fit_models(config, gib);
  EXPECT_FALSE(fit->models[0].refused.has_value());
  EXPECT_EQ(fit->models[0].verdict, Verdict::too_large);  // and says so
}

TEST_F(FitTest, RefusesAFileThatLiesAboutItself) {
  const std::string sound = small();
  ASSERT_FALSE(sound.empty()) << "run tools/setup --tests";
  const auto refused = [&](const std::string& bytes) {
    CircuitsConfig config = all_by(write("lying.gguf", bytes));
    config.memory_check = false;  // what is no model is not loaded even so
    const auto fit = fit_models(config, 64 * gib);
    EXPECT_TRUE(fit.ok());
    const auto& why = fit->models.at(0).refused;
    return why ? why->message() : std::string();
  };
  EXPECT_EQ(refused(sound), "");
  EXPECT_NE(refused("no model"), "");
  EXPECT_NE(refused(sound.substr(0, sound.size() / 2)), "");
  std::string layers = sound;
  put(layers, value_of(sound, "gemma3.block_count"), 2'000'000'000, 4);
  EXPECT_NE(refused(layers), "");
  std::string tensors = sound;
  put(tensors, 8, std::uint64_t{1} << 60, 8);
  EXPECT_NE(refused(tensors), "");
  CircuitsConfig absent = all_by(folder_ / "absent.gguf");
  EXPECT_EQ(fit_models(absent, gib).error().code(), ErrorCode::not_found);
}

TEST_F(FitTest, AHeaderThatClaimsAHugeCacheIsReckonedWithIt) {
  const std::string sound = small();
  ASSERT_FALSE(sound.empty()) << "run tools/setup --tests";
  const auto fit = [&](const std::string& bytes, std::uint64_t available) {
    return fit_models(all_by(write("claims.gguf", bytes)), available)->models.at(0);
  };
  const ModelFit before = fit(sound, 64 * gib);
  const std::uint64_t enough = before.needs_bytes + before.needs_bytes / 10;
  EXPECT_FALSE(fit(sound, enough).refused.has_value());
  std::string wide = sound;
  for (const char* key : {"gemma3.attention.key_length", "gemma3.attention.value_length"}) {
    put(wide, value_of(sound, key), 4'096, 4);
  }
  const ModelFit after = fit(wide, enough);
  EXPECT_GT(after.needs_bytes, before.needs_bytes + 400 * mib);
  EXPECT_TRUE(after.refused.has_value());
}

TEST_F(FitTest, ARefusedModelIsNotStartedAndItsCircuitSaysWhy) {
  const fs::path started = folder_ / "started";
  const fs::path program = write("server", "#!/bin/sh\ntouch " + started.string() + "\n");
  fs::permissions(program, fs::perms::owner_all);
  CircuitsConfig config = all_by(shape("mixtral-8x7b-q4_k_m.gguf", 30 * gib));
  config.llama_server = program;
  const auto circuits = Circuits::start(config, folder_ / "logs", 8 * gib);
  ASSERT_TRUE(circuits.ok()) << circuits.error().message();
  EXPECT_FALSE((*circuits)->wait_ready(std::chrono::milliseconds(1)));
  const std::vector<CircuitStatus> status = (*circuits)->status();
  ASSERT_TRUE(status[0].refused.has_value());
  EXPECT_EQ(status[0].state, ModelState::failed);
  EXPECT_NE(status[0].error.find("MiB are left"), std::string::npos);
  std::string by;
  const auto answer = (*circuits)->answer({}, {}, {}, by);
  EXPECT_EQ(answer.error().code(), ErrorCode::limit);
  const auto notes = (*circuits)->notes({{Circuit::self, {}}}, [](const CircuitEvent&) {}, {});
  EXPECT_EQ(notes.at(0).state, CircuitState::failed);
  EXPECT_EQ(notes.at(0).error->code(), ErrorCode::limit);
  EXPECT_FALSE(fs::exists(started));
}

}  // namespace
}  // namespace mbe
