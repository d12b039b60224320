// The plan beside what libllama itself would reserve: it is asked to lay out models and contexts
// without allocating them (no_alloc), for shapes far larger than this machine.
#include <gtest/gtest.h>
#include <llama.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "planner/plan.h"

namespace mbe::planner {
namespace {

constexpr double mib = 1024.0 * 1024.0;

/// What libllama wrote to its log, in MiB, by the words before the number.
struct Reported {
  double cache = 0, compute = 0, output = 0;
};

double number_behind(std::string_view line, std::string_view words) {
  const auto at = line.find(words);
  if (at == std::string_view::npos) return 0;
  return std::strtod(std::string(line.substr(at + words.size())).c_str(), nullptr);
}

void listen(ggml_log_level /*level*/, const char* text, void* target) {
  auto& reported = *static_cast<Reported*>(target);
  const std::string_view line(text);
  if (line.find(" cells,") != std::string_view::npos) {
    reported.cache += number_behind(line, "size =");
  }
  reported.compute += number_behind(line, "compute buffer size =");
  reported.output += number_behind(line, "output buffer size =");
}

/// A copy of a shape's header, as long as the file would be: all hole, it takes no room.
class LongFile {
 public:
  explicit LongFile(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              (name + "." + std::to_string(getpid()) + ".gguf")) {
    std::filesystem::copy_file(MBE_SOURCE_DIR "/tests/data/models/" + name + ".gguf", path_);
    std::filesystem::resize_file(path_, std::uint64_t{30'000'000'000});
  }
  ~LongFile() { std::filesystem::remove(path_); }
  LongFile(const LongFile&) = delete;
  LongFile& operator=(const LongFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Reported ask_libllama(const std::filesystem::path& path, const Settings& settings) {
  Reported reported;
  llama_log_set(listen, &reported);
  auto model_params = llama_model_default_params();
  model_params.no_alloc = true;
  model_params.load_mode = LLAMA_LOAD_MODE_NONE;
  const std::unique_ptr<llama_model, decltype(&llama_model_free)> model(
      llama_model_load_from_file(path.c_str(), model_params), llama_model_free);
  if (!model) return reported;
  auto params = llama_context_default_params();
  params.n_ctx = static_cast<std::uint32_t>(settings.context_tokens);
  params.n_ubatch = static_cast<std::uint32_t>(settings.batch_tokens);
  params.n_seq_max = static_cast<std::uint32_t>(settings.parallel);
  params.n_outputs_max = params.n_seq_max;
  params.type_k = params.type_v = settings.kv == KvType::q8_0 ? GGML_TYPE_Q8_0 : GGML_TYPE_F16;
  params.swa_full = false;
  const std::unique_ptr<llama_context, decltype(&llama_free)> context(
      llama_init_from_model(model.get(), params), llama_free);
  llama_log_set(nullptr, nullptr);
  return reported;
}

class LlamaAgreement : public testing::TestWithParam<std::string> {};

TEST_P(LlamaAgreement, HoldsForCachesAndBuffers) {
  const LongFile file(GetParam());
  const auto tables = ProfileTables::load(MBE_SOURCE_DIR "/data/models");
  const auto header = read_gguf_file(posix_file_system(), file.path().string());
  ASSERT_TRUE(header.ok()) << header.error().message();
  const auto profile = profile_model(*header, GetParam(), *tables);
  ASSERT_TRUE(profile.ok()) << profile.error().message();
  const Device machine{.name = "CPU", .memory_bytes = std::uint64_t{1} << 40};
  for (const std::uint64_t context : {4'096U, 8'192U, 16'384U, 32'768U}) {
    for (const KvType kv : {KvType::f16, KvType::q8_0}) {
      for (const std::uint64_t parallel : {1U, 4U}) {
        const Settings settings{.context_tokens = context, .kv = kv, .parallel = parallel};
        const Reported reported = ask_libllama(file.path(), settings);
        const Needs needs = needs_of(*profile, settings, machine);
        const auto where = fmt::format("{} {} {} x{}", GetParam(), context, kv_name(kv), parallel);
        EXPECT_NEAR(static_cast<double>(needs.kv) / mib, reported.cache, 0.1) << where;
        EXPECT_NEAR(static_cast<double>(needs.output) / mib, reported.output, 0.1) << where;
        const auto compute = static_cast<double>(needs.compute) / mib;
        EXPECT_GE(compute, reported.compute * 0.98) << where;
        EXPECT_LE(compute, reported.compute * 1.12) << where;
        const auto weights = static_cast<double>(profile->weight_bytes) / mib;
        const auto all = weights + reported.cache + reported.compute;
        EXPECT_NEAR(weights + static_cast<double>(needs.kv) / mib + compute, all, all * 0.01)
            << where;
        RecordProperty(where, fmt::format("{:.2f} {:.2f}", compute, reported.compute));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, LlamaAgreement,
                         testing::Values("mixtral-8x7b-q4_k_m", "llama-3.1-8b-q4_k_m",
                                         "deepseek-coder-6.7b-q4_k_m"),
                         [](const auto& shape) { return "Shape" + std::to_string(shape.index); });

}  // namespace
}  // namespace mbe::planner
