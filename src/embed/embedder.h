// Text to vectors. An Embedder maps texts to unit vectors of `dim` floats, so that a dot product is
// a cosine. Invariant: the same model id, text and role give the same vector; two models never
// share an id, so vectors of different ids are never compared. Every Embedder is thread-safe:
// callers may share one. Embedding is derived data and never stands on the write path. Which models
// there are: embed/llama_embedder.h and embed/test_embedder.h.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// What a text is for: models like E5 put another prefix before a question than before a document.
enum class TextRole : unsigned char { query, passage };

/// Rows of `dim` floats, one a text, in the order of the texts; each has length 1.
struct EmbeddingRows {
  std::size_t dim = 0;
  std::vector<float> values;  ///< row-major, size() * dim floats

  [[nodiscard]] std::size_t size() const { return dim == 0 ? 0 : values.size() / dim; }
  /// The vector of text `i`, 0 … size() - 1.
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return std::span(values).subspan(i * dim, dim);
  }
};

/// A text among what was said around it.
struct ContextText {
  std::vector<std::string> before;  ///< oldest first
  std::string text;
  std::vector<std::string> after;
};

class Embedder {
 public:
  virtual ~Embedder() = default;

  /// Names weights, prefixes and pooling; vectors are stored under it. Never loads the model.
  [[nodiscard]] virtual const std::string& model_id() const = 0;

  /// Floats a vector. Never loads the model.
  [[nodiscard]] virtual std::size_t dim() const = 0;

  /// Most tokens of one text that reach the model, prefix and marks included; the rest is cut off.
  [[nodiscard]] virtual std::size_t tokens_max() const = 0;

  /// Number of tokens of `text` after normalisation, without prefix and marks. Loads the model.
  /// text: valid UTF-8. Errors: as embed().
  [[nodiscard]] virtual Result<std::size_t> count_tokens(std::string_view text) = 0;

  /// One unit vector a text. The first call loads the model (about a second for the default one).
  /// texts: valid UTF-8 of any length; longer ones than tokens_max() are cut, see embed/windows.h.
  /// Queries go before passages that wait; a passage call gives way between batches.
  /// Errors: unavailable (the model's files are missing or cannot be read), corrupt (they are not
  /// what the manifest says), busy (too many callers wait). The message names the next step.
  [[nodiscard]] virtual Result<EmbeddingRows> embed(std::span<const std::string_view> texts,
                                                    TextRole role) = 0;

  /// One unit vector a text, as a passage: the model reads the neighbours too, but only the tokens
  /// of the text itself are averaged ("late chunking", Günther et al., arXiv 2409.04701). Where all
  /// parts together exceed tokens_max(), or the model does not average, the vector is embed()'s.
  /// Errors: as embed().
  [[nodiscard]] virtual Result<EmbeddingRows> embed_in_context(
      std::span<const ContextText> texts) = 0;
};

}  // namespace mbe
