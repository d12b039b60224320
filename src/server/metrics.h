// What the server counted since it started, in the text form of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/, 0.0.4). No text of anybody's, no
// name of an account or of a memory but `main`; the names of operations are few and fixed, whatever
// is asked for. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "mbe/engine.h"

namespace mbe {

class Metrics {
 public:
  /// One request that was answered; `operation` as operation_label gives it.
  void count(const std::string& operation, unsigned status, std::chrono::microseconds took);
  /// All of it. `main`: the memory whose size is told; null: there is none yet.
  [[nodiscard]] std::string text(Memory* main, std::size_t memories,
                                 const std::string& version) const;

 private:
  /// Upper bounds in seconds: a recall of 5 ms and an answer of a model of 30 s both fall inside.
  static constexpr std::array<double, 11> bounds = {0.002, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                    0.25,  0.5,   1,    5,     30};
  struct Times {
    std::array<std::uint64_t, bounds.size()> within{};  ///< not summed up
    std::uint64_t count = 0;
    double seconds = 0;
  };

  [[nodiscard]] std::string requests_text() const;

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, unsigned>, std::uint64_t> requests_;  ///< guarded by mutex_
  std::map<std::string, Times> times_;                                  ///< guarded by mutex_
};

/// The name under which a path is counted and logged: of its operation, else `other`.
[[nodiscard]] std::string operation_label(std::string_view path);

}  // namespace mbe
