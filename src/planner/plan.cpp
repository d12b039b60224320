#include "planner/plan.h"

#include <ggml.h>

#include <algorithm>
#include <array>

namespace mbe::planner {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t float_bytes = 4;
constexpr std::uint64_t half_bytes = 2;
/// llama.cpp pads the cells of a cache to this.
constexpr std::uint64_t cells_step = 256;
/// What a process takes on a graphics card before any tensor: context, libraries, workspaces.
constexpr std::uint64_t gpu_runtime_bytes = 512 * mib;
/// What a process takes of the machine beside its buffers: code, vocabulary and graph.
constexpr std::uint64_t process_bytes = 64 * mib;
constexpr std::uint64_t vocabulary_word_bytes = 160;
/// Contexts are proposed in steps of this.
constexpr std::uint64_t context_step = 1024;

constexpr std::array kv_types = {KvType::f16, KvType::q8_0, KvType::q4_0};
constexpr std::array<std::string_view, 3> kv_names = {"f16", "q8_0", "q4_0"};
constexpr std::array kv_ggml = {GGML_TYPE_F16, GGML_TYPE_Q8_0, GGML_TYPE_Q4_0};

std::uint64_t padded(std::uint64_t value) {
  return (value + cells_step - 1) / cells_step * cells_step;
}

/// Bytes of a cache row; a row that does not fill its last block takes it whole.
std::uint64_t row_bytes(KvType type, std::uint64_t numbers) {
  const auto kind = kv_ggml[static_cast<std::size_t>(type)];
  const auto block = static_cast<std::uint64_t>(ggml_blck_size(kind));
  return (numbers + block - 1) / block * ggml_type_size(kind);
}

/// Cells of the caches of one model, all answers together.
struct Cells {
  std::uint64_t dense = 0, windowed = 0;
};

Cells cells_of(const ModelProfile& model, const Settings& settings) {
  const auto each = padded(settings.context_tokens / settings.parallel);
  const auto window = padded(std::min(each, model.window + settings.batch_tokens));
  return {each * settings.parallel, window * settings.parallel};
}

std::uint64_t cache_bytes(const ModelProfile& model, const Settings& settings) {
  if (!model.causal) return 0;
  const Cells cells = cells_of(model, settings);
  std::uint64_t bytes = 0;
  for (const LayerProfile& layer : model.layers) {
    const auto row = row_bytes(settings.kv, layer.key) + row_bytes(settings.kv, layer.value);
    bytes += row * (layer.windowed ? cells.windowed : cells.dense);
  }
  return bytes;
}

std::uint64_t batch_of(const Settings& settings) {
  return std::min(settings.batch_tokens, padded(settings.context_tokens));
}

/// Masks of the attention: half floats, one row a token of the batch, one for each kind of cache.
std::uint64_t mask_bytes(const ModelProfile& model, const Settings& settings) {
  if (!model.causal) return 0;
  const Cells cells = cells_of(model, settings);
  const auto any = [&](bool windowed) {
    return std::ranges::any_of(
        model.layers, [&](const LayerProfile& layer) { return layer.windowed == windowed; });
  };
  const auto width = (any(false) ? cells.dense : 0) + (any(true) ? cells.windowed : 0);
  return width / settings.parallel * batch_of(settings) * half_bytes;
}

/// The largest sum of tensors that live at once; see the formula's page.
std::uint64_t compute_bytes(const ModelProfile& model, const Settings& settings, bool gpu) {
  std::uint64_t most = 0, turned = 0, halves = 0;
  for (const LayerProfile& layer : model.layers) {
    const auto inner = (model.gated ? 3 : 1) * layer.feed_forward + 4 * model.width;
    const auto attention = 3 * model.width + 2 * layer.query + layer.key + layer.value;
    most = std::max({most, inner, attention});
    const Cells cells = cells_of(model, settings);
    halves = std::max(halves, (layer.key + layer.value) *
                                  (layer.windowed ? cells.windowed : cells.dense) * half_bytes);
  }
  auto bytes = most * batch_of(settings) * float_bytes;
  bytes = std::max(bytes, settings.parallel * (model.vocabulary + 2 * model.width) * float_bytes);
  if (settings.kv != KvType::f16 && model.causal) {
    // Keys and values are turned by a small matrix before they are stored in few bits; a graphics
    // card reads them back as half floats, one layer at a time.
    const auto heads = std::uint64_t{256} * 256;
    turned = 2 * heads * float_bytes;
    if (gpu) bytes += halves;
  }
  return bytes + turned + mask_bytes(model, settings);
}

/// Tokens a second if every token reads `bytes`; 0 where the bandwidth is unknown.
double speed(const Device& device, std::uint64_t bytes) {
  constexpr double giga = 1e9;
  return bytes == 0 ? 0 : device.bandwidth_gbs * giga / static_cast<double>(bytes);
}

std::uint64_t read_a_token(const ModelProfile& model, const Needs& needs) {
  return model.bytes_a_token() + needs.kv / 2;
}

std::uint64_t total(const std::vector<ModelProfile>& models, const Settings& settings,
                    const Device& device) {
  std::uint64_t bytes = 0;
  for (const ModelProfile& model : models) {
    const Needs needs = needs_of(model, settings, device);
    bytes += needs.device() + (device.gpu ? 0 : needs.host());
  }
  return bytes;
}

Verdict judge(std::uint64_t bytes, std::uint64_t memory) {
  if (bytes > memory) return Verdict::too_large;
  return memory - bytes < memory / 20 ? Verdict::tight : Verdict::fits;
}

/// The largest context, in steps, with which the models fit; 0 if none does. Bounded by what the
/// most capable of them was made for. Memory grows with the context, so halving finds it.
std::uint64_t largest_context(const std::vector<ModelProfile>& models, Settings settings,
                              const Device& device) {
  std::uint64_t most = 0;
  for (const ModelProfile& model : models) most = std::max(most, model.context_tokens);
  std::uint64_t fits = 0, too_many = std::min(most, context_tokens_max) / context_step + 1;
  while (too_many - fits > 1) {
    const auto middle = fits + (too_many - fits) / 2;
    settings.context_tokens = middle * context_step;
    (total(models, settings, device) <= device.memory_bytes ? fits : too_many) = middle;
  }
  return fits * context_step;
}

/// First what keeps the context, then what keeps the cache's numbers, then both smaller.
std::vector<Alternative> nearest(const std::vector<ModelProfile>& models, const Settings& settings,
                                 const Device& device) {
  std::vector<Alternative> found;
  Settings tried = settings;
  for (const KvType type : kv_types) {
    if (type <= settings.kv) continue;
    tried.kv = type;
    if (total(models, tried, device) > device.memory_bytes) continue;
    found.push_back({settings.context_tokens, type});
    break;
  }
  for (const KvType type : kv_types) {
    if (type < settings.kv || type == KvType::q4_0) continue;
    tried.kv = type;
    const auto context = std::min(largest_context(models, tried, device), settings.context_tokens);
    const bool same = context == settings.context_tokens;
    if (context > 0 && !same) found.push_back({context, type});
  }
  return found;
}

}  // namespace

std::string_view kv_name(KvType type) {
  return kv_names[static_cast<std::size_t>(type)];
}

Result<KvType> parse_kv(std::string_view name) {
  const auto* const found = std::ranges::find(kv_names, name);
  if (found == kv_names.end()) {
    return fail(ErrorCode::invalid_argument, "`{}` is no type of a cache: f16, q8_0, q4_0", name);
  }
  return kv_types[static_cast<std::size_t>(found - kv_names.begin())];
}

std::string_view verdict_name(Verdict verdict) {
  constexpr std::array<std::string_view, 3> names = {"fits", "tight", "too_large"};
  return names[static_cast<std::size_t>(verdict)];
}

Needs needs_of(const ModelProfile& model, const Settings& settings, const Device& device) {
  Needs needs;
  needs.disk = model.file_bytes;
  needs.kv = cache_bytes(model, settings);
  needs.compute = compute_bytes(model, settings, device.gpu);
  needs.output = settings.parallel * model.vocabulary * float_bytes;
  needs.process = process_bytes + model.vocabulary * vocabulary_word_bytes;
  needs.weights = model.weight_bytes;
  if (device.gpu) {
    // The table of token embeddings stays with the processor; a tied output layer is a copy of it.
    if (!model.tied) needs.weights -= model.embedding_bytes;
    needs.host_weights = model.embedding_bytes;
    needs.host_compute =
        batch_of(settings) * model.width * float_bytes + mask_bytes(model, settings);
    needs.runtime = gpu_runtime_bytes;
  }
  needs.tokens_per_second = speed(device, read_a_token(model, needs));
  return needs;
}

Result<Plan> make_plan(std::vector<ModelProfile> models, const Settings& settings,
                       const Device& device) {
  if (models.empty() || models.size() > models_max) {
    return fail(ErrorCode::invalid_argument, "a plan is for 1 to {} models, not {}", models_max,
                models.size());
  }
  if (settings.context_tokens < context_tokens_min ||
      settings.context_tokens > context_tokens_max || settings.parallel < 1 ||
      settings.parallel > parallel_max || settings.batch_tokens < 1 ||
      settings.batch_tokens > context_tokens_max) {
    return fail(ErrorCode::limit, "a context has {} to {} tokens, and answers at once are 1 to {}",
                context_tokens_min, context_tokens_max, parallel_max);
  }
  Plan plan{.settings = settings, .device = device, .models = std::move(models)};
  std::uint64_t together = 0;
  for (const ModelProfile& model : plan.models) {
    const Needs needs = needs_of(model, settings, device);
    plan.device_bytes += needs.device() + (device.gpu ? 0 : needs.host());
    plan.host_bytes += needs.host();
    plan.disk_bytes += needs.disk;
    together += read_a_token(model, needs);
    plan.needs.push_back(needs);
  }
  plan.tokens_per_second_together = speed(device, together);
  plan.verdict = judge(plan.device_bytes, device.memory_bytes);
  plan.context_largest = largest_context(plan.models, settings, device);
  if (plan.verdict == Verdict::too_large) {
    plan.nearest = nearest(plan.models, settings, device);
  }
  return plan;
}

}  // namespace mbe::planner
