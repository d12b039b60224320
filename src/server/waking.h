// Echo wakes in the background while the server answers already: one thread, and what it has
// reached. Any thread may ask.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/json.h"
#include "base/message.h"
#include "echo/wake.h"

namespace mbe {

class Waking {
 public:
  /// Begins at once; the engine and the people must outlive it. when_done: told, from its thread,
  /// who Echo is once that is known.
  Waking(Engine& engine, People& people, WakeOptions options,
         std::function<void(const std::optional<Identity>&)> when_done);
  /// Stops at the next safe place.
  ~Waking();

  /// Wakes again, in the background, and adds a version of the identity. Errors: busy (it is still
  /// waking).
  [[nodiscard]] Result<void> evolve();

  /// {"state": running, ready or failed, "stages": […], "identity": {…} or null, "seconds"}.
  [[nodiscard]] Json status(const Catalog& messages) const;

 private:
  void begin();
  void run(const std::stop_token& stop);
  void note_stage(const Stage& stage);

  Engine& engine_;
  People& people_;
  WakeOptions options_;
  std::function<void(const std::optional<Identity>&)> when_done_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::vector<Stage> stages_;  ///< this and what follows: guarded by mutex_
  std::optional<Result<WakeResult>> result_;
  std::optional<std::chrono::steady_clock::time_point> ended_;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace mbe
