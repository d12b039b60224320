// A child process with low privilege: no terminal, no inherited descriptors but its log, killed
// when its parent dies. One thread starts and waits.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace mbe {

struct ChildOptions {
  std::vector<std::string> command;  ///< program first
  std::filesystem::path log;         ///< its standard output and error; begun anew
  std::size_t memory_mib = 0;        ///< of memory it allocates itself; 0: no limit
};

class ChildProcess {
 public:
  /// Errors: io (no process, no log).
  [[nodiscard]] static Result<ChildProcess> start(const ChildOptions& options);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Ends it: asks, and after `grace` kills.
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for its end. True if it has ended.
  [[nodiscard]] bool wait(std::chrono::milliseconds longest);
  /// "code 1" or "signal 9"; only after wait() said true.
  [[nodiscard]] std::string ending() const;

  static constexpr std::chrono::milliseconds grace{3'000};

 private:
  ChildProcess(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor) {}
  pid_t pid_;
  int descriptor_;  ///< a pidfd
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace mbe
