// FileSystem: every call the log makes to a disk, so that tests can replace the disk. Paths are
// plain strings; directories are made 0700, files 0600. Nothing is durable before sync_data of the
// file and, for a name, sync_directory of its directory.
// Any thread may call any member, and reads of one File may run beside its writes.
// Two versions: posix_file_system() and FaultyFileSystem (fs/faulty.h), one suite for both.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// A read-only window on a file. Bytes written later show through; the file may be replaced by
/// rename meanwhile (the window keeps the old one), but never shrinks below what is looked at.
class Mapping {
 public:
  virtual ~Mapping() = default;
  /// Bytes at `offset`; they must exist in the file. Valid while the mapping lives.
  [[nodiscard]] virtual std::string_view view(std::uint64_t offset, std::uint64_t size) const = 0;
};

class File {
 public:
  virtual ~File() = default;
  /// Errors of all members: io.
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
  /// Tells two files apart, also one from what replaced it under the same name.
  [[nodiscard]] virtual Result<std::uint64_t> identity() const = 0;
  /// When its bytes last changed, by the clock of the disk's driver (ns; steps of milliseconds).
  [[nodiscard]] virtual Result<std::int64_t> modified_ns() const = 0;
  /// Writes all of `bytes` at `offset`. After an error any prefix of it may be there.
  [[nodiscard]] virtual Result<void> write(std::uint64_t offset, std::string_view bytes) = 0;
  /// At most `size` bytes from `offset`; shorter only at the end of the file.
  [[nodiscard]] virtual Result<std::string> read(std::uint64_t offset,
                                                 std::uint64_t size) const = 0;
  [[nodiscard]] virtual Result<void> truncate(std::uint64_t size) = 0;
  /// fdatasync. After an error the state of everything written since the last one is unknown, and
  /// another call proves nothing.
  [[nodiscard]] virtual Result<void> sync_data() = 0;
  /// A window of up to `size_max` bytes, which may reach beyond the end of the file.
  [[nodiscard]] virtual Result<std::unique_ptr<Mapping>> map(std::uint64_t size_max) const = 0;
  /// One of the advisory locks of a file, by number; exclusive among open files of all processes.
  /// Given up by unlock or when the File goes. False if another has it.
  [[nodiscard]] virtual Result<bool> try_lock(unsigned number) = 0;
  virtual void unlock(unsigned number) = 0;
};

enum class OpenMode : std::uint8_t {
  read,        ///< must exist
  write,       ///< read and write; must exist
  create,      ///< read and write; made if absent
  create_new,  ///< read and write; must not exist
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// Errors: not_found, denied (create_new and it exists; not permitted), io.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string& path,
                                                           OpenMode mode) = 0;
  /// Names of the entries of a directory, sorted. Errors: not_found, io.
  [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  [[nodiscard]] virtual Result<bool> exists(const std::string& path) = 0;
  /// Makes the directory and its missing parents, each synced in its parent.
  [[nodiscard]] virtual Result<void> make_directories(const std::string& directory) = 0;
  /// Replaces `to`. Errors: not_found, io.
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Errors: not_found, io.
  [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> sync_directory(const std::string& directory) = 0;
};

/// The machine's file system. Thread-safe.
[[nodiscard]] FileSystem& posix_file_system();

/// All bytes of a file. Errors: not_found, io, limit (longer than `size_max`).
[[nodiscard]] Result<std::string> read_file(FileSystem& files, const std::string& path,
                                            std::uint64_t size_max);
/// Replaces a file as a whole: written beside it, synced, renamed, the directory synced. A reader
/// or a crash meets the old or the new bytes, never a mixture.
[[nodiscard]] Result<void> replace_file(FileSystem& files, const std::string& path,
                                        std::string_view bytes);
/// The directory part of a path, "." if it has none.
[[nodiscard]] std::string parent_directory(const std::string& path);

}  // namespace mbe
