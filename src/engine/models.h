// The embedding models of a home: which there are, which one is in use. A model is a folder with
// weights and a manifest (docs/format/model.md), in the home's models/ or installed with the
// program. Invariant: a missing or broken model is a note, never an obstacle: everything else works
// without it. Any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "embed/embedder.h"
#include "embed/emotion_head.h"
#include "mbe/types.h"

namespace mbe {

/// Korean names of the emotions a head reads from a passage's vector, the most probable first.
[[nodiscard]] std::vector<std::string> emotion_names(const EmotionHead& head,
                                                     std::span<const float> vector);

class Models {
 public:
  /// configured: name from config.toml, or empty. given: an embedder from the caller, or null.
  Models(std::filesystem::path home, std::string configured, std::shared_ptr<Embedder> given);

  /// The model in use; null if there is none (see note()). Loads nothing.
  [[nodiscard]] std::shared_ptr<Embedder> active();
  /// Why active() is null, or empty.
  [[nodiscard]] std::optional<Message> note();
  /// The emotion head, if one was trained for the model in use.
  [[nodiscard]] std::shared_ptr<const EmotionHead> head();

  /// The installed model of that id, or null. Loads nothing.
  [[nodiscard]] std::shared_ptr<Embedder> by_id(const std::string& model_id);

  /// Vectors of the texts, or no rows where there is no model. Errors: those of Embedder::embed.
  [[nodiscard]] Result<EmbeddingRows> embed_if_there(std::span<const std::string_view> texts,
                                                     TextRole role);
  /// Errors: unavailable (no model or no head), those of Embedder::embed.
  [[nodiscard]] Result<std::vector<std::vector<std::string>>> emotions(
      std::span<const std::string> texts);

  /// The models in the home, the one in use first. Loads no weights.
  [[nodiscard]] Result<std::vector<ModelView>> list();
  /// Copies the weights into the home, writes the manifest, checks both, makes the model the one in
  /// use from the next start. Errors: invalid_argument (name), corrupt (not a sound GGUF), io.
  [[nodiscard]] Result<ModelView> add(const std::filesystem::path& gguf,
                                      const AddModelRequest& request);

 private:
  void find();
  [[nodiscard]] std::string chosen_name() const;
  [[nodiscard]] std::set<std::string> names() const;
  [[nodiscard]] std::filesystem::path folder_of(const std::string& name) const;

  std::filesystem::path home_;
  std::string configured_;
  std::once_flag found_;
  std::shared_ptr<Embedder> active_;
  std::shared_ptr<const EmotionHead> head_;
  std::optional<Message> note_;
};

}  // namespace mbe
