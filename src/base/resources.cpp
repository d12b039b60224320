#include "base/resources.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace mbe {
namespace {

constexpr int folders_above_program_max = 3;

/// The value of an environment variable; an empty one counts as absent.
const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

void add_cache(std::vector<std::filesystem::path>& places) {
  if (const char* cache = environment("MBE_CACHE")) {
    places.emplace_back(cache);
  } else if (const char* xdg = environment("XDG_CACHE_HOME")) {
    places.emplace_back(std::filesystem::path(xdg) / "mbe");
  } else if (const char* home = environment("HOME")) {
    places.emplace_back(std::filesystem::path(home) / ".cache" / "mbe");
  }
}

}  // namespace

std::vector<std::filesystem::path> resource_places() {
  std::vector<std::filesystem::path> places;
  if (const char* data = environment("MBE_DATA")) places.emplace_back(data);
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  auto folder = program.parent_path();
  for (int up = 0; !error && up <= folders_above_program_max; ++up) {
    places.push_back(folder / "share" / "mbe");
    places.push_back(folder / "lib" / "mbe");
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  add_cache(places);
  return places;
}

Result<std::filesystem::path> find_resource_in(const std::vector<std::filesystem::path>& places,
                                               std::string_view name) {
  std::string searched;
  for (const auto& place : places) {
    std::error_code error;
    auto path = place / name;
    if (std::filesystem::exists(path, error)) return path;
    searched += (searched.empty() ? "" : ", ") + place.string();
  }
  return fail(ErrorCode::unavailable,
              "{} was not found in any of: {}; run ./launch.sh, or set MBE_DATA or MBE_CACHE", name,
              searched);
}

Result<std::filesystem::path> find_resource(std::string_view name) {
  return find_resource_in(resource_places(), name);
}

}  // namespace mbe
