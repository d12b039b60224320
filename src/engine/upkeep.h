// What a long-lived process does for a chain while nobody asks for anything: follows what other
// processes wrote, makes head record and derived files durable, overwrites what was erased; once a
// day, after ten still minutes, what the chain's owner gave it to do (summaries, merges).
// Invariant: nothing depends on it; what it leaves undone is done at the next open or close.
// One thread of its own, at normal priority since it holds locks that questions wait for; tick()
// may be called by any one thread instead.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "engine/derived.h"
#include "engine/vectors.h"
#include "store/chain.h"

namespace mbe {

class Upkeep {
 public:
  Upkeep(Chain& chain, Derived& derived, Vectors& vectors)
      : chain_(chain), derived_(derived), vectors_(vectors) {}
  ~Upkeep() { stop(); }

  /// What is done once a day in a still hour. Before start().
  void daily(std::function<Result<void>()> work) { daily_ = std::move(work); }
  /// Ticks once a second from now on.
  void start();
  /// Ends the thread; called before anything it uses goes.
  void stop();

  /// Does what is due at `now`. Follows the log; a head that has stood for checkpoint_idle_ms is
  /// checkpointed once, one that has stood for scrub_idle_ms scrubbed once; the daily work is due a
  /// day after the last, at a head that has stood for daily_idle_ms. Errors: io, busy.
  Result<void> tick(TimeMs now);

  static constexpr TimeMs checkpoint_idle_ms = 1'000;
  static constexpr TimeMs scrub_idle_ms = 60'000;
  static constexpr TimeMs daily_idle_ms = 600'000;

 private:
  Chain& chain_;
  Derived& derived_;
  Vectors& vectors_;
  Head head_;
  TimeMs since_ = 0;  ///< when the head was first seen there
  bool checkpointed_ = false, scrubbed_ = false;
  std::function<Result<void>()> daily_;
  std::optional<TimeMs> daily_done_;

  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace mbe
