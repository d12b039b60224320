// Pieces of work at the same time, for as long as one call lasts.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mbe {

/// Work that has begun in a thread of its own, or, where every processor has a helper's or a
/// caller's thread already (or the system has no thread left), is done when finish() asks for it:
/// calls that come together share the processors by themselves. Destroying it finishes it.
class ParallelTask {
 public:
  explicit ParallelTask(std::function<void()> work) : work_(std::move(work)) {
    if (helpers_.fetch_add(1) < helpers_max()) {
      try {
        thread_ = std::jthread(std::ref(work_));
        return;
      } catch (const std::system_error&) {  // then finish() does the work
      }
    }
    --helpers_;
  }
  ParallelTask(const ParallelTask&) = delete;
  ParallelTask& operator=(const ParallelTask&) = delete;
  ~ParallelTask() { finish(); }

  /// Returns when the work is done.
  void finish() {
    if (thread_.joinable()) {
      thread_.join();
      --helpers_;
    } else if (work_) {
      work_();
    }
    work_ = nullptr;
  }

  /// Threads that all tasks of the process together may have: one less than processors.
  [[nodiscard]] static unsigned helpers_max() {
    static const unsigned processors = std::max(std::thread::hardware_concurrency(), 1u);
    return processors - 1;
  }

 private:
  inline static std::atomic<unsigned> helpers_ = 0;
  std::function<void()> work_;
  std::jthread thread_;
};

/// Runs `other` beside `own`, and returns both results, the other's first. Where that is not
/// `worth` a thread (about 50 us) or there is none, they run one after the other.
template <class Other, class Own>
[[nodiscard]] auto run_both(bool worth, const Other& other, const Own& own) {
  std::optional<std::invoke_result_t<const Other&>> others;
  const auto run = [&] { others.emplace(other()); };
  std::optional<ParallelTask> task;
  if (worth) task.emplace(run);
  auto mine = own();
  if (worth) {
    task->finish();
  } else {
    run();
  }
  return std::pair(*std::move(others), std::move(mine));
}

/// part(0) … part(count - 1), beside each other as far as there are threads. Errors: of the first
/// part that has one.
template <class Part>
[[nodiscard]] Result<void> run_parts(std::size_t count, const Part& part) {
  std::vector<Result<void>> results(count);
  {
    std::deque<ParallelTask> others;
    for (std::size_t i = 1; i < count; ++i) {
      others.emplace_back([&results, &part, i] { results[i] = part(i); });
    }
    if (count > 0) results[0] = part(0);
  }
  for (const Result<void>& result : results) {
    if (!result.ok()) return result.error();
  }
  return {};
}

}  // namespace mbe
