#include "circuits/fit.h"

#include <algorithm>

#include "base/resources.h"
#include "fs/file_system.h"
#include "llm/gguf.h"

namespace mbe {

namespace {

using planner::Verdict;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

std::uint64_t mebibytes(std::uint64_t bytes) {
  return (bytes + mib - 1) / mib;
}

/// Models served here, in the order in which they get their memory.
std::vector<const ModelConfig*> in_order(const CircuitsConfig& config) {
  std::vector<std::string> names = {config.synthesis.model};
  for (const Circuit one : {Circuit::self, Circuit::emotion, Circuit::creation}) {
    names.push_back(config.of(one).model);
  }
  for (const ModelConfig& model : config.models) names.push_back(model.name);
  std::vector<const ModelConfig*> out;
  for (const std::string& name : names) {
    const auto model = std::ranges::find(config.models, name, &ModelConfig::name);
    if (model == config.models.end() || model->file.empty()) continue;
    if (std::ranges::find(out, &*model) == out.end()) out.push_back(&*model);
  }
  return out;
}

/// Whether llama-server puts layers of it onto a graphics card: the one for them is named so.
bool uses_gpu(const CircuitsConfig& config, const ModelConfig& model) {
  if (model.gpu_layers != -1) return model.gpu_layers > 0;
  return config.llama_server.string().find("-cuda") != std::string::npos;
}

/// What is left while the models are counted, one after another.
class Count {
 public:
  Count(const CircuitsConfig& config, const planner::ProfileTables& tables, std::uint64_t memory)
      : config_(config), tables_(tables), memory_(memory), gpu_(config.gpu_memory_mib * mib) {}

  ModelFit next(const ModelConfig& model) {
    ModelFit out{.name = model.name, .left_bytes = memory_};
    // It may be a link (launch.sh --models), which our own file system does not follow.
    std::error_code failed;
    const auto file = std::filesystem::weakly_canonical(model.file, failed);
    const auto header = read_gguf_file(posix_file_system(), file.string());
    if (!header.ok()) {
      out.refused = header.error();
      out.verdict = Verdict::too_large;
      return out;
    }
    const auto profile = planner::profile_model(*header, file.filename().string(), tables_);
    const bool known = tables_.windows.contains(header->architecture());
    if (profile.ok()) {
      reckon(*profile, model, out);
    } else if (known) {
      out.refused = profile.error();
      out.verdict = Verdict::too_large;
      return out;
    } else {  // of a kind that the planner does not know: at least its weights
      out.needs_bytes = header->file_bytes;
      judge(out);
    }
    if (!config_.memory_check) out.refused.reset();
    if (out.refused) return out;
    memory_ -= std::min(memory_, out.needs_bytes);
    gpu_ -= std::min(gpu_, out.gpu_bytes);
    return out;
  }

 private:
  void reckon(const planner::ModelProfile& profile, const ModelConfig& model, ModelFit& out) {
    const auto kv = planner::parse_kv(model.kv);
    const std::size_t parallel = std::max<std::size_t>(1, answers_of(config_, model.name));
    const planner::Settings settings{.context_tokens = model.context_tokens * parallel,
                                     .kv = kv.ok() ? *kv : planner::KvType::f16,
                                     .parallel = parallel};
    if (uses_gpu(config_, model)) {
      const planner::Needs needs = planner::needs_of(profile, settings, {.gpu = true});
      out.needs_bytes = needs.host();
      out.gpu_bytes = needs.device();
      judge(out);
      return judge_gpu(out);
    }
    const planner::Needs needs = planner::needs_of(profile, settings, {});
    out.needs_bytes = needs.device() + needs.host();
    judge(out);
    if (out.refused) return advise(profile, settings, parallel, out);
    judge_limit(model, needs.kv + needs.compute + needs.host(), out);
  }

  static void judge(ModelFit& out) {
    if (out.needs_bytes > out.left_bytes) {
      out.verdict = Verdict::too_large;
      out.refused =
          fail(ErrorCode::limit,
               "the model {} is not loaded: it needs {} MiB of memory, and {} MiB are "
               "left; take a smaller one, or set memory_check = false in circuits.toml to "
               "try all the same",
               out.name, mebibytes(out.needs_bytes), out.left_bytes / mib);
    } else if (out.left_bytes - out.needs_bytes < out.left_bytes / 20) {
      out.verdict = Verdict::tight;
    }
  }

  /// Says the nearest setting with which it fits, where there is one.
  static void advise(const planner::ModelProfile& profile, const planner::Settings& settings,
                     std::size_t parallel, ModelFit& out) {
    const auto plan =
        planner::make_plan({profile}, settings, {.name = "CPU", .memory_bytes = out.left_bytes});
    if (!plan.ok() || plan->nearest.empty()) return;
    const planner::Alternative& near = plan->nearest.front();
    out.refused =
        fail(ErrorCode::limit,
             "the model {} is not loaded: it needs {} MiB of memory, and {} MiB are left; "
             "it fits with context_tokens = {} and kv = \"{}\" in circuits.toml, or set "
             "memory_check = false there to try all the same",
             out.name, mebibytes(out.needs_bytes), out.left_bytes / mib,
             near.context_tokens / parallel, planner::kv_name(near.kv));
  }

  /// Beside the mapped weights a process may take no more than memory_mib.
  static void judge_limit(const ModelConfig& model, std::uint64_t own, ModelFit& out) {
    if (model.memory_mib == 0 || mebibytes(own) <= model.memory_mib) return;
    out.verdict = Verdict::too_large;
    out.refused = fail(ErrorCode::limit,
                       "the model {} is not loaded: beside its weights it needs {} MiB, and its "
                       "memory_mib in circuits.toml is {}; raise that, or lower context_tokens",
                       out.name, mebibytes(own), model.memory_mib);
  }

  void judge_gpu(ModelFit& out) const {
    if (config_.gpu_memory_mib == 0 || out.gpu_bytes <= gpu_) return;
    out.verdict = Verdict::too_large;
    out.refused = fail(ErrorCode::limit,
                       "the model {} is not loaded: it needs {} MiB of the graphics card, and {} "
                       "MiB of gpu_memory_mib in circuits.toml are left; lower context_tokens, or "
                       "take a smaller one",
                       out.name, mebibytes(out.gpu_bytes), gpu_ / mib);
  }

  const CircuitsConfig& config_;
  const planner::ProfileTables& tables_;
  std::uint64_t memory_, gpu_;
};

}  // namespace

const ModelFit* Fit::of(const std::string& name) const {
  const auto found = std::ranges::find(models, name, &ModelFit::name);
  return found == models.end() ? nullptr : &*found;
}

Result<Fit> fit_models(const CircuitsConfig& config, std::optional<std::uint64_t> available) {
  Fit out{.available_bytes = available};
  const std::vector<const ModelConfig*> models = in_order(config);
  if (models.empty()) return out;
  std::error_code failed;
  for (const ModelConfig* model : models) {
    if (std::filesystem::is_regular_file(model->file, failed)) continue;
    return fail(ErrorCode::not_found, "there is no file {}", model->file.string());
  }
  MBE_ASSIGN(const auto table, find_resource("models/architectures.tsv"));
  MBE_ASSIGN(const auto tables, planner::ProfileTables::load(table.parent_path()));
  constexpr std::uint64_t unknown = std::uint64_t{1} << 62;
  Count count(config, tables, available.value_or(unknown));
  for (const ModelConfig* model : models) out.models.push_back(count.next(*model));
  return out;
}

std::size_t answers_of(const CircuitsConfig& config, const std::string& model) {
  return static_cast<std::size_t>(
      std::ranges::count(config.circuits, model, &CircuitConfig::model));
}

}  // namespace mbe
