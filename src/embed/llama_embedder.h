// The Embedder that runs a GGUF model in this process by libllama. Opening reads the manifest only;
// the weights are checked and loaded by the first call that needs them, off the main path.
// Invariant: a vector depends on its text, its role and the manifest, not on what else is in a
// batch (up to rounding of the last bits). Thread-safe; a worker runs one batch at a
// time (embed/turns.h), and a call with many texts uses all workers that are free. One more worker
// than processors stands by for questions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "embed/embedder.h"
#include "embed/llama_model.h"
#include "embed/model_manifest.h"
#include "embed/turns.h"

namespace mbe {

struct LlamaEmbedderOptions {
  std::size_t workers = 0;       ///< batches at a time; 0: one a processor, at most workers_max
  std::size_t waiting_max = 64;  ///< batches that may wait for a worker
};

class LlamaEmbedder final : public Embedder {
 public:
  static constexpr std::size_t workers_max = 8;

  /// The model in `folder` (a manifest and its weights). Cheap: loads nothing.
  /// Errors: unavailable (no readable manifest), corrupt (a wrong one).
  [[nodiscard]] static Result<std::unique_ptr<LlamaEmbedder>> open(
      const std::filesystem::path& folder, const LlamaEmbedderOptions& options = {});

  [[nodiscard]] const std::string& model_id() const override { return model_id_; }
  [[nodiscard]] std::size_t dim() const override { return manifest_.dim; }
  [[nodiscard]] std::size_t tokens_max() const override { return manifest_.tokens_max; }
  [[nodiscard]] Result<std::size_t> count_tokens(std::string_view text) override;
  [[nodiscard]] Result<EmbeddingRows> embed(std::span<const std::string_view> texts,
                                            TextRole role) override;

  [[nodiscard]] Result<EmbeddingRows> embed_in_context(std::span<const ContextText> texts) override;

  /// Checks and loads the weights now, if they are not yet. Errors: as embed(), but never busy.
  [[nodiscard]] Result<void> load();

  [[nodiscard]] const ModelManifest& manifest() const { return manifest_; }

 private:
  LlamaEmbedder(ModelManifest manifest, const LlamaEmbedderOptions& options);

  /// Tokens of a text and which of them are averaged.
  struct Read {
    LlamaModel::Tokens tokens;
    LlamaModel::Pooled pooled;
  };
  LlamaModel::Tokens tokenise(std::string_view text, TextRole role) const;
  /// Nothing where the parts are too long together, or the model does not average.
  std::optional<Read> read_in_context(const ContextText& text) const;
  Result<EmbeddingRows> run(std::span<const LlamaModel::Tokens> tokens,
                            std::span<const LlamaModel::Pooled> pooled, TextRole role);

  ModelManifest manifest_;
  std::string model_id_;
  std::size_t workers_;
  Turns turns_;
  std::mutex load_mutex_;
  std::optional<Error> damage_;        ///< guarded by load_mutex_; a corrupt file is not read twice
  std::unique_ptr<LlamaModel> model_;  ///< set once under load_mutex_, then constant
};

}  // namespace mbe
