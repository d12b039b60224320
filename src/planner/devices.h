// Graphics cards by name (data/models/gpus.tsv), by their memory in MiB, and this machine itself.
// Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "planner/plan.h"

namespace mbe::planner {

struct Gpu {
  std::string key;   ///< as typed, e.g. "a40"
  std::string name;  ///< for people
  std::uint64_t memory_mib = 0;
  double bandwidth_gbs = 0;
};

/// The table of data/models/gpus.tsv. Errors: io, corrupt (a wrong row; file and line are named).
[[nodiscard]] Result<std::vector<Gpu>> read_gpus(const std::filesystem::path& file);

/// wish: a key of the table (upper or lower case), a number of MiB, or `none` for this machine.
/// Errors: invalid_argument (none of these; the message names the keys).
[[nodiscard]] Result<Device> choose_device(std::string_view wish, const std::vector<Gpu>& gpus);

}  // namespace mbe::planner
