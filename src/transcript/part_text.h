// A part of a transcript as it lies on disk: its bytes, and where each utterance begins and ends in
// them. What is changed in it - lines forgotten, lines added - leaves every other byte as it was.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"
#include "transcript/line_id.h"
#include "transcript/memory_folder.h"

namespace mbe {

struct PartText {
  /// One utterance; blank lines after it are its own.
  struct Line {
    std::size_t begin = 0, end = 0;  ///< bytes
    std::string digest;
    bool is_forgotten = false;
  };
  std::string bytes;
  std::vector<Line> lines;  ///< the first has ordinal 1
};

/// Errors: not_found, io, limit (over 1 GiB).
[[nodiscard]] Result<PartText> read_part(FileSystem& files, const std::string& path);
/// The same of bytes at hand.
[[nodiscard]] PartText parse_part(std::string bytes);

/// One user's transcripts, or raw originals, are changed by one process and thread at a time.
class FolderLock {
 public:
  /// Makes the folder if it is not there. Errors: busy (held by another for 5 s), io.
  [[nodiscard]] static Result<FolderLock> take(FileSystem& files, const std::string& folder);

 private:
  explicit FolderLock(std::unique_ptr<File> file) : file_(std::move(file)) {}
  std::unique_ptr<File> file_;
};

/// Which chain a folder of transcripts or raw originals belongs to: its file `.chain`.
/// Empty if it does not say. Errors: io.
[[nodiscard]] Result<std::string> chain_of_folder(FileSystem& files, const std::string& folder);
/// Writes `.chain` where it differs. Errors: io.
[[nodiscard]] Result<void> mark_folder(FileSystem& files, const std::string& folder,
                                       const std::string& chain);

/// Those of `wanted` that stand in a part below `root`: in their place, or, where the part was
/// edited by hand, elsewhere in it. Errors: io.
[[nodiscard]] Result<std::vector<bool>> find_lines(FileSystem& files, const std::string& root,
                                                   std::span<const LineId> wanted);
/// Puts `[--:--:--]` in the place of these lines, wherever find_lines finds them. Each part is
/// replaced as a whole; repeating it does nothing more. Errors: io, busy.
[[nodiscard]] Result<void> forget_lines(FileSystem& files, const std::string& root,
                                        std::span<const LineId> wanted);
/// The same for every line below `root` of whose source `gone` says so: when nobody knows any more
/// what they said. Reads every part.
[[nodiscard]] Result<void> forget_lines_if(
    FileSystem& files, const std::string& root,
    const std::function<bool(const std::string& source)>& gone);

}  // namespace mbe
