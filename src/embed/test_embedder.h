// A deterministic Embedder without a model, for tests: texts with common words or common pairs of
// characters get similar vectors, on every machine the same. Thread-safe.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "embed/embedder.h"

namespace mbe {

class TestEmbedder final : public Embedder {
 public:
  /// dim: 1 … dim_max.
  explicit TestEmbedder(std::size_t dim = 64);

  [[nodiscard]] const std::string& model_id() const override { return model_id_; }
  [[nodiscard]] std::size_t dim() const override { return dim_; }
  [[nodiscard]] std::size_t tokens_max() const override { return 512; }
  /// Words between white space count as one token each.
  [[nodiscard]] Result<std::size_t> count_tokens(std::string_view text) override;
  /// Feature hashing of lower-case words and character pairs; both roles give the same vector.
  [[nodiscard]] Result<EmbeddingRows> embed(std::span<const std::string_view> texts,
                                            TextRole role) override;

  /// The text's own words, and its neighbours' at a quarter of the weight.
  [[nodiscard]] Result<EmbeddingRows> embed_in_context(
      std::span<const ContextText> texts) override;

  /// From now on every call fails so; nothing means that calls succeed again.
  void set_failure(std::optional<Error> failure);
  /// Texts embedded since the start.
  [[nodiscard]] std::size_t texts_embedded() const { return texts_embedded_; }

 private:
  std::optional<Error> failure();

  std::size_t dim_;
  std::string model_id_;
  std::atomic<std::size_t> texts_embedded_ = 0;
  std::mutex mutex_;
  std::optional<Error> failure_;  ///< guarded by mutex_
};

}  // namespace mbe
