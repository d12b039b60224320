// What this machine can still give to programs: the kernel's own estimate, within the limits of the
// control groups (version 1 and 2) that this process is in. Any thread.
// Source: Linux, Documentation/filesystems/proc.rst (MemAvailable), admin-guide/cgroup-v2.rst,
// admin-guide/cgroup-v1/memory.rst.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mbe::planner {

/// Bytes; nothing where the kernel does not tell. `root`: where proc and sys lie.
[[nodiscard]] std::optional<std::uint64_t> available_memory(
    const std::filesystem::path& root = "/");

}  // namespace mbe::planner
