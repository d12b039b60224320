// Chat models: what the plan says beside what the real server reports, reports as files, the guide.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>

#include "base/resources.h"
#include "process.h"

namespace mbe::flow {
namespace {

namespace fs = std::filesystem;

constexpr double mib = 1024.0 * 1024.0;

/// A shape of tests/data/models, lengthened to what its header promises: all hole.
std::string long_file(const Folder& folder, const std::string& name) {
  const auto path = folder.path() / (name + ".gguf");
  fs::copy_file(MBE_SOURCE_DIR "/tests/data/models/" + name + ".gguf", path);
  fs::resize_file(path, std::uint64_t{30'000'000'000});
  return path.string();
}

std::vector<std::string> three_models(const Folder& folder) {
  return {long_file(folder, "mixtral-8x7b-q4_k_m"), long_file(folder, "llama-3.1-8b-q4_k_m"),
          long_file(folder, "deepseek-coder-6.7b-q4_k_m")};
}

std::vector<std::string> plan_of(std::vector<std::string> files, std::vector<std::string> more) {
  files.insert(files.begin(), {"model", "plan"});
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

TEST(ModelRoom, IsTakenByNoModelThatIsTooLarge) {
  const Program program;
  program.remember("제주도 여행은 9월에 가기로 했어");
  const std::string file = long_file(program.folder(), "deepseek-coder-6.7b-q4_k_m");
  // Its cache for so long a context has more than a tebibyte.
  const std::string config = "[models.coder]\nfile = \"" + file +
                             "\"\ncontext_tokens = 1048576\n[circuits.self]\nmodel = \"coder\"\n"
                             "[circuits.emotion]\nmodel = \"coder\"\n"
                             "[circuits.creation]\nmodel = \"coder\"\n";
  program.folder().file("home/circuits.toml", config);
  program.folder().file("home/models/self/a.gguf", "of a circuit");  // no embedding model either
  const auto list = program.json({"model", "list"});
  for (const auto& model : list["models"]) EXPECT_NE(model["name"], "self");
  const auto& memory = list["model_memory"];
  EXPECT_EQ(memory["models"][0]["verdict"], "too_large");
  EXPECT_GT(memory["models"][0]["needs_bytes"], std::uint64_t{1} << 40);
  EXPECT_GT(memory["available_bytes"], 0);
  const Outcome doctor = program.run({"doctor", "--lang", "en"});
  EXPECT_EQ(doctor.code, 6) << doctor.out;
  EXPECT_NE(doctor.out.find("the model coder is not loaded"), std::string::npos) << doctor.out;
  // It is named and left out; memory answers.
  const auto done = program.json({"ask", "제주도는 언제 가기로 했지?"});
  EXPECT_EQ(done["made_of"], "memories") << done.dump();
  EXPECT_NE(done["model_error"].dump().find("MiB"), std::string::npos) << done.dump();
  program.folder().file("home/circuits.toml", "memory_check = false\n" + config);
  EXPECT_NE(program.run({"doctor", "--lang", "en"}).out.find("too_large"), std::string::npos);
}

TEST(ModelPlan, FitsThreeModelsOnAnA40AtEightThousandTokensOnly) {
  const Program program;
  const auto files = three_models(program.folder());
  const auto small = program.json(plan_of(files, {"--ctx", "8192", "--gpu", "a40"}));
  EXPECT_EQ(small["verdict"], "fits");
  EXPECT_EQ(small["models"].size(), 3U);
  const auto large = program.json(plan_of(files, {"--ctx", "16384", "--gpu", "a40"}));
  EXPECT_EQ(large["verdict"], "too_large");
  EXPECT_EQ(large["nearest"][0]["kv"], "q8_0");
  const auto less =
      program.json(plan_of(files, {"--ctx", "16384", "--gpu", "a40", "--kv", "q8_0"}));
  EXPECT_NE(less["verdict"], "too_large");
}

TEST(ModelPlan, RefusesWhatItCannotRead) {
  const Program program;
  const auto text = program.folder().file("text.gguf", "no model at all");
  EXPECT_EQ(program.run({"model", "plan", text}).code, 4);
  EXPECT_EQ(program.run({"model", "plan", "/nowhere.gguf"}).code, 1);
  EXPECT_EQ(program.run({"model", "plan"}).code, 2);
  EXPECT_EQ(program.run({"model", "plan", text, "--gpu", "abacus"}).code, 2);
  EXPECT_EQ(program.run({"model", "plan", text, "--ctx", "1"}).code, 2);
  EXPECT_EQ(program.run({"model", "plan", text, "--kv", "f32"}).code, 2);
}

TEST(ModelPlan, WritesReportsInThePersonsLanguage) {
  const Program program;
  const auto file = long_file(program.folder(), "llama-3.1-8b-q4_k_m");
  const auto pdf = (program.folder().path() / "plan.pdf").string();
  const auto pptx = (program.folder().path() / "plan.pptx").string();
  const Outcome outcome = program.run(
      {"model", "plan", file, "--gpu", "a40", "--lang", "ko", "--pdf", pdf, "--pptx", pptx});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("들어갑니다"), std::string::npos);
  EXPECT_TRUE(read_file(pdf).starts_with("%PDF-"));
  EXPECT_TRUE(read_file(pptx).starts_with("PK"));
  EXPECT_EQ(program.run({"model", "plan", file, "--pdf", "/nowhere/plan.pdf"}).code, 1);
}

TEST(ModelPlan, FindsAlteredWeights) {
  const Program program;
  const auto file = long_file(program.folder(), "llama-3.1-8b-q4_k_m");
  EXPECT_EQ(program.run({"model", "plan", file, "--check"}).code, 0);
  const auto name = fs::path(file).filename().string();
  program.folder().file("manifest.json",
                        R"({"file": ")" + name + R"(", "bytes": 7, "sha256": ""})");
  EXPECT_EQ(program.run({"model", "plan", file, "--check"}).code, 4);
}

TEST(ModelPlan, PrintsWhatTheGuideShows) {
  const Program program;
  const auto files = three_models(program.folder());
  const auto guide = read_file(MBE_SOURCE_DIR "/docs/guide/models.md");
  const Outcome outcome = program.run(plan_of(files, {"--gpu", "a40", "--table"}));
  EXPECT_NE(guide.find("```\n" + outcome.out + "```"), std::string::npos) << outcome.out;
}

TEST(ModelRecommend, NamesSizesAndLicences) {
  const Program program;
  const auto models = program.json({"model", "recommend"})["models"];
  ASSERT_GE(models.size(), 3U);
  for (const auto& model : models) {
    for (const auto& [key, value] : model.items()) EXPECT_FALSE(value.empty()) << key;
  }
  EXPECT_NE(program.run({"model", "recommend", "--lang", "ko"}).out.find("한국어"),
            std::string::npos);
}

TEST(ModelInit, MakesAFolderAndKeepsItsReadme) {
  const Program program;
  const auto folder = program.json({"model", "init"})["folder"].get<std::string>();
  EXPECT_EQ(folder, (program.home() / "models").string());
  const auto readme = fs::path(folder) / "README.txt";
  EXPECT_NE(read_file(readme).find("mbe model plan"), std::string::npos);
  std::ofstream(readme) << "mine";
  EXPECT_EQ(program.run({"model", "init"}).code, 0);
  EXPECT_EQ(read_file(readme), "mine");
}

/// Sum of the numbers behind `words` in the server's log, MiB.
double reported(const std::string& log, const std::string& words) {
  const std::regex pattern(words + R"( *= *([0-9.]+) MiB)");
  double sum = 0;
  for (std::sregex_iterator at(log.begin(), log.end(), pattern), end; at != end; ++at) {
    sum += std::strtod((*at)[1].str().c_str(), nullptr);
  }
  return sum;
}

fs::path cached(const std::string& name) {
  const auto found = find_resource(name);
  return found.ok() ? *found : fs::path();
}

/// Loads a model with the real server and ends it as soon as it listens: its log until then.
/// A SIGTERM at that moment can be lost in it, so it is killed.
std::string server_log(const Folder& folder, const fs::path& model, const std::string& context,
                       const std::string& kv, bool encoder) {
  const auto log = (folder.path() / "server.log").string();
  const std::string command =
      "mkfifo " + log + ".pipe; " + cached("llama-server-0.3.36/bin/llama-server").string() +
      " --model " + model.string() + " --host 127.0.0.1 --port 0 --offline --no-warmup" +
      " --parallel 1 --threads 1 --verbosity 4 --load-mode none --ctx-size " + context +
      " --cache-type-k " + kv + " --cache-type-v " + kv + (encoder ? " --embedding" : "") + " >" +
      log + ".pipe 2>&1 & server=$!; sed '/listening on/q' " + log + ".pipe >" + log +
      "; kill -KILL $server; wait $server";
  EXPECT_NE(std::system(command.c_str()), -1);
  return read_file(log);
}

struct Case {
  std::string model, context, kv;
};

class ServerAgreement : public testing::TestWithParam<Case> {};

TEST_P(ServerAgreement, HoldsWithinFivePercent) {
  const auto& [name, context, kv] = GetParam();
  const auto model = cached(name);
  ASSERT_FALSE(model.empty()) << name << ": run tools/setup --tests";
  const Program program;
  const bool encoder = name.find("e5") != std::string::npos;
  const auto log = server_log(program.folder(), model, context, kv, encoder);
  const auto plan = program.json({"model", "plan", model.string(), "--ctx", context, "--kv", kv});
  const auto needs = plan["models"][0]["needs"];
  const auto planned = [&](const std::string& key) { return needs[key].get<double>() / mib; };
  const double weights = reported(log, "model buffer size");
  const double cache = reported(log, "KV buffer size");
  const double compute = reported(log, "compute buffer size");
  ASSERT_GT(weights, 0) << log;
  const double all = weights + cache + compute;
  const double ours = planned("weights_bytes") + planned("kv_bytes") + planned("compute_bytes");
  RecordProperty("planned_mib", std::to_string(ours));
  RecordProperty("reported_mib", std::to_string(all));
  EXPECT_NEAR(ours, all, all * 0.05) << log;
  EXPECT_NEAR(planned("kv_bytes"), cache, 0.1);
  EXPECT_NEAR(planned("weights_bytes"), weights, weights * 0.01);
}

const std::string gemma = "models/gemma-3-270m/gemma-3-270m-";

INSTANTIATE_TEST_SUITE_P(
    Files, ServerAgreement,
    testing::Values(
        Case{gemma + "q4_k_m.gguf", "2048", "f16"}, Case{gemma + "q4_k_m.gguf", "8192", "f16"},
        Case{gemma + "q4_k_m.gguf", "32768", "f16"}, Case{gemma + "q4_k_m.gguf", "2048", "q8_0"},
        Case{gemma + "q4_k_m.gguf", "8192", "q8_0"}, Case{gemma + "q4_k_m.gguf", "32768", "q8_0"},
        Case{gemma + "q4_0.gguf", "8192", "f16"}, Case{gemma + "q8_0.gguf", "8192", "q8_0"},
        Case{std::string(default_model_resource) + "/model.gguf", "512", "f16"}),
    [](const auto& found) { return "Case" + std::to_string(found.index); });

}  // namespace
}  // namespace mbe::flow
