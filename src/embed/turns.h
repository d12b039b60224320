// Who uses a model's workers next: waiting queries before waiting passages, workers that passages
// never take, and a limit on how many wait. Invariant: a worker belongs to at most one living Turn.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace mbe {

class Turns {
 public:
  /// workers: 1 or more. waiting_max: callers that may wait. for_queries: workers that passages
  /// leave free, fewer than workers.
  Turns(std::size_t workers, std::size_t waiting_max, std::size_t for_queries = 0);

  /// The right to use one worker; given back when it goes.
  class Turn {
   public:
    Turn(Turns& turns, std::size_t worker) : turns_(&turns), worker_(worker) {}
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), worker_(other.worker_) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->give_back(worker_);
    }

    /// 0 … workers - 1.
    [[nodiscard]] std::size_t worker() const { return worker_; }

   private:
    Turns* turns_;
    std::size_t worker_;
  };

  /// Waits for a worker. Errors: busy (waiting_max callers wait already).
  [[nodiscard]] Result<Turn> take(TextRole role);

  /// Workers that nobody uses or waits for, at most `most`; without waiting.
  [[nodiscard]] std::vector<Turn> take_idle(std::size_t most);

  /// Callers that wait now.
  [[nodiscard]] std::size_t waiting();

 private:
  void give_back(std::size_t worker);

  std::size_t waiting_max_;
  std::size_t for_queries_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> free_;     ///< workers nobody has; guarded by mutex_
  std::size_t queries_waiting_ = 0;   ///< guarded by mutex_
  std::size_t passages_waiting_ = 0;  ///< guarded by mutex_
};

}  // namespace mbe
