// Where transcripts lie: memory/[USER/]dayYYYYMMDD/partN.txt, days also as dayMMDD.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/datetime.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace mbe {

/// One file of a transcript.
struct PartFile {
  std::string path;
  std::string user;  ///< the folder between memory and day; empty if there is none
  CivilDate day{};
  std::string day_folder;  ///< as it is written
  unsigned part = 0;
};

/// All parts below `root`, by user, day and part. What is named otherwise is passed over.
/// year: of days without one; else the latest date not after the file's time.
/// Errors: not_found (no such folder), io.
[[nodiscard]] Result<std::vector<PartFile>> find_parts(FileSystem& files, const std::string& root,
                                                       std::optional<int> year = {});

/// Whether a folder's name may stand for a person: `[a-z0-9_-]{1,32}`, not beginning with `day`.
[[nodiscard]] bool is_user_folder(std::string_view name);

/// N of `partN.txt`, at most 999,999; nothing for another name.
[[nodiscard]] std::optional<unsigned> part_of(std::string_view name);

/// A person's folder below `root`; `root` itself for the empty name.
[[nodiscard]] std::string user_path(const std::string& root, const std::string& user);
/// The people who have a folder below `root`, after the empty name. Errors: io.
[[nodiscard]] Result<std::vector<std::string>> user_folders(FileSystem& files,
                                                            const std::string& root);
/// Folders of days in a person's folder; the day of one that is named without a year is not told.
/// Errors: io.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::optional<CivilDate>>>> day_folders(
    FileSystem& files, const std::string& folder);

}  // namespace mbe
