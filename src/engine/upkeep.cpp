#include "engine/upkeep.h"

namespace mbe {

void Upkeep::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      stopped_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
      // What fails now is tried again at the next tick; whoever writes meets the error itself.
      if (!stop.stop_requested()) static_cast<void>(tick(system_clock().now_ms()));
    }
  });
}

void Upkeep::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

Result<void> Upkeep::tick(TimeMs now) {
  MBE_TRY(derived_.follow());
  const Head head = chain_.head();
  if (head != head_ || since_ == 0) {
    head_ = head;
    since_ = now;
    checkpointed_ = scrubbed_ = false;
    return {};
  }
  if (!checkpointed_ && now - since_ >= checkpoint_idle_ms) {
    checkpointed_ = true;
    MBE_TRY(derived_.flush());
    MBE_TRY(vectors_.flush());
    MBE_TRY(chain_.checkpoint());
  }
  if (!scrubbed_ && now - since_ >= scrub_idle_ms) {
    scrubbed_ = true;
    MBE_TRY(chain_.scrub());
  }
  constexpr TimeMs day_ms = 86'400'000;
  const bool due = !daily_done_ || now - *daily_done_ >= day_ms;
  if (!daily_ || !due || now - since_ < daily_idle_ms) return {};
  daily_done_ = now;
  return daily_();
}

}  // namespace mbe
