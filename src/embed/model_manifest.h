// What stands beside a model's weights: manifest.json, which says what they are, where they come
// from and how text is put before them. Invariant: the model id covers everything that changes
// vectors. Pure reading; thread-safe. Format: docs/format/model.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/digest.h"
#include "base/result.h"

namespace mbe {

/// How the vectors of a text's tokens become one.
enum class Pooling : unsigned char { mean, cls, last };

/// What is done to a text before it is cut into tokens.
enum class TextNormal : unsigned char { none, nmt_nfkc };

struct ModelManifest {
  std::string name;               ///< as its folder is called
  std::filesystem::path weights;  ///< the GGUF file, below the manifest's folder
  std::uint64_t weights_bytes = 0;
  Digest weights_digest{};     ///< SHA-256
  std::size_t dim = 0;         ///< 1 … dim_max
  std::size_t tokens_max = 0;  ///< 8 … tokens_max_limit, prefix and marks included
  Pooling pooling = Pooling::mean;
  TextNormal normal = TextNormal::none;
  std::string query_prefix;
  std::string passage_prefix;
  std::string source;  ///< where the weights come from, for people
  std::string licence;

  /// name@ and eight digits of a digest over weights, pooling, normal form and prefixes.
  [[nodiscard]] std::string model_id() const;
};

inline constexpr std::size_t dim_max = 8192;
inline constexpr std::size_t tokens_max_limit = 32768;

/// Reads `folder`/manifest.json.
/// Errors: unavailable (not there or not readable), corrupt (not a manifest of an embedding model).
[[nodiscard]] Result<ModelManifest> read_model_manifest(const std::filesystem::path& folder);

/// Checks that the weights are the ones the manifest names and that their GGUF structure stays
/// inside the file (llm/gguf.h). Cost: reads the file once, about 0.1 s for 73 MB.
/// Errors: unavailable (not there or not readable), corrupt (other size, digest or structure).
[[nodiscard]] Result<void> check_model_weights(const ModelManifest& manifest);

}  // namespace mbe
