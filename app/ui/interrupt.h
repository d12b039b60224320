// Ctrl-C: the first asks long work to stop at the next safe place, the second ends the program.
// And SIGHUP, by which a server is told to read its files again.
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

/// Keeps SIGHUP from ending the program, for as long as it lives. One at a time.
class HangupGuard {
 public:
  HangupGuard();
  ~HangupGuard();
  HangupGuard(const HangupGuard&) = delete;
  HangupGuard& operator=(const HangupGuard&) = delete;
};

/// True once for a SIGHUP that came while a guard lives: read again what is read at the start.
[[nodiscard]] bool take_hangup();

}  // namespace mbe::app
