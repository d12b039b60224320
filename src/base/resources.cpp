#include "base/resources.h"

#include <dlfcn.h>
#include <sys/auxv.h>

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

/// The shared library that holds this code; empty where that is the program itself.
std::filesystem::path own_library() {
  // The program may be named by no more than what it was called by; only where a library lies is
  // known for certain, if perhaps from the folder in which it was loaded.
  static const std::filesystem::path found = [] {
    Dl_info own{};
    Dl_info program{};
    const bool known = dladdr(reinterpret_cast<const void*>(&own_library), &own) != 0 &&
                       dladdr(reinterpret_cast<const void*>(getauxval(AT_PHDR)), &program) != 0;
    std::error_code error;
    if (!known || own.dli_fbase == program.dli_fbase) return std::filesystem::path();
    return std::filesystem::canonical(own.dli_fname, error);
  }();
  return found;
}

/// Beside a file, and up to three folders above it.
void add_beside(const std::filesystem::path& file, std::vector<std::filesystem::path>& places) {
  auto folder = file.parent_path();
  for (int up = 0; up <= folders_above_program_max; ++up) {
    places.push_back(folder / "share" / "mbe");
    places.push_back(folder / "lib" / "mbe");
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
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
  if (const auto library = own_library(); !library.empty()) add_beside(library, places);
  if (!program.empty()) add_beside(program, places);
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
