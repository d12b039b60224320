#include "planner/model_profile.h"

#include <algorithm>
#include <charconv>

#include "analyse/table.h"

namespace mbe::planner {
namespace {

// Bounds that no network reaches and that keep every product of a plan below 2^63.
constexpr std::uint64_t layers_max = 1024;
constexpr std::uint64_t width_max = std::uint64_t{1} << 20;
constexpr std::uint64_t heads_max = std::uint64_t{1} << 12;
constexpr std::uint64_t numbers_max = std::uint64_t{1} << 24;

/// The numbers of one architecture; remembers what was wrong first.
class Numbers {
 public:
  explicit Numbers(const GgufHeader& header)
      : header_(header), prefix_(header.architecture() + ".") {}

  [[nodiscard]] bool has(std::string_view key) const {
    return header_.values.contains(prefix_ + std::string(key));
  }
  std::uint64_t number(const std::string& key, std::uint64_t fallback, std::uint64_t max) {
    const auto value = header_.number(prefix_ + key).value_or(fallback);
    if (value > max) bad(key);
    return std::min(value, max);
  }
  std::uint64_t needed(const std::string& key, std::uint64_t max) {
    const auto value = number(key, 0, max);
    if (value == 0) bad(key);
    return std::max<std::uint64_t>(value, 1);
  }
  /// One number for all layers, or a list with one for each.
  std::uint64_t of_layer(const std::string& key, std::size_t layer, std::uint64_t fallback,
                         std::uint64_t max) {
    const auto* list = header_.list(prefix_ + key);
    if (list == nullptr) return number(key, fallback, max);
    if (layer >= list->numbers.size() || list->numbers[layer] > max) return bad(key), 0;
    return list->numbers[layer];
  }
  void bad(const std::string& key) {
    if (bad_.empty()) bad_ = prefix_ + key;
  }
  [[nodiscard]] const std::string& first_bad() const { return bad_; }
  [[nodiscard]] const GgufList* list(const std::string& key) const {
    return header_.list(prefix_ + key);
  }

 private:
  const GgufHeader& header_;
  std::string prefix_;
  std::string bad_;
};

/// Which layers cache only a window; fills profile.window.
std::vector<bool> windowed_layers(Numbers& numbers, const WindowRule& rule, std::size_t layers,
                                  ModelProfile& profile) {
  std::vector<bool> windowed(layers, false);
  profile.window = numbers.number("attention.sliding_window", rule.window, numbers_max);
  if (rule.ignored || profile.window == 0) return profile.window = 0, windowed;
  if (const auto* list = numbers.list("attention.sliding_window_pattern")) {
    for (std::size_t i = 0; i < std::min(layers, list->numbers.size()); ++i) {
      windowed[i] = list->numbers[i] != 0;
    }
    return windowed;
  }
  const auto period = numbers.number("attention.sliding_window_pattern", rule.period, numbers_max);
  if (period == 0) return windowed;
  for (std::size_t i = 0; i < layers; ++i) {
    windowed[i] = rule.dense_first ? i % period != 0 : i % period < period - 1;
  }
  return windowed;
}

LayerProfile layer_of(Numbers& numbers, const ModelProfile& profile, std::size_t layer,
                      bool windowed) {
  const auto heads = numbers.of_layer("attention.head_count", layer, 0, heads_max);
  const auto kv_heads = numbers.of_layer("attention.head_count_kv", layer, heads, heads_max);
  const auto length = heads == 0 ? 0 : profile.width / heads;
  auto key = numbers.number("attention.key_length", length, heads_max);
  auto value = numbers.number("attention.value_length", length, heads_max);
  if (windowed) {
    key = numbers.number("attention.key_length_swa", key, heads_max);
    value = numbers.number("attention.value_length_swa", value, heads_max);
  }
  // Latent attention keeps one compressed key and takes the value from it.
  if (numbers.has("attention.key_length_mla")) value = 0;
  const auto expert_width = numbers.number("expert_feed_forward_length", 0, numbers_max);
  auto feed_forward = numbers.of_layer("feed_forward_length", layer, expert_width, numbers_max);
  if (profile.experts > 0) {
    feed_forward = (expert_width > 0 ? expert_width : feed_forward) *
                   std::max<std::uint64_t>(1, profile.experts_used);
  }
  return {heads * key, kv_heads * key, kv_heads * value, feed_forward, windowed};
}

void weigh(const GgufHeader& header, ModelProfile& profile) {
  profile.file_bytes = header.file_bytes;
  for (const GgufTensor& tensor : header.tensors) {
    profile.weight_bytes += tensor.bytes;
    profile.parameters += tensor.dims[0] * tensor.dims[1] * tensor.dims[2] * tensor.dims[3];
    if (tensor.name.find("_exps.") != std::string::npos) profile.expert_bytes += tensor.bytes;
  }
  const GgufTensor* table = header.tensor("token_embd.weight");
  if (table != nullptr) profile.embedding_bytes = table->bytes;
  profile.tied = table != nullptr && header.tensor("output.weight") == nullptr;
  profile.gated = std::ranges::any_of(header.tensors, [](const GgufTensor& tensor) {
    return tensor.name.find(".ffn_gate") != std::string::npos;
  });
}

void describe(const GgufHeader& header, const ProfileTables& tables, ModelProfile& profile) {
  profile.name = header.text("general.name");
  if (profile.name.empty()) profile.name = profile.file;
  const auto type = tables.file_types.find(header.number("general.file_type").value_or(~0ULL));
  profile.type = type == tables.file_types.end() ? "?" : type->second;
  profile.tokenizer = header.text("tokenizer.ggml.model");
  if (profile.tokenizer == "no_vocab" || profile.tokenizer == "none") profile.tokenizer.clear();
  const auto chat = header.values.find("tokenizer.chat_template");
  profile.chat_template = chat != header.values.end();
}

std::uint64_t vocabulary_of(const GgufHeader& header, Numbers& numbers) {
  const auto* words = header.list("tokenizer.ggml.tokens");
  const auto named = numbers.number("vocab_size", 0, numbers_max);
  return words != nullptr ? words->items : named;
}

std::uint64_t whole(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::uint64_t ModelProfile::bytes_a_token() const {
  auto bytes = weight_bytes - (tied ? 0 : embedding_bytes);
  if (experts > 0 && experts_used < experts) {
    bytes -= expert_bytes / experts * (experts - experts_used);
  }
  return bytes;
}

Result<ProfileTables> ProfileTables::load(const std::filesystem::path& folder) {
  ProfileTables tables;
  MBE_ASSIGN(const auto windows, analyse::read_table(folder / "architectures.tsv", 4, 4));
  for (const auto& [columns, line] : windows) {
    tables.windows[columns[0]] = {.ignored = columns[1] == "none",
                                  .window = whole(columns[1]),
                                  .period = whole(columns[2]),
                                  .dense_first = columns[3] == "yes"};
  }
  MBE_ASSIGN(const auto types, analyse::read_table(folder / "file_types.tsv", 2, 2));
  for (const auto& [columns, line] : types) tables.file_types[whole(columns[0])] = columns[1];
  return tables;
}

Result<ModelProfile> profile_model(const GgufHeader& header, const std::string& file,
                                   const ProfileTables& tables) {
  ModelProfile profile;
  profile.file = file;
  profile.architecture = header.architecture();
  describe(header, tables, profile);
  weigh(header, profile);
  Numbers numbers(header);
  profile.width = numbers.needed("embedding_length", width_max);
  profile.context_tokens = numbers.number("context_length", 0, ~0U);
  profile.vocabulary = vocabulary_of(header, numbers);
  profile.experts = numbers.number("expert_count", 0, heads_max);
  profile.experts_used = numbers.number("expert_used_count", 0, heads_max);
  profile.causal = numbers.number("attention.causal", 1, 1) == 1;
  const auto layers = numbers.needed("block_count", layers_max);
  const auto rule = tables.windows.find(profile.architecture);
  profile.known = rule != tables.windows.end();
  const auto windowed =
      windowed_layers(numbers, profile.known ? rule->second : WindowRule{}, layers, profile);
  const auto shared = numbers.number("attention.shared_kv_layers", 0, layers);
  for (std::size_t i = 0; i < layers; ++i) {
    profile.layers.push_back(layer_of(numbers, profile, i, windowed[i]));
    if (i >= layers - shared) profile.layers.back().key = profile.layers.back().value = 0;
  }
  if (!numbers.first_bad().empty()) {
    return fail(ErrorCode::corrupt, "{} does not describe a network: \"{}\" is missing or absurd",
                file, numbers.first_bad());
  }
  return profile;
}

}  // namespace mbe::planner
