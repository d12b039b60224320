// A file that only takes up space, to be given up when the disk is full and something must be
// forgotten or closed. Any thread, any process.
#pragma once

#include <cstdint>
#include <string>

#include "fs/file_system.h"

namespace mbe {

inline constexpr std::uint64_t ballast_bytes = 16ULL << 20;

/// Makes or completes the file; does nothing if it is whole. Errors: io (no room for it).
[[nodiscard]] Result<void> reserve_ballast(FileSystem& files, const std::string& path);
/// Removes it. False if it was not there or cannot be removed.
[[nodiscard]] bool release_ballast(FileSystem& files, const std::string& path);

}  // namespace mbe
