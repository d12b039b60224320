// Who uses a model next: one caller at a time, waiting queries before waiting passages, and a limit
// on how many wait. Invariant: at most one Turn of a Turns is alive. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

#include "base/result.h"
#include "embed/embedder.h"

namespace mbe {

class Turns {
 public:
  explicit Turns(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  /// The right to use the model; given back when it goes.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->give_back();
    }

   private:
    Turns* turns_;
  };

  /// Waits for the model. Errors: busy (waiting_max callers wait already).
  [[nodiscard]] Result<Turn> take(TextRole role);

  /// Callers that wait now.
  [[nodiscard]] std::size_t waiting();

 private:
  void give_back();

  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool taken_ = false;                ///< guarded by mutex_
  std::size_t queries_waiting_ = 0;   ///< guarded by mutex_
  std::size_t passages_waiting_ = 0;  ///< guarded by mutex_
};

}  // namespace mbe
