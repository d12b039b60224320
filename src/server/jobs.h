// Long work that a request starts and its stream of events outlives: a thread each, a bounded
// number of them. Any thread may start one.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mbe {

class Jobs {
 public:
  explicit Jobs(std::size_t at_once_max) : at_once_max_(at_once_max) {}
  /// Asks all to stop and waits for them.
  ~Jobs();

  /// False if too many are running, or the machine has no thread left.
  [[nodiscard]] bool start(std::function<void(const std::stop_token&)> work);
  /// Asks all to stop; returns at once.
  void stop();

 private:
  struct Job {
    std::atomic<bool> done = false;
    std::jthread thread;
  };

  const std::size_t at_once_max_;
  std::mutex mutex_;
  std::list<Job> jobs_;
};

}  // namespace mbe
