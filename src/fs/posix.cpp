// The machine's file system, by POSIX calls. Locks are those of the open file description (Linux
// OFD), so they also part threads and die with the process.
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "fs/file_system.h"

namespace mbe {

namespace {

Error failed(std::string_view format, const std::string& path, int error) {
  const ErrorCode code = error == ENOENT ? ErrorCode::not_found
                         : error == EACCES || error == EPERM || error == EROFS || error == EEXIST
                             ? ErrorCode::denied
                             : ErrorCode::io;
  return fail(code, format, path, std::strerror(error));
}

class PosixMapping final : public Mapping {
 public:
  PosixMapping(void* base, std::size_t size) : base_(base), size_(size) {}
  ~PosixMapping() override { ::munmap(base_, size_); }
  [[nodiscard]] std::string_view view(std::uint64_t offset, std::uint64_t size) const override {
    MBE_ASSERT(offset <= size_ && size <= size_ - offset);
    return {static_cast<const char*>(base_) + offset, size};
  }

 private:
  void* base_;
  std::size_t size_;
};

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }

  [[nodiscard]] Result<std::uint64_t> size() const override {
    struct stat status;
    if (::fstat(fd_, &status) != 0) return failed("cannot read the size of {}: {}", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  [[nodiscard]] Result<std::uint64_t> identity() const override {
    struct stat status;
    if (::fstat(fd_, &status) != 0) return failed("cannot look at {}: {}", path_, errno);
    return static_cast<std::uint64_t>(status.st_ino);
  }

  [[nodiscard]] Result<std::int64_t> modified_ns() const override {
    struct stat status;
    if (::fstat(fd_, &status) != 0) return failed("cannot look at {}: {}", path_, errno);
    return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  }

  [[nodiscard]] Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failed("cannot write to {}: {}", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::uint64_t size) const override {
    std::string out(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const ssize_t got =
          ::pread(fd_, out.data() + done, size - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed("cannot read {}: {}", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return out;
  }

  [[nodiscard]] Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) == 0) return {};
    return failed("cannot shorten {}: {}", path_, errno);
  }

  [[nodiscard]] Result<void> sync_data() override {
    if (::fdatasync(fd_) == 0) return {};
    return failed("cannot sync {} to the disk: {}", path_, errno);
  }

  [[nodiscard]] Result<std::unique_ptr<Mapping>> map(std::uint64_t size_max) const override {
    void* const base = ::mmap(nullptr, size_max, PROT_READ, MAP_SHARED, fd_, 0);
    if (base == MAP_FAILED) return failed("cannot map {}: {}", path_, errno);
    return std::unique_ptr<Mapping>(std::make_unique<PosixMapping>(base, size_max));
  }

  [[nodiscard]] Result<bool> try_lock(unsigned number) override {
    if (set_lock(number, F_WRLCK)) return true;
    if (errno == EAGAIN || errno == EACCES) return false;
    return failed("cannot lock {}: {}", path_, errno);
  }
  void unlock(unsigned number) override { set_lock(number, F_UNLCK); }

 private:
  bool set_lock(unsigned number, short type) {
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(number);
    lock.l_len = 1;
    return ::fcntl(fd_, F_OFD_SETLK, &lock) == 0;
  }

  int fd_;
  std::string path_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::write:
      return O_RDWR;
    case OpenMode::create:
      return O_RDWR | O_CREAT;
    case OpenMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  MBE_ASSERT(false && "unknown open mode");
  return 0;
}

class PosixFileSystem final : public FileSystem {
 public:
  [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path,
                                                   OpenMode mode) override {
    constexpr mode_t owner_only = 0600;
    const int fd = ::open(path.c_str(), open_flags(mode) | O_CLOEXEC | O_NOFOLLOW, owner_only);
    if (fd < 0) return failed("cannot open {}: {}", path, errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  [[nodiscard]] Result<std::vector<std::string>> list(const std::string& directory) override {
    DIR* const handle = ::opendir(directory.c_str());
    if (handle == nullptr) return failed("cannot list {}: {}", directory, errno);
    std::vector<std::string> names;
    while (const dirent* const entry = ::readdir(handle)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(handle);
    std::ranges::sort(names);
    return names;
  }

  [[nodiscard]] Result<bool> exists(const std::string& path) override {
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return failed("cannot look at {}: {}", path, errno);
  }

  [[nodiscard]] Result<void> make_directories(const std::string& directory) override {
    MBE_ASSIGN(const bool there, exists(directory));
    if (there) return {};
    const std::string parent = parent_directory(directory);
    MBE_TRY(make_directories(parent));
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
      return failed("cannot make the directory {}: {}", directory, errno);
    }
    return sync_directory(parent);
  }

  [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) == 0) return {};
    return failed("cannot rename {}: {}", from, errno);
  }

  [[nodiscard]] Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) == 0) return {};
    return failed("cannot remove {}: {}", path, errno);
  }

  [[nodiscard]] Result<void> sync_directory(const std::string& directory) override {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("cannot open {}: {}", directory, errno);
    const int rc = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    if (rc != 0) return failed("cannot sync {} to the disk: {}", directory, error);
    return {};
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static PosixFileSystem files;
  return files;
}

}  // namespace mbe
