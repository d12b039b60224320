#include "ui/interrupt.h"

#include <csignal>

namespace mbe::app {
namespace {

volatile std::sig_atomic_t requested = 0;

void on_signal(int number) {
  requested = 1;
  std::signal(number, SIG_DFL);  // the next one is not held up
}

}  // namespace

InterruptGuard::InterruptGuard() {
  requested = 0;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool interrupted() {
  return requested != 0;
}

}  // namespace mbe::app
