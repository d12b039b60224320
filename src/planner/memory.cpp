#include "planner/memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <string_view>

namespace mbe::planner {

namespace {

namespace fs = std::filesystem;

/// The files of a version of control groups.
struct Names {
  const char* folder;
  const char* limit;
  const char* used;
  const char* idle;  ///< in memory.stat: what the kernel takes back when it is needed
};
constexpr Names version_1 = {"sys/fs/cgroup/memory", "memory.limit_in_bytes",
                             "memory.usage_in_bytes", "total_inactive_file"};
constexpr Names version_2 = {"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};

/// The number after `name` and blanks or a colon; where the name is empty, that at the beginning.
std::optional<std::uint64_t> number_in(const fs::path& file, std::string_view name) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    std::string_view rest = line;
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    const std::size_t begin = rest.find_first_not_of(": ");
    if (begin == std::string_view::npos || (!name.empty() && begin == 0)) continue;
    std::uint64_t number = 0;
    const char* end = rest.data() + rest.size();
    if (std::from_chars(rest.data() + begin, end, number).ec == std::errc()) return number;
    return std::nullopt;  // `max`
  }
  return std::nullopt;
}

/// What a group may take beyond what it has.
std::optional<std::uint64_t> left_in(const fs::path& group, const Names& names) {
  const auto limit = number_in(group / names.limit, "");
  if (!limit) return std::nullopt;
  const std::uint64_t used = number_in(group / names.used, "").value_or(0);
  const std::uint64_t idle = number_in(group / "memory.stat", names.idle).value_or(0);
  const std::uint64_t held = used - std::min(used, idle);
  return *limit - std::min(*limit, held);
}

/// The least of a group and all above it: each limits those below.
void lower_by(const fs::path& root, const Names& names, fs::path group, std::uint64_t& out) {
  const fs::path top = root / names.folder;
  for (;;) {
    if (const auto left = left_in(top / group.relative_path(), names)) out = std::min(out, *left);
    if (!group.has_relative_path()) return;
    group = group.parent_path();
  }
}

}  // namespace

std::optional<std::uint64_t> available_memory(const fs::path& root) {
  constexpr std::uint64_t kib = 1'024;
  const auto free = number_in(root / "proc/meminfo", "MemAvailable");
  if (!free) return std::nullopt;
  std::uint64_t out = *free * kib;
  std::ifstream groups(root / "proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {  // number:controllers:path
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string kind = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (kind.empty()) lower_by(root, version_2, group, out);
    if (kind == "memory") lower_by(root, version_1, group, out);
  }
  return out;
}

}  // namespace mbe::planner
