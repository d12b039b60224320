// Whether a model's weights are the ones that were put there: the manifest.json beside them names
// each file with its size and SHA-256 (docs/format/model.md). Thread-safe.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace mbe {

/// Compares a file with the manifest.json of its folder. True: it is the one; false: there is no
/// manifest, or it does not name the file. Cost: reads the whole file, about 1 s a GB.
/// Errors: corrupt (another size or digest; the manifest is none), not_found (no such file), io.
[[nodiscard]] Result<bool> check_weights(const std::filesystem::path& file);

}  // namespace mbe
