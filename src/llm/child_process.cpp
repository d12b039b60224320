#include "llm/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace mbe {

namespace {

constexpr mode_t log_mode = 0600;
constexpr int cannot_start = 127;

/// Our environment without what looks like a secret: a model server needs none.
std::vector<char*> environment() {
  constexpr std::array<std::string_view, 4> secrets = {"KEY", "TOKEN", "SECRET", "PASSWORD"};
  std::vector<char*> out;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view entry = *one;
    const std::string_view name = entry.substr(0, entry.find('='));
    const auto is_in_name = [name](std::string_view word) {
      return name.find(word) != std::string_view::npos;
    };
    if (std::ranges::none_of(secrets, is_in_name)) out.push_back(*one);
  }
  out.push_back(nullptr);
  return out;
}

/// Between fork and exec: system calls alone. Never returns.
[[noreturn]] void become(char* const* command, char* const* environment, int log,
                         std::size_t memory_mib, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(cannot_start);  // the parent died before
  ::setsid();
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  const rlimit no_core = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (memory_mib > 0) {
    const rlim_t bytes = static_cast<rlim_t>(memory_mib) << 20U;
    const rlimit memory = {bytes, bytes};
    ::setrlimit(RLIMIT_DATA, &memory);
  }
  // Where memory runs out, the model goes before the memory server.
  if (const int score = ::open("/proc/self/oom_score_adj", O_WRONLY); score >= 0) {
    constexpr char first_to_go[] = "800";
    if (::write(score, first_to_go, sizeof first_to_go - 1) > 0) ::close(score);
  }
  // Until here signals wait: what our own handlers took in this copy of us would be lost. A child
  // starts with none of them, and with nothing ignored.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(command[0], command, environment);
  ::_exit(cannot_start);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const ChildOptions& options) {
  const int log =
      ::open(options.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, log_mode);
  if (log < 0) {
    return fail(ErrorCode::io, "cannot write {}: {}", options.log.string(), std::strerror(errno));
  }
  std::vector<char*> command;
  for (const std::string& word : options.command) {
    command.push_back(const_cast<char*>(word.c_str()));
  }
  command.push_back(nullptr);
  const std::vector<char*> kept = environment();
  const pid_t parent = ::getpid();
  sigset_t all;
  sigset_t ours;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &ours);
  const pid_t pid = ::fork();
  if (pid == 0) become(command.data(), kept.data(), log, options.memory_mib, parent);
  const int failed = errno;
  ::pthread_sigmask(SIG_SETMASK, &ours, nullptr);
  ::close(log);
  if (pid < 0) {
    return fail(ErrorCode::io, "cannot start {}: {}", options.command[0], std::strerror(failed));
  }
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
  if (descriptor < 0) {
    const int no_descriptor = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return fail(ErrorCode::io, "cannot watch {}: {}", options.command[0],
                std::strerror(no_descriptor));
  }
  return ChildProcess(pid, descriptor);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      status_(other.status_),
      ended_(other.ended_) {}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  if (!ended_) {
    ::kill(pid_, SIGTERM);
    if (!wait(grace)) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status_, 0);
    }
  }
  ::close(descriptor_);
}

bool ChildProcess::wait(std::chrono::milliseconds longest) {
  if (ended_) return true;
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + longest;
  pollfd one = {descriptor_, POLLIN, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const int found = ::poll(&one, 1, static_cast<int>(std::max<long>(0, left.count())));
    if (found > 0) break;
    const bool interrupted = found < 0 && errno == EINTR;  // by a signal of ours
    if (!interrupted) return false;
  }
  ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return ended_;
}

std::string ChildProcess::ending() const {
  if (WIFSIGNALED(status_)) return "signal " + std::to_string(WTERMSIG(status_));
  return "code " + std::to_string(WEXITSTATUS(status_));
}

}  // namespace mbe
