// Time as a value that tests can replace. Wall time is milliseconds since the Unix epoch (UTC); it
// may step back. Order never depends on it: the sequence orders blocks.
#pragma once

#include <cstdint>

namespace mbe {

/// Milliseconds since 1970-01-01T00:00:00Z.
using TimeMs = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  /// The wall time now, in milliseconds; a later call may give less.
  [[nodiscard]] virtual TimeMs now_ms() const = 0;
};

/// The machine's clock. Thread-safe.
[[nodiscard]] const Clock& system_clock();

/// A clock that moves only when told to. Not thread-safe; for tests.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(TimeMs start) : now_(start) {}
  [[nodiscard]] TimeMs now_ms() const override { return now_; }
  /// Adds `by` milliseconds; a negative one steps back.
  void advance_ms(TimeMs by) { now_ += by; }
  /// Makes `now` the time.
  void set_ms(TimeMs now) { now_ = now; }

 private:
  TimeMs now_;
};

}  // namespace mbe
