#include "fs/file_system.h"

namespace mbe {

Result<std::string> read_file(FileSystem& files, const std::string& path, std::uint64_t size_max) {
  MBE_ASSIGN(const std::unique_ptr<File> file, files.open(path, OpenMode::read));
  MBE_ASSIGN(const std::uint64_t size, file->size());
  if (size > size_max) {
    return fail(ErrorCode::limit, "{} is {} bytes, at most {} are read", path, size, size_max);
  }
  return file->read(0, size);
}

Result<void> replace_file(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".tmp";
  {
    MBE_ASSIGN(const std::unique_ptr<File> file, files.open(beside, OpenMode::create));
    MBE_TRY(file->truncate(0));
    MBE_TRY(file->write(0, bytes));
    MBE_TRY(file->sync_data());
  }
  MBE_TRY(files.rename(beside, path));
  return files.sync_directory(parent_directory(path));
}

std::string parent_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace mbe
