// Small work that is done behind an answer, in its order, by one thread: what nobody waits for and
// what may be left undone when there is too much of it. Any thread may add.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace mbe {

class Behind {
 public:
  explicit Behind(std::size_t waiting_max) : waiting_max_(waiting_max) {}
  /// Does what is waiting, and returns then.
  ~Behind();

  /// work: throws nothing. False if too much is waiting.
  [[nodiscard]] bool add(std::function<void()> work);
  /// Returns when all that was added before is done.
  void wait();

 private:
  void run();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;  ///< this and what follows: guarded by mutex_
  bool busy_ = false, ending_ = false;
  std::thread thread_{[this] { run(); }};  ///< last: it uses all of the above
};

}  // namespace mbe
