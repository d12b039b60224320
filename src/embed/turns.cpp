#include "embed/turns.h"

namespace mbe {

Turns::Turns(std::size_t workers, std::size_t waiting_max, std::size_t for_queries)
    : waiting_max_(waiting_max), for_queries_(for_queries) {
  MBE_ASSERT(for_queries < workers);
  for (std::size_t worker = 0; worker < workers; ++worker) free_.push_back(worker);
}

Result<Turns::Turn> Turns::take(TextRole role) {
  std::unique_lock lock(mutex_);
  const bool is_query = role == TextRole::query;
  const auto may_take = [&] { return free_.size() > (is_query ? 0 : for_queries_); };
  if (!may_take() && queries_waiting_ + passages_waiting_ >= waiting_max_) {
    return fail(ErrorCode::busy, "the embedding model has {} callers waiting, its limit; try later",
                waiting_max_);
  }
  auto& waiting = is_query ? queries_waiting_ : passages_waiting_;
  ++waiting;
  changed_.wait(lock, [&] { return may_take() && (is_query || queries_waiting_ == 0); });
  --waiting;
  const auto worker = free_.back();
  free_.pop_back();
  return Turn(*this, worker);
}

std::vector<Turns::Turn> Turns::take_idle(std::size_t most) {
  const std::lock_guard lock(mutex_);
  std::vector<Turn> out;
  if (queries_waiting_ + passages_waiting_ > 0) return out;
  while (!free_.empty() && out.size() < most) {
    out.emplace_back(*this, free_.back());
    free_.pop_back();
  }
  return out;
}

std::size_t Turns::waiting() {
  const std::lock_guard lock(mutex_);
  return queries_waiting_ + passages_waiting_;
}

void Turns::give_back(std::size_t worker) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(worker);
  }
  changed_.notify_all();
}

}  // namespace mbe
