#include "llm/child_process.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

namespace mbe {
namespace {

using std::chrono::milliseconds;

class ChildProcessTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(log_); }
  [[nodiscard]] Result<ChildProcess> start(const std::string& script) const {
    return ChildProcess::start({.command = {"/bin/sh", "-c", script}, .log = log_});
  }
  [[nodiscard]] std::string printed() const {
    std::ostringstream out;
    out << std::ifstream(log_).rdbuf();
    return out.str();
  }

  const std::filesystem::path log_ =
      std::filesystem::temp_directory_path() / ("mbe-child-" + std::to_string(::getpid()));
  static constexpr milliseconds long_enough{60'000};
};

/// Signals that are caught here, as the program catches them.
class Caught {
 public:
  Caught(int number, void (*handler)(int)) : number_(number) {
    struct sigaction action{};
    action.sa_handler = handler;
    ::sigaction(number, &action, &before_);
  }
  ~Caught() { ::sigaction(number_, &before_, nullptr); }
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;

 private:
  int number_;
  struct sigaction before_{};
};

void take(int) {}

TEST_F(ChildProcessTest, SaysHowItEnded) {
  auto child = start("echo hello; exit 3");
  ASSERT_TRUE(child.ok()) << child.error().message();
  ASSERT_TRUE(child->wait(long_enough));
  EXPECT_EQ(child->ending(), "code 3");
  EXPECT_EQ(printed(), "hello\n");
  EXPECT_EQ(ChildProcess::start({.command = {"/bin/true"}, .log = "/nowhere/log"}).error().code(),
            ErrorCode::io);
}

// A signal that comes before the child has become its program was taken by our own handler there.
TEST_F(ChildProcessTest, EndsByASignalThatComesAtOnce) {
  const Caught handler(SIGTERM, take);
  for (int i = 0; i < 60; ++i) {
    auto child = start("exec sleep 600");
    ASSERT_TRUE(child.ok()) << child.error().message();
    ASSERT_EQ(::kill(child->pid(), SIGTERM), 0);
    ASSERT_TRUE(child->wait(long_enough)) << "lost at " << i;
    ASSERT_EQ(child->ending(), "signal 15");
  }
}

TEST_F(ChildProcessTest, StartsWithNoSignalIgnoredOrHeldBack) {
  const Caught ignored(SIGHUP, SIG_IGN);
  sigset_t usr1;
  sigset_t before;
  ::sigemptyset(&usr1);
  ::sigaddset(&usr1, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &usr1, &before);
  auto child = start("grep -E 'Sig(Blk|Ign)' /proc/self/status");
  ASSERT_TRUE(child.ok()) << child.error().message();
  ASSERT_TRUE(child->wait(long_enough));
  EXPECT_EQ(printed(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_EQ(::sigismember(&after, SIGUSR1), 1);  // our own are as they were
  EXPECT_EQ(::sigismember(&after, SIGTERM), 0);
}

TEST_F(ChildProcessTest, WaitsOnThroughSignalsOfOurOwn) {
  const Caught handler(SIGUSR1, take);
  auto child = start("exec sleep 600");
  ASSERT_TRUE(child.ok()) << child.error().message();
  std::atomic<bool> ended = false;
  std::thread waiting([&] { ended = child->wait(long_enough); });
  for (int i = 0; i < 200; ++i) {
    ::pthread_kill(waiting.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
  ::kill(child->pid(), SIGKILL);
  waiting.join();
  EXPECT_TRUE(ended);
  EXPECT_EQ(child->ending(), "signal 9");
}

}  // namespace
}  // namespace mbe
