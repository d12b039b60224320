// The files of a local log: names, the place of a line, the head record. One description shared by
// reader and writer. Formats: docs/format/segment.md, docs/format/head.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "block/line.h"
#include "fs/file_system.h"

namespace mbe {

inline constexpr std::uint32_t segments_max = 1U << 16;
inline constexpr std::uint64_t segment_map_bytes = 128ULL << 20;  ///< more than any segment has
inline constexpr std::size_t head_record_bytes = 320;

/// Where a line lies, in one word: segment 16 bits, offset 27, length 21. Zero: nowhere.
class Place {
 public:
  Place() = default;
  explicit Place(std::uint64_t word) : word_(word) {}
  Place(std::uint32_t segment, std::uint64_t offset, std::size_t length)
      : word_(std::uint64_t{segment} << 48 | offset << 21 | length) {}
  [[nodiscard]] std::uint64_t word() const { return word_; }
  [[nodiscard]] bool known() const { return word_ != 0; }
  [[nodiscard]] std::uint32_t segment() const { return static_cast<std::uint32_t>(word_ >> 48); }
  [[nodiscard]] std::uint64_t offset() const { return word_ >> 21 & ((1ULL << 27) - 1); }
  [[nodiscard]] std::size_t length() const { return word_ & ((1ULL << 21) - 1); }

 private:
  std::uint64_t word_ = 0;
};
static_assert(line_bytes_max < (1U << 21) && segment_map_bytes <= (1U << 27));

/// `000000.seg.jsonl`, and back; nothing for any other name.
[[nodiscard]] std::string segment_name(std::uint32_t number);
[[nodiscard]] std::optional<std::uint32_t> segment_number(std::string_view name);
/// Numbers of the segments in a log directory, ascending. Errors: io, not_found.
[[nodiscard]] Result<std::vector<std::uint32_t>> list_segments(FileSystem& files,
                                                               const std::string& directory);

/// Where the chain ends: the newest acknowledged block and the first byte behind it.
struct Tail {
  std::uint64_t count = 0;  ///< blocks; the next sequence
  Digest hash{};            ///< of the newest block
  std::uint32_t epoch = 0;  ///< of the newest block
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;
  std::uint64_t synced = 0;  ///< blocks known to be on disk
  auto operator<=>(const Tail&) const = default;
};

/// The 320 bytes of log/head; needs count > 0. Nothing on parsing any other bytes.
[[nodiscard]] std::string format_head(const Tail& tail);
[[nodiscard]] std::optional<Tail> parse_head(std::string_view bytes);

/// A segment's file as it was when looked at: another stamp means that its bytes may be others.
struct SegmentStamp {
  std::uint64_t number = 0;
  std::uint64_t size = 0;
  std::uint64_t identity = 0;
  std::int64_t modified_ns = 0;
  auto operator<=>(const SegmentStamp&) const = default;
};
/// Errors: not_found, io.
[[nodiscard]] Result<SegmentStamp> stamp_of(FileSystem& files, const std::string& path,
                                            std::uint32_t number);

/// What speeds up an open: places of all blocks up to a tail. Derived; may be deleted.
struct SavedOffsets {
  Tail tail;
  std::vector<SegmentStamp> stamps;  ///< of every segment up to the tail's, ascending
  std::vector<std::uint64_t> erase_blocks;
  std::vector<std::uint64_t> places;  ///< words of Place, by sequence
};
/// The bytes of derived/offsets; needs a place for each block.
[[nodiscard]] std::string format_offsets(const SavedOffsets& saved, std::string_view chain);
/// Nothing if any byte is wrong or it is of another chain.
[[nodiscard]] std::optional<SavedOffsets> parse_offsets(std::string_view bytes,
                                                        std::string_view chain);

}  // namespace mbe
