// The segments of a log as readers see them: mapped once, looked at by place. A segment that was
// replaced (scrubbed, cut) is mapped anew; views of the old one stay good while the log is open.
// Any thread; readers take no lock once a segment is mapped.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "fs/file_system.h"
#include "store/local/growing_table.h"
#include "store/local/log_files.h"

namespace mbe {

class Segments {
 public:
  Segments(FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  /// Where a segment lies.
  [[nodiscard]] std::string path(std::uint32_t number) const {
    return directory_ + "/" + segment_name(number);
  }
  /// The bytes at a place. Errors: corrupt (the file is shorter), io, not_found.
  [[nodiscard]] Result<std::string_view> view(const Place& place) const {
    return view(place.segment(), place.offset(), place.length());
  }
  /// `size` bytes of a segment from `offset`. Errors: as above.
  [[nodiscard]] Result<std::string_view> view(std::uint32_t number, std::uint64_t offset,
                                              std::uint64_t size) const;
  /// All bytes from `offset` to the end as it is now.
  [[nodiscard]] Result<std::string_view> rest(std::uint32_t number, std::uint64_t offset) const;
  /// Forgets the mapping of a segment that was replaced.
  void replaced(std::uint32_t number);

 private:
  struct Slot {
    std::unique_ptr<Mapping> mapping;
    std::atomic<std::uint64_t> size{0};  ///< of the file when last asked
    std::uint64_t identity = 0;
  };
  [[nodiscard]] Result<Slot*> slot(std::uint32_t number) const;
  [[nodiscard]] Result<Slot*> map(std::uint32_t number) const;
  /// The slot with its size as it is now; another one if the file was replaced.
  [[nodiscard]] Result<Slot*> measured(std::uint32_t number) const;

  [[nodiscard]] Error too_short(std::uint32_t number, std::uint64_t size) const;

  FileSystem& files_;
  std::string directory_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Slot>> owned_;  ///< also those no longer in use
  mutable GrowingTable<Slot*, 256, segments_max / 256> slots_;
};

}  // namespace mbe
