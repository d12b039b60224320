// Ctrl-C: the first asks long work to stop at the next safe place, the second ends the program.
#pragma once

namespace mbe::app {

/// Turns SIGINT and SIGTERM into a request to stop, for as long as it lives. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// True once a signal came while a guard lives.
[[nodiscard]] bool interrupted();

}  // namespace mbe::app
