// Where transcripts lie: memory/[USER/]dayYYYYMMDD/partN.txt, days also as dayMMDD.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/datetime.h"
#include "base/result.h"

namespace mbe {

/// One file of a transcript.
struct PartFile {
  std::filesystem::path path;
  std::string user;  ///< the folder between memory and day; empty if there is none
  CivilDate day{};
  std::string day_folder;  ///< as it is written
  unsigned part = 0;
};

/// All parts below `root`, by user, day and part. What is named otherwise is passed over.
/// year: of days without one; else the latest date not after the file's time.
/// Errors: not_found (no such folder), io.
[[nodiscard]] Result<std::vector<PartFile>> find_parts(const std::filesystem::path& root,
                                                       std::optional<int> year = {});

/// Whether a folder's name may stand for a person: `[a-z0-9_-]{1,32}`.
[[nodiscard]] bool is_user_folder(std::string_view name);

}  // namespace mbe
