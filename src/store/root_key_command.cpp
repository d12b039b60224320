// The root key from an external command: no shell, a time limit, exactly 32 bytes.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "store/root_key.h"

extern char** environ;

namespace mbe {

namespace {

constexpr std::size_t key_bytes = 32;

Error failed(const std::string& command, std::string_view why) {
  return fail(ErrorCode::unavailable, "the root key command {} failed: {}", command, why);
}

/// Starts the command with its standard output on `write_end`; its process id, or 0.
pid_t start(const std::vector<std::string>& argv, int write_end) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, write_end, STDOUT_FILENO);
  pid_t id = 0;
  const int rc = ::posix_spawnp(&id, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return rc == 0 ? id : 0;
}

/// Reads at most one byte more than a key until the end or the time is over. False on the latter.
bool read_until(int fd, std::chrono::steady_clock::time_point until, std::string& out) {
  using std::chrono::steady_clock;
  while (out.size() <= key_bytes) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
    pollfd waiting{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) == 0) return false;
    char bytes[key_bytes + 1];
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    out.append(bytes, static_cast<std::size_t>(got));
  }
  return true;
}

/// Waits for the end; kills it when the time is over. The exit status, or nothing if killed.
std::optional<int> finish(pid_t id, bool in_time, std::chrono::steady_clock::time_point until) {
  int status = 0;
  while (in_time && ::waitpid(id, &status, WNOHANG) == 0) {
    in_time = std::chrono::steady_clock::now() < until;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (in_time) return status;
  ::kill(id, SIGKILL);
  ::waitpid(id, &status, 0);
  return std::nullopt;
}

}  // namespace

Result<Bytes32> root_key_from_command(const std::vector<std::string>& argv,
                                      std::uint32_t timeout_ms) {
  if (argv.empty() || argv[0].empty()) return failed("", "no command is configured");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed(argv[0], std::strerror(errno));
  const pid_t id = start(argv, ends[1]);
  ::close(ends[1]);
  std::string bytes;
  if (id == 0) {
    ::close(ends[0]);
    return failed(argv[0], "it cannot be started");
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  const bool in_time = read_until(ends[0], until, bytes);
  ::close(ends[0]);
  const std::optional<int> status = finish(id, in_time, until);
  if (!status) return failed(argv[0], "it took too long");
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) return failed(argv[0], "its exit status");
  if (bytes.size() != key_bytes) return failed(argv[0], "it must print exactly 32 bytes");
  Bytes32 key{};
  std::ranges::copy(bytes, key.begin());
  return key;
}

}  // namespace mbe
