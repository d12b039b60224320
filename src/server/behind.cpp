#include "server/behind.h"

#include <utility>

namespace mbe {

Behind::~Behind() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Behind::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (work_.size() >= waiting_max_) return false;
    work_.push_back(std::move(work));
  }
  changed_.notify_all();
  return true;
}

void Behind::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return work_.empty() && !busy_; });
}

void Behind::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !work_.empty(); });
    if (work_.empty()) return;
    const std::function<void()> next = std::move(work_.front());
    work_.pop_front();
    busy_ = true;
    lock.unlock();
    next();
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace mbe
