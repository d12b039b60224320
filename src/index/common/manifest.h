// The one mutable file of an index directory: which segments belong to it, and how far they follow
// the log. Replaced as a whole (fs: replace_file), so a half-written flush is never read.
// One writer at a time. Bytes: docs/format/keyword.md, "Manifest".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"
#include "index/common/segment_file.h"
#include "index/common/watermark.h"

namespace mbe {

struct SegmentEntry {
  std::uint64_t id = 0;     ///< its file is <id in 8 hex digits>.seg
  std::uint64_t bytes = 0;  ///< size of the file
  bool operator==(const SegmentEntry&) const = default;
};

struct Manifest {
  std::optional<Watermark> covered = std::nullopt;
  std::uint64_t next_id = 1;
  std::vector<SegmentEntry> segments = {};  ///< oldest first
  std::string extra = {};                   ///< what the index keeps outside its segments
  bool operator==(const Manifest&) const = default;
};

/// The file of a segment.
[[nodiscard]] std::string segment_path(const std::string& directory, std::uint64_t id);

/// The bytes of a manifest file, its checksum at the end.
[[nodiscard]] std::string serialise(FileForm form, const Manifest& manifest);
/// Errors: corrupt (magic, version, checksum, sizes).
[[nodiscard]] Result<Manifest> parse_manifest(FileForm form, std::string_view bytes,
                                              const std::string& name);

/// The manifest of a directory; an empty one if there is none. Errors: io, corrupt.
[[nodiscard]] Result<Manifest> read_manifest(FileSystem& fs, const std::string& directory,
                                             FileForm form);
/// Writes and syncs a new segment file and its name; not part of the index before write_manifest.
[[nodiscard]] Result<void> write_segment(FileSystem& fs, const std::string& directory,
                                         std::uint64_t id, std::string_view bytes);
/// Replaces the manifest. Errors: io.
[[nodiscard]] Result<void> write_manifest(FileSystem& fs, const std::string& directory,
                                          FileForm form, const Manifest& manifest);
/// Removes every file of the directory that the manifest does not name, and syncs it. Errors: io.
[[nodiscard]] Result<void> remove_left_overs(FileSystem& fs, const std::string& directory,
                                             const Manifest& manifest);

}  // namespace mbe
