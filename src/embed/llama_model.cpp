#include "embed/llama_model.h"

#include <llama.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <string>

#include "base/assert.h"

namespace mbe {
namespace {

/// libllama reports the reason of a failure only to its log; the last such line of this thread.
thread_local std::string last_complaint;

void keep_complaint(ggml_log_level level, const char* text, void* /*unused*/) {
  if (level != GGML_LOG_LEVEL_ERROR) return;
  last_complaint = text;
  while (!last_complaint.empty() && last_complaint.back() == '\n') last_complaint.pop_back();
}

/// Silences libllama and prepares it, once a process.
void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    llama_log_set(keep_complaint, nullptr);
    llama_backend_init();
  });
}

enum llama_pooling_type pooling_of(Pooling pooling) {
  switch (pooling) {
    case Pooling::mean:
      return LLAMA_POOLING_TYPE_NONE;  // averaged here, over any span of tokens
    case Pooling::cls:
      return LLAMA_POOLING_TYPE_CLS;
    case Pooling::last:
      return LLAMA_POOLING_TYPE_LAST;
  }
  MBE_ASSERT(false);
}

llama_context_params context_params(const ModelManifest& manifest) {
  const auto tokens = static_cast<std::uint32_t>(std::max(manifest.tokens_max, batch_tokens));
  auto params = llama_context_default_params();
  params.n_ctx = tokens;
  params.n_batch = tokens;
  params.n_ubatch = tokens;
  params.n_seq_max = batch_texts_max;
  params.n_threads = 1;
  params.n_threads_batch = 1;
  params.pooling_type = pooling_of(manifest.pooling);
  params.embeddings = true;
  params.no_perf = true;
  return params;
}

/// A batch of libllama with room for `tokens`.
class Batch {
 public:
  explicit Batch(std::size_t tokens)
      : batch_(llama_batch_init(static_cast<std::int32_t>(tokens), 0, 1)) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() { llama_batch_free(batch_); }

  void add(std::span<const std::int32_t> tokens, std::int32_t sequence) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto at = static_cast<std::size_t>(batch_.n_tokens++);
      batch_.token[at] = tokens[i];
      batch_.pos[at] = static_cast<llama_pos>(i);
      batch_.n_seq_id[at] = 1;
      batch_.seq_id[at][0] = sequence;
      batch_.logits[at] = 1;
    }
  }

  [[nodiscard]] const llama_batch& get() const { return batch_; }

 private:
  llama_batch batch_;
};

/// Copies a vector with its length made 1; false if it has none.
template <class Number>
bool copy_unit(const Number* from, std::span<float> to) {
  double square = 0;
  for (std::size_t i = 0; i < to.size(); ++i) square += double{from[i]} * double{from[i]};
  if (!(square > 0) || !std::isfinite(square)) return false;
  const double factor = 1 / std::sqrt(square);
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<float>(from[i] * factor);
  return true;
}

}  // namespace

void LlamaModel::Free::operator()(llama_model* model) const {
  llama_model_free(model);
}
void LlamaModel::Free::operator()(llama_context* context) const {
  llama_free(context);
}

Result<std::unique_ptr<LlamaModel>> LlamaModel::load(const ModelManifest& manifest,
                                                     std::size_t workers) {
  MBE_ASSERT(workers >= 1);
  prepare_library();
  const auto refused = [&](std::string_view reason) {
    return fail(ErrorCode::corrupt, "libllama cannot use {}: {}; set the model up again",
                manifest.weights.string(), reason);
  };
  std::unique_ptr<LlamaModel> loaded(new LlamaModel);
  loaded->dim_ = manifest.dim;
  loaded->pooling_ = manifest.pooling;
  last_complaint.clear();
  loaded->model_.reset(
      llama_model_load_from_file(manifest.weights.c_str(), llama_model_default_params()));
  if (!loaded->model_) return refused(last_complaint);
  const auto* model = loaded->model_.get();
  if (static_cast<std::size_t>(llama_model_n_embd_out(model)) != manifest.dim) {
    return refused("its vectors have another number of dimensions than its manifest says");
  }
  if (static_cast<std::size_t>(llama_model_n_ctx_train(model)) < manifest.tokens_max) {
    return refused("it takes fewer tokens than its manifest says");
  }
  while (loaded->contexts_.size() < workers) {
    loaded->contexts_.emplace_back(
        llama_init_from_model(loaded->model_.get(), context_params(manifest)));
    if (!loaded->contexts_.back()) return refused(last_complaint);
  }
  return loaded;
}

LlamaModel::Tokens LlamaModel::tokenise(std::string_view normal_text) const {
  const auto* vocabulary = llama_model_get_vocab(model_.get());
  const auto size = static_cast<std::int32_t>(normal_text.size());
  Tokens tokens(normal_text.size() / 2 + 8);
  const auto fill = [&] {
    return llama_tokenize(vocabulary, normal_text.data(), size, tokens.data(),
                          static_cast<std::int32_t>(tokens.size()), true, false);
  };
  auto count = fill();
  if (count < 0) {
    tokens.resize(static_cast<std::size_t>(-count));
    count = fill();
  }
  MBE_ASSERT(count >= 0);
  tokens.resize(static_cast<std::size_t>(count));
  return tokens;
}

bool LlamaModel::average(llama_context* context, std::span<const Tokens> texts,
                         std::span<const Pooled> pooled, std::span<float> out) const {
  const float* rows = llama_get_embeddings(context);
  if (rows == nullptr) return false;
  std::vector<double> sum(dim_);
  for (std::size_t i = 0, first = 0; i < texts.size(); first += texts[i].size(), ++i) {
    const Pooled span = pooled.empty() ? Pooled{0, texts[i].size()} : pooled[i];
    MBE_ASSERT(span.begin < span.end && span.end <= texts[i].size());
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::size_t token = first + span.begin; token < first + span.end; ++token) {
      const float* row = rows + token * dim_;
      for (std::size_t d = 0; d < dim_; ++d) sum[d] += double{row[d]};
    }
    if (!copy_unit(sum.data(), out.subspan(i * dim_, dim_))) return false;
  }
  return true;
}

bool LlamaModel::take_pooled(llama_context* context, std::size_t texts,
                             std::span<float> out) const {
  for (std::size_t i = 0; i < texts; ++i) {
    const float* pooled = llama_get_embeddings_seq(context, static_cast<std::int32_t>(i));
    if (pooled == nullptr || !copy_unit(pooled, out.subspan(i * dim_, dim_))) return false;
  }
  return true;
}

Result<void> LlamaModel::embed(std::size_t worker, std::size_t threads,
                               std::span<const Tokens> texts, std::span<const Pooled> pooled,
                               std::span<float> out) {
  MBE_ASSERT(worker < contexts_.size());
  MBE_ASSERT(!texts.empty() && texts.size() <= batch_texts_max);
  MBE_ASSERT(pooled.empty() || (pooled.size() == texts.size() && pooling_ == Pooling::mean));
  MBE_ASSERT(out.size() == texts.size() * dim_);
  std::size_t total = 0;
  for (const auto& tokens : texts) total += tokens.size();
  MBE_ASSERT(texts.size() == 1 || total <= batch_tokens);
  Batch batch(total);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    batch.add(texts[i], static_cast<std::int32_t>(i));
  }
  auto* context = contexts_[worker].get();
  llama_set_n_threads(context, static_cast<std::int32_t>(threads),
                      static_cast<std::int32_t>(threads));
  last_complaint.clear();
  if (llama_encode(context, batch.get()) != 0) {
    return fail(ErrorCode::unavailable, "the embedding model failed: {}; try again",
                last_complaint);
  }
  const bool taken = pooling_ == Pooling::mean ? average(context, texts, pooled, out)
                                               : take_pooled(context, texts.size(), out);
  if (taken) return {};
  return fail(ErrorCode::unavailable, "the embedding model failed: {}; try again",
              "no vector for a text");
}

}  // namespace mbe
