// What every bench prints: one JSON object a run with its figures, the machine, commit and seed.
// Percentiles are of the sorted sample, nearest rank. One thread.
#pragma once

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mbe {

/// Wall time, and the processor time of the whole process: the latter is the fair one on a machine
/// that others use, too.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  [[nodiscard]] double cpu_seconds() const { return cpu_now() - cpu_start_; }

 private:
  static double cpu_now() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_start_ = cpu_now();
};

/// The processor's name as the system tells it.
[[nodiscard]] inline std::string machine_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

class BenchReport {
 public:
  /// The commit comes from the environment variable MBE_COMMIT.
  BenchReport(std::string bench, std::string size, std::uint64_t seed)
      : bench_(std::move(bench)), size_(std::move(size)), seed_(seed) {}

  void add(const std::string& name, double value) { figures_.emplace_back(name, value); }
  void add_percentiles(const std::string& name, std::vector<double> sample) {
    std::ranges::sort(sample);
    for (const int percent : {50, 95, 99}) {
      const auto rank =
          static_cast<std::size_t>(std::ceil(percent / 100.0 * static_cast<double>(sample.size())));
      add(fmt::format("{}_p{}", name, percent), sample[std::max<std::size_t>(rank, 1) - 1]);
    }
  }
  [[nodiscard]] double value(const std::string& name) const {
    for (const auto& [known, value] : figures_) {
      if (known == name) return value;
    }
    return 0;
  }
  void print() const {
    const char* commit = std::getenv("MBE_COMMIT");
    fmt::print(
        "{{\"bench\":\"{}\",\"size\":\"{}\",\"seed\":{},\"machine\":\"{}\",\"cores\":{},"
        "\"commit\":\"{}\",\"figures\":{{",
        bench_, size_, seed_, machine_name(), std::thread::hardware_concurrency(),
        commit == nullptr ? "" : commit);
    for (std::size_t i = 0; i < figures_.size(); ++i) {
      fmt::print("{}\"{}\":{:.5g}", i == 0 ? "" : ",", figures_[i].first, figures_[i].second);
    }
    fmt::print("}}}}\n");
  }

 private:
  std::string bench_;
  std::string size_;
  std::uint64_t seed_;
  std::vector<std::pair<std::string, double>> figures_;
};

}  // namespace mbe
