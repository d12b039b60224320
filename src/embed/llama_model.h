// A loaded embedding model: libllama's model, context and threads behind an owner. The only file of
// this folder, with its .cpp, that knows libllama.
// Tokenising may be done from any thread; embed() by one thread at a time (embed/turns.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/model_manifest.h"

struct llama_model;
struct llama_context;
struct ggml_threadpool;

namespace mbe {

/// Texts of one call into the model, and their tokens together: more at once is slower.
inline constexpr std::size_t batch_texts_max = 16;
inline constexpr std::size_t batch_tokens = 512;

class LlamaModel {
 public:
  using Tokens = std::vector<std::int32_t>;

  /// Loads weights that check_model_weights has passed. About a second for the default model.
  /// threads: 1 … 64. Errors: corrupt (libllama refuses the file, or it is not what the manifest
  /// says).
  [[nodiscard]] static Result<std::unique_ptr<LlamaModel>> load(const ModelManifest& manifest,
                                                                unsigned threads);

  /// The tokens of a text in the model's normal form, with the marks at both ends.
  [[nodiscard]] Tokens tokenise(std::string_view normal_text) const;

  /// The pooled vectors of 1 … batch_texts_max texts, written to `out` (dim floats each) with
  /// length 1. texts: each 1 … tokens_max tokens, together at most batch_tokens unless there is
  /// only one. Errors: unavailable (libllama failed; out of memory).
  [[nodiscard]] Result<void> embed(std::span<const Tokens> texts, std::span<float> out);

 private:
  struct Free {
    void operator()(llama_model* model) const;
    void operator()(llama_context* context) const;
    void operator()(ggml_threadpool* threads) const;
  };

  LlamaModel() = default;

  std::size_t dim_ = 0;
  std::unique_ptr<llama_model, Free> model_;
  std::unique_ptr<ggml_threadpool, Free> threads_;
  std::unique_ptr<llama_context, Free> context_;
};

}  // namespace mbe
