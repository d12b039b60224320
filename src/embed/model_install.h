// Takes a GGUF embedding model into use: copies the weights into a folder of their own, checks them
// and writes the manifest beside them. The manifest comes last, so that a folder with one is whole.
#pragma once

#include <filesystem>
#include <string>

#include "embed/model_manifest.h"

namespace mbe {

/// What the weights do not say of themselves.
struct ModelFacts {
  std::string name;
  std::string pooling = "mean";  ///< mean, cls or last
  std::string query_prefix, passage_prefix;
  std::string source, licence;  ///< for people
};

/// Installs `gguf` into `folder` (made if absent) and returns its manifest, read back.
/// Errors: invalid_argument (pooling), not_found, corrupt (not a sound GGUF of an embedding model),
/// io.
[[nodiscard]] Result<ModelManifest> install_model(const std::filesystem::path& gguf,
                                                  const std::filesystem::path& folder,
                                                  const ModelFacts& facts);

}  // namespace mbe
