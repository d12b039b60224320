#include "child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace mbe {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

void wait_us(std::uint64_t microseconds) {
  ::usleep(static_cast<useconds_t>(microseconds));
}

TestFolder::TestFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mbe-fault-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make " << pattern;
  path_ = pattern;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Child::Child(const std::vector<std::string>& words, bool quiet) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  id_ = ::fork();
  if (id_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    if (quiet) ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  out_ = ::fdopen(ends[0], "r");
}

Child::Child(Child&& other) noexcept
    : id_(std::exchange(other.id_, 0)), out_(std::exchange(other.out_, nullptr)) {}

Child::~Child() {
  if (id_ != 0) kill();
  wait();
  if (out_ != nullptr) std::fclose(out_);
}

std::optional<std::string> Child::line() {
  std::string text;
  for (int c = std::fgetc(out_); c != EOF; c = std::fgetc(out_)) {
    if (c == '\n') return text;
    text += static_cast<char>(c);
  }
  return std::nullopt;
}

std::vector<std::string> Child::lines() {
  std::vector<std::string> all;
  while (std::optional<std::string> one = line()) all.push_back(std::move(*one));
  return all;
}

void Child::kill() {
  ::kill(id_, SIGKILL);
}

int Child::wait() {
  if (id_ == 0) return -1;
  int status = 0;
  ::waitpid(std::exchange(id_, 0), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace mbe
