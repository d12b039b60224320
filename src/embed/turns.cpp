#include "embed/turns.h"

namespace mbe {

Result<Turns::Turn> Turns::take(TextRole role) {
  std::unique_lock lock(mutex_);
  if (queries_waiting_ + passages_waiting_ >= waiting_max_) {
    return fail(ErrorCode::busy, "the embedding model has {} callers waiting, its limit; try later",
                waiting_max_);
  }
  const bool is_query = role == TextRole::query;
  auto& waiting = is_query ? queries_waiting_ : passages_waiting_;
  ++waiting;
  changed_.wait(lock, [&] { return !taken_ && (is_query || queries_waiting_ == 0); });
  --waiting;
  taken_ = true;
  return Turn(*this);
}

std::size_t Turns::waiting() {
  const std::lock_guard lock(mutex_);
  return queries_waiting_ + passages_waiting_;
}

void Turns::give_back() {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  changed_.notify_all();
}

}  // namespace mbe
