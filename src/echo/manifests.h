// The three texts that say who Echo is: echo_identity.txt, origin_id.txt, fillin_manifest.txt.
// Lines `key: value`, keys in Korean or English, may repeat; all else is free text and kept whole.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace mbe {

/// One manifest as it lies in its file.
struct ManifestFile {
  std::string name;  ///< echo_identity.txt …
  std::string text;
};

struct Manifests {
  std::vector<ManifestFile> files;        ///< those that are there, in the order above
  std::vector<std::string> missing;       ///< names of those that are not
  std::string name = "에코";              ///< `이름:` or `name:`
  std::string origin;                     ///< the account that origin_id.txt names
  std::vector<std::string> declarations;  ///< `선언:` or `declaration:`
  std::vector<std::string> philosophy;    ///< `철학:` or `philosophy:`
};

/// Errors: io, limit (a file over 256 KiB), invalid_argument (not UTF-8; origin_id.txt names
/// nobody).
[[nodiscard]] Result<Manifests> read_manifests(const std::filesystem::path& folder);

/// The account that origin_id.txt names; empty without that file. Errors: those of read_manifests.
[[nodiscard]] Result<std::string> read_origin(const std::filesystem::path& folder);

/// Whether the origin's account may have that name: origin_id.txt, where it is there, says it.
/// Errors: denied, those of read_manifests.
[[nodiscard]] Result<void> check_origin_name(const std::filesystem::path& folder,
                                             const std::string& name);

}  // namespace mbe
