#include "importers/byte_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace mbe::importers {

namespace {

Error open_error(const std::string& path, int code) {
  if (code == ENOENT) return fail(ErrorCode::not_found, "there is no file {}", path);
  return fail(ErrorCode::io, "cannot read {}: {}", path, std::strerror(code));
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {
    struct stat status{};
    if (fstat(fileno(file_), &status) == 0 && S_ISREG(status.st_mode)) {
      bytes_total_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  ~FileSource() override {
    if (file_ != stdin) std::fclose(file_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<std::size_t> read(char* into, std::size_t size) override {
    const std::size_t got = std::fread(into, 1, size, file_);
    if (got == 0 && std::ferror(file_) != 0) return open_error(path_, errno == 0 ? EIO : errno);
    return got;
  }
  std::uint64_t bytes_total() const override { return bytes_total_; }

 private:
  std::FILE* file_;
  std::string path_;
  std::uint64_t bytes_total_ = 0;
};

}  // namespace

Result<std::size_t> MemorySource::read(char* into, std::size_t size) {
  const std::size_t count = std::min(size, text_.size() - used_);
  std::memcpy(into, text_.data() + used_, count);
  used_ += count;
  return count;
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  if (path == "-") {
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(stdin, "standard input"));
  }
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return open_error(path, errno);
  struct stat status{};
  if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
    std::fclose(file);
    return open_error(path, EISDIR);
  }
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(file, path));
}

}  // namespace mbe::importers
