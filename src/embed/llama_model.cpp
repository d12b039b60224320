#include "embed/llama_model.h"

#include <ggml-cpu.h>
#include <llama.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <string>

#include "base/assert.h"

namespace mbe {
namespace {

/// How long libllama's idle threads look for work before they sleep, 0 … 100: a process that waits
/// for its user must not burn a processor.
constexpr std::uint32_t threads_poll = 0;

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
      return LLAMA_POOLING_TYPE_MEAN;
    case Pooling::cls:
      return LLAMA_POOLING_TYPE_CLS;
    case Pooling::last:
      return LLAMA_POOLING_TYPE_LAST;
  }
  MBE_ASSERT(false);
}

llama_context_params context_params(const ModelManifest& manifest, unsigned threads) {
  const auto tokens = static_cast<std::uint32_t>(std::max(manifest.tokens_max, batch_tokens));
  auto params = llama_context_default_params();
  params.n_ctx = tokens;
  params.n_batch = tokens;
  params.n_ubatch = tokens;
  params.n_seq_max = batch_texts_max;
  params.n_threads = static_cast<std::int32_t>(threads);
  params.n_threads_batch = static_cast<std::int32_t>(threads);
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
bool copy_unit(const float* from, std::span<float> to) {
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
void LlamaModel::Free::operator()(ggml_threadpool* threads) const {
  ggml_threadpool_free(threads);
}

Result<std::unique_ptr<LlamaModel>> LlamaModel::load(const ModelManifest& manifest,
                                                     unsigned threads) {
  MBE_ASSERT(threads >= 1 && threads <= 64);
  prepare_library();
  const auto refused = [&](std::string_view reason) {
    return fail(ErrorCode::corrupt, "libllama cannot use {}: {}; set the model up again",
                manifest.weights.string(), reason);
  };
  std::unique_ptr<LlamaModel> loaded(new LlamaModel);
  loaded->dim_ = manifest.dim;
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
  loaded->context_.reset(
      llama_init_from_model(loaded->model_.get(), context_params(manifest, threads)));
  if (!loaded->context_) return refused(last_complaint);
  auto params = ggml_threadpool_params_default(static_cast<int>(threads));
  params.poll = threads_poll;
  loaded->threads_.reset(ggml_threadpool_new(&params));
  if (!loaded->threads_) return refused("its threads cannot be started");
  llama_attach_threadpool(loaded->context_.get(), loaded->threads_.get(), nullptr);
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

Result<void> LlamaModel::embed(std::span<const Tokens> texts, std::span<float> out) {
  MBE_ASSERT(!texts.empty() && texts.size() <= batch_texts_max);
  MBE_ASSERT(out.size() == texts.size() * dim_);
  std::size_t total = 0;
  for (const auto& tokens : texts) total += tokens.size();
  MBE_ASSERT(texts.size() == 1 || total <= batch_tokens);
  Batch batch(total);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    batch.add(texts[i], static_cast<std::int32_t>(i));
  }
  last_complaint.clear();
  if (llama_encode(context_.get(), batch.get()) != 0) {
    return fail(ErrorCode::unavailable, "the embedding model failed: {}; try again",
                last_complaint);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const float* pooled = llama_get_embeddings_seq(context_.get(), static_cast<std::int32_t>(i));
    if (pooled == nullptr || !copy_unit(pooled, out.subspan(i * dim_, dim_))) {
      return fail(ErrorCode::unavailable, "the embedding model failed: {}; try again",
                  "no vector for a text");
    }
  }
  return {};
}

}  // namespace mbe
