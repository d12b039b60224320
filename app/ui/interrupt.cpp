#include "ui/interrupt.h"

#include <atomic>
#include <csignal>

namespace mbe::app {
namespace {

/// Written on whichever thread the signal comes to, read on others.
std::atomic<bool> requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler may not wait");

volatile std::sig_atomic_t hung_up = 0;

void on_hangup(int) {
  hung_up = 1;
}

void on_signal(int number) {
  requested = true;
  std::signal(number, SIG_DFL);  // the next one is not held up
}

}  // namespace

InterruptGuard::InterruptGuard() {
  requested = false;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

HangupGuard::HangupGuard() {
  struct sigaction action{};
  action.sa_handler = on_hangup;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

HangupGuard::~HangupGuard() {
  std::signal(SIGHUP, SIG_DFL);
}

bool take_hangup() {
  const bool out = hung_up != 0;
  hung_up = 0;
  return out;
}

bool interrupted() {
  return requested;
}

}  // namespace mbe::app
