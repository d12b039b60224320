// A loaded embedding model: libllama's model, and contexts that share it. For many texts several
// workers of one thread beat several threads in one: nothing waits at a barrier, which costs a busy
// machine more than the work itself. A single text may borrow the threads of idle workers. The only
// file of this folder, with its .cpp, that knows libllama. Tokenising may be done from any thread;
// a worker by one thread at a time (embed/turns.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/model_manifest.h"

struct llama_model;
struct llama_context;

namespace mbe {

/// Texts of one call into the model, and their tokens together: more at once is slower.
inline constexpr std::size_t batch_texts_max = 16;
inline constexpr std::size_t batch_tokens = 512;

class LlamaModel {
 public:
  using Tokens = std::vector<std::int32_t>;

  /// Loads weights that check_model_weights has passed. About a second for the default model.
  /// workers: 1 or more. Errors: corrupt (libllama refuses the file, or it is not what the
  /// manifest says).
  [[nodiscard]] static Result<std::unique_ptr<LlamaModel>> load(const ModelManifest& manifest,
                                                                std::size_t workers);

  /// The tokens of a text in the model's normal form, with the marks at both ends.
  [[nodiscard]] Tokens tokenise(std::string_view normal_text) const;

  /// Which tokens of a text are averaged: [begin, end). Only for models that average.
  struct Pooled {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  /// The pooled vectors of 1 … batch_texts_max texts, written to `out` (dim floats each) with
  /// length 1. texts: each 1 … tokens_max tokens, together at most batch_tokens unless there is
  /// only one. Errors: unavailable (libllama failed; out of memory).
  /// worker: 0 … workers - 1. threads: 1 or more, for this call. pooled: one a text, or empty for
  /// whole texts.
  [[nodiscard]] Result<void> embed(std::size_t worker, std::size_t threads,
                                   std::span<const Tokens> texts, std::span<const Pooled> pooled,
                                   std::span<float> out);

 private:
  /// Averages the token vectors of the batch just run; false if one has no length.
  [[nodiscard]] bool average(llama_context* context, std::span<const Tokens> texts,
                             std::span<const Pooled> pooled, std::span<float> out) const;
  /// Takes the vectors that libllama pooled; false if one is missing.
  [[nodiscard]] bool take_pooled(llama_context* context, std::size_t texts,
                                 std::span<float> out) const;

  struct Free {
    void operator()(llama_model* model) const;
    void operator()(llama_context* context) const;
  };

  LlamaModel() = default;

  std::size_t dim_ = 0;
  Pooling pooling_ = Pooling::mean;
  std::unique_ptr<llama_model, Free> model_;
  std::vector<std::unique_ptr<llama_context, Free>> contexts_;
};

}  // namespace mbe
