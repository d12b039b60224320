// Emotions from a vector: one logistic regression a label over the default model's embeddings of
// passages. What it says is derived data, kept apart from the tags that are sealed in a block.
// Invariant: a head answers only for vectors of the model it was trained on. Immutable,
// thread-safe. Files, training and measured quality: docs/format/emotion.md,
// tools/train_emotion_head.py.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// The folder of the head that comes with the program; give it to find_resource.
inline constexpr std::string_view emotion_head_resource = "emotion";

/// What a label is called, and from which probability on it counts.
struct EmotionLabel {
  std::string ko;
  std::string en;
  std::string tag;  ///< the tag of data/lexicon/tags.tsv it speaks for, or empty
  float threshold = 0.5F;
};

struct Emotion {
  std::size_t label = 0;  ///< index into labels()
  float probability = 0;
};

class EmotionHead {
 public:
  static constexpr std::size_t labels_max = 256;

  /// Reads head.json and the weights it names from `folder`.
  /// Errors: unavailable (not there or not readable), corrupt (not what the format says).
  [[nodiscard]] static Result<EmotionHead> open(const std::filesystem::path& folder);

  /// The model id whose vectors it understands.
  [[nodiscard]] const std::string& model_id() const { return model_id_; }
  [[nodiscard]] std::size_t dim() const { return dim_; }
  [[nodiscard]] const std::vector<EmotionLabel>& labels() const { return labels_; }

  /// Probability 0 … 1 of every label: 1 / (1 + exp(-(w·x + b))). x: dim() floats of length 1.
  [[nodiscard]] std::vector<float> probabilities(std::span<const float> vector) const;

  /// The labels whose probability reaches their threshold, the most probable first, ties by label.
  [[nodiscard]] std::vector<Emotion> emotions(std::span<const float> vector) const;

 private:
  EmotionHead() = default;

  std::string model_id_;
  std::size_t dim_ = 0;
  std::vector<EmotionLabel> labels_;
  std::vector<float> weights_;  ///< labels x (dim weights, bias)
};

}  // namespace mbe
