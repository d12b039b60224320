#include "engine/files.h"

namespace mbe {

namespace {

/// Calls `visit` with every file below a folder. Entries that cannot be listed are files.
template <class Visit>
Result<void> walk(FileSystem& files, const std::string& directory, const Visit& visit) {
  auto names = files.list(directory);
  if (!names.ok() && names.error().code() == ErrorCode::not_found) return {};
  if (!names.ok()) return names.error();
  for (const std::string& name : *names) {
    const std::string path = directory + "/" + name;
    if (files.list(path).ok()) {
      MBE_TRY(walk(files, path, visit));
    } else {
      MBE_TRY(visit(path));
    }
  }
  return {};
}

}  // namespace

Result<void> remove_directory(FileSystem& files, const std::string& directory) {
  return walk(files, directory, [&](const std::string& path) { return files.remove(path); });
}

Result<std::uint64_t> directory_bytes(FileSystem& files, const std::string& directory) {
  std::uint64_t total = 0;
  MBE_TRY(walk(files, directory, [&](const std::string& path) -> Result<void> {
    MBE_ASSIGN(const auto file, files.open(path, OpenMode::read));
    MBE_ASSIGN(const std::uint64_t size, file->size());
    total += size;
    return {};
  }));
  return total;
}

}  // namespace mbe
