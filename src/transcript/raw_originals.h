// Raw originals as they came in: files, HOME/memory_backup/[USER/]YYYYMMDD-<digest>.raw, each kept
// once, and exchanges, a line each in YYYYMMDD.jsonl. Plain bytes outside the seal. What is
// forgotten is taken out of them too; the name of a file, which is a digest of the bytes, then
// changes with them. Any thread and process, under the folder's lock.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/datetime.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace mbe {

inline constexpr std::uint64_t raw_bytes_max = 64 << 20;
inline constexpr std::uint64_t exchanges_bytes_max = 1 << 30;  ///< of a day

/// Where a raw original lies.
struct KeptRaw {
  std::string path;
  bool is_new = false;  ///< false: the same bytes were there already
};

/// Keeps the bytes in `folder`; on disk when it returns. Errors: invalid_argument (empty), limit
/// (over raw_bytes_max), busy, io.
[[nodiscard]] Result<KeptRaw> keep_raw(FileSystem& files, const std::string& folder,
                                       const CivilDate& day, std::string_view bytes);

/// Adds lines to the day's exchanges, on disk when it returns. lines: whole ones, JSON. A piece of
/// a line that a crash left at the end is cut off first. Errors: busy, io.
[[nodiscard]] Result<void> keep_exchange(FileSystem& files, const std::string& folder,
                                         const CivilDate& day, std::string_view lines);

/// What a search of raw originals came to.
struct RawSearch {
  std::vector<std::string> holding;     ///< paths of those that hold one of the texts
  std::vector<std::string> unreadable;  ///< no UTF-8: whether they hold it is not known
};

/// Those in `folder` that hold one of the texts: as it is, or as JSON writes it. A text under 16
/// bytes counts only where it is no piece of a word. Nothing where there is no such folder.
/// Reads every file. Errors: io.
[[nodiscard]] Result<RawSearch> find_raw(FileSystem& files, const std::string& folder,
                                         std::span<const std::string> texts);
/// Puts `[--:--:--]` in the place of these texts. Each file is replaced as a whole, the new one
/// first; repeating it does nothing more. Errors: busy, io.
[[nodiscard]] Result<RawSearch> forget_raw(FileSystem& files, const std::string& folder,
                                           std::span<const std::string> texts);

}  // namespace mbe
