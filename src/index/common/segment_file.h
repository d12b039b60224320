// The container all index segments share: a head, named sections, and a checksum for every 64 KiB
// page. Built once as bytes, then unchanging: held in memory (a tail) or mapped from a file.
// Invariant: bytes of a mapped file are handed out only after the checksum of every page they touch
// was compared, once a page. Any thread. Bytes: docs/format/keyword.md, "Container".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"

namespace mbe {

/// Names one kind of derived file: eight bytes, and the version of what its sections hold.
struct FileForm {
  std::string_view magic;
  std::uint32_t version = 1;
};

/// What a segment holds, known without looking into its sections.
struct SegmentInfo {
  std::uint64_t items = 0;
  std::uint64_t first_sequence = 0;  ///< smallest and largest it holds; 0, 0 if empty
  std::uint64_t last_sequence = 0;
};

/// Collects sections and builds the bytes of a segment.
class SegmentBuilder {
 public:
  SegmentBuilder(FileForm form, SegmentInfo info) : form_(form), info_(info) {}
  /// Adds a section after those before it; `section` is its id in the file.
  void add(std::uint32_t section, std::string bytes) {
    sections_.emplace_back(section, std::move(bytes));
  }
  /// The bytes of the whole file, with their page checksums.
  [[nodiscard]] std::string finish() const;

 private:
  FileForm form_;
  SegmentInfo info_;
  std::vector<std::pair<std::uint32_t, std::string>> sections_;
};

class SegmentFile {
 public:
  /// Takes bytes that SegmentBuilder made in this process: pages are not checked again.
  [[nodiscard]] static Result<std::shared_ptr<const SegmentFile>> from_memory(FileForm form,
                                                                              std::string bytes);
  /// Maps a file of `size` bytes and checks its head. Errors: io, not_found, corrupt.
  [[nodiscard]] static Result<std::shared_ptr<const SegmentFile>> map(FileSystem& fs,
                                                                      const std::string& path,
                                                                      FileForm form);

  [[nodiscard]] const SegmentInfo& info() const { return info_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  /// A whole section, unchecked as yet; empty if there is none. Pass what is used to check().
  [[nodiscard]] std::string_view section(std::uint32_t id) const;
  /// Compares the pages that a part of a section touches; cheap when they were compared before.
  [[nodiscard]] bool check(std::string_view part) const;
  /// section() and check() of all of it. Errors: corrupt (damage, or not `size` bytes if given).
  [[nodiscard]] Result<std::string_view> checked(std::uint32_t id) const;
  [[nodiscard]] Result<std::string_view> checked(std::uint32_t id, std::uint64_t size) const;
  /// Reads every page. Errors: corrupt.
  [[nodiscard]] Result<void> verify() const;
  /// The error that names this file.
  [[nodiscard]] Error corrupt(std::string_view what) const;

 private:
  SegmentFile() = default;
  Result<void> parse(FileForm form);
  [[nodiscard]] bool page_fits(std::size_t page) const;

  std::string name_;
  std::string memory_;
  std::unique_ptr<File> file_;
  std::unique_ptr<Mapping> mapping_;
  std::string_view bytes_;
  SegmentInfo info_;
  std::uint64_t data_begin_ = 0;
  std::uint64_t data_end_ = 0;
  std::vector<std::pair<std::uint32_t, std::string_view>> sections_;
  /// One flag a page, set once compared; null for memory.
  mutable std::unique_ptr<std::atomic<bool>[]> page_known_;
};

}  // namespace mbe
