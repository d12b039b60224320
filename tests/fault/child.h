// A child process whose standard output arrives here line by line, and what the tests that start
// some share: a folder of their own, and how much to do. One test at a time uses a child.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mbe {

/// A number from the environment: the regular tests take `otherwise`, the long programmes set it.
[[nodiscard]] std::uint64_t from_environment(const char* name, std::uint64_t otherwise);

/// Waits that long; how a test comes to interrupt a process at a moment of chance.
void wait_us(std::uint64_t microseconds);

/// A folder that is gone with the test.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Child {
 public:
  /// Starts words[0] with the rest as its arguments; standard error is the parent's, or goes where
  /// `quiet` says: nowhere.
  explicit Child(const std::vector<std::string>& words, bool quiet = false);
  /// Kills it if it still runs.
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  /// The next whole line without its LF; nothing at the end. A line that the process did not finish
  /// is not one.
  [[nodiscard]] std::optional<std::string> line();
  /// All lines that are left, until the process ends.
  [[nodiscard]] std::vector<std::string> lines();
  /// SIGKILL: the process gets no chance to finish anything.
  void kill();
  /// Waits for its end: the exit code, or 128 + the signal that ended it.
  int wait();

 private:
  pid_t id_ = 0;
  FILE* out_ = nullptr;
};

}  // namespace mbe
