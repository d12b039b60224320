// What the C++ benches share. Each prints one JSON object a run with its figures, the machine,
// commit and seed; percentiles are of the sorted sample, nearest rank. One thread.
#pragma once

#include <fmt/core.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mbe {

inline constexpr std::uint64_t bench_seed = 20'251'122;

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

/// The value; ends the program with the error's message where there is none.
template <class T>
T taken(Result<T> result) {
  if (!result.ok()) fmt::print(stderr, "{}\n", result.error().message());
  MBE_ASSERT(result.ok());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}
inline void done(const Result<void>& result) {
  if (!result.ok()) fmt::print(stderr, "{}\n", result.error().message());
  MBE_ASSERT(result.ok());
}

/// A folder of this process under $TMPDIR; goes with its owner.
class BenchFolder {
 public:
  explicit BenchFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("mbe-bench-{}-{}", name, getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~BenchFolder() { std::filesystem::remove_all(path_); }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Every line of a text file.
[[nodiscard]] inline std::vector<std::string> read_lines(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(std::move(line));
  if (out.empty()) fmt::print(stderr, "{} has no lines\n", file);
  MBE_ASSERT(!out.empty());
  return out;
}

/// A number of /proc/self/status in MiB, such as VmRSS, RssAnon, RssFile, VmHWM.
[[nodiscard]] inline double memory_mib(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    return std::stod(line.substr(name.size() + 1)) / 1024;
  }
  return 0;
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
  /// How busy the machine was: the one-minute load average.
  void add_load() {
    double load = 0;
    if (getloadavg(&load, 1) == 1) add("load_average", load);
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
