#include "store/local/ballast.h"

namespace mbe {

// Written out, not only sized: a file with holes takes up no space.
Result<void> reserve_ballast(FileSystem& files, const std::string& path) {
  constexpr std::uint64_t piece = 1ULL << 20;
  MBE_ASSIGN(const auto file, files.open(path, OpenMode::create));
  MBE_ASSIGN(std::uint64_t size, file->size());
  if (size >= ballast_bytes) return {};
  const std::string bytes(piece, '\x5a');
  for (; size < ballast_bytes; size += bytes.size()) MBE_TRY(file->write(size, bytes));
  return file->sync_data();
}

bool release_ballast(FileSystem& files, const std::string& path) {
  return files.remove(path).ok();
}

}  // namespace mbe
