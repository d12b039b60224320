// Shows how far long work is: one line that renews itself on a terminal, a plain line now and then
// elsewhere, nothing with --quiet or --json. Invariant: at most ten updates a second, whatever the
// work reports. Single-threaded: report from the thread that made it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "mbe/types.h"
#include "ui/context.h"

namespace mbe::app {

class ProgressBar {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// label: what is being done; unit: what is counted ("blocks").
  ProgressBar(Context& context, std::string label, std::string unit);
  ~ProgressBar();  ///< leaves a clean line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// total 0: not known. Returns false once the person asked to stop.
  bool update(std::uint64_t done, std::uint64_t total);
  /// For the engine's long calls.
  [[nodiscard]] Progress callback();

 private:
  void show(std::uint64_t done, std::uint64_t total, double seconds);

  Context& context_;
  std::string label_, unit_;
  Time start_, shown_;
  bool silent_, live_, drawn_ = false;
};

/// `1:05`, `2:03:00`.
[[nodiscard]] std::string format_duration(double seconds);
/// `1,234,567`.
[[nodiscard]] std::string group_digits(std::uint64_t number);
/// `1.5 MB`.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace mbe::app
