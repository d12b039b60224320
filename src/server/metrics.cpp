#include "server/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "operations/operation.h"
#include "server/anthropic_door.h"
#include "server/mem0_door.h"
#include "server/people_door.h"

namespace mbe {

namespace {

/// Paths of the server besides those of the two tables.
constexpr std::string_view own_paths[] = {"/healthz",
                                          "/readyz",
                                          "/metrics",
                                          "/openapi.json",
                                          "/first_run",
                                          "/login",
                                          "/logout",
                                          "/reset",
                                          "/api/session",
                                          "/api/boot",
                                          "/api/boot/events",
                                          "/api/ask",
                                          "/api/stop",
                                          "/api/status",
                                          "/api/conversations",
                                          "/api/conversations/rename",
                                          "/api/conversations/tree",
                                          "/api/conversations/export",
                                          "/api/conversations/delete",
                                          "/api/evolve"};

constexpr std::string_view operations_path = "/v1/";
/// Whose forms are others'; below it, for no path is a label.
constexpr std::string_view proxied_paths[] = {"/v1/chat/completions", "/v1/responses",
                                              "/v1/messages",         "/v1/models",
                                              "/v1/embeddings",       "/v1/messages/count_tokens"};

void add_head(std::string& out, std::string_view name, std::string_view type,
              std::string_view help) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void add_one(std::string& out, std::string_view name, std::string_view type, std::string_view help,
             double value) {
  add_head(out, name, type, help);
  out += fmt::format("{} {}\n", name, value);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code failed;
  std::filesystem::directory_iterator all("/proc/self/fd", failed);
  return failed ? 0 : static_cast<double>(std::distance(begin(all), end(all)));
}

void add_process(std::string& out) {
  static const auto started = std::chrono::system_clock::now();
  const auto since_1970 = started.time_since_epoch();
  add_one(out, "process_start_time_seconds", "gauge", "When the server started, since 1970.",
          std::chrono::duration<double>(since_1970).count());
  add_one(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
  add_one(out, "process_open_fds", "gauge", "Open files and connections.", open_files());
}

void add_memory(std::string& out, Memory* main) {
  if (main == nullptr) return;
  const auto stats = main->stats();
  const auto erasures = main->erasures();
  if (!stats.ok() || !erasures.ok()) return;
  const auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    add_one(out, name, "gauge", help, static_cast<double>(value));
  };
  gauge("mbe_blocks", "Blocks of the memory main.", stats->blocks);
  gauge("mbe_log_bytes", "Size of its log.", stats->log_bytes);
  gauge("mbe_vectors_pending", "Its blocks that wait for a vector.", stats->vectors_pending);
  gauge("mbe_erasures", "Erasures in its log.", *erasures);
}

}  // namespace

std::string operation_label(std::string_view path) {
  if (const auto* const found = std::ranges::find(proxied_paths, path);
      found != std::end(proxied_paths)) {
    return std::string(found->substr(operations_path.size()));
  }
  if (path.starts_with(operations_path)) {
    const Operation* found = find_operation(path.substr(operations_path.size()));
    return found == nullptr ? "other" : found->name;
  }
  if (const PeopleOperation* found = people_operation_at(path)) return found->name;
  if (path == anthropic_path) return "anthropic_memory";
  if (Mem0Door::is_here(path)) return std::string(mem0_path.substr(1));
  const auto* const known = std::ranges::find(own_paths, path);
  return known == std::end(own_paths) ? "other" : std::string(known->substr(1));
}

void Metrics::count(const std::string& operation, unsigned status, std::chrono::microseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const std::lock_guard lock(mutex_);
  ++requests_[{operation, status}];
  Times& times = times_[operation];
  const auto* const within = std::ranges::lower_bound(bounds, seconds);
  if (within != bounds.end()) {
    ++times.within.at(static_cast<std::size_t>(within - bounds.begin()));
  }
  ++times.count;
  times.seconds += seconds;
}

std::string Metrics::requests_text() const {
  std::string out;
  std::uint64_t failed = 0;
  const std::lock_guard lock(mutex_);
  add_head(out, "mbe_requests_total", "counter", "Requests answered.");
  for (const auto& [what, count] : requests_) {
    out += fmt::format("mbe_requests_total{{operation=\"{}\",status=\"{}\"}} {}\n", what.first,
                       what.second, count);
    const bool refused = what.second == 401 || what.second == 429;
    if (what.first == "login" && refused) failed += count;
  }
  add_head(out, "mbe_request_seconds", "histogram", "How long answers took.");
  for (const auto& [operation, times] : times_) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      sum += times.within.at(i);
      out += fmt::format("mbe_request_seconds_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", operation,
                         bounds.at(i), sum);
    }
    out += fmt::format(
        "mbe_request_seconds_bucket{{operation=\"{0}\",le=\"+Inf\"}} {1}\n"
        "mbe_request_seconds_sum{{operation=\"{0}\"}} {2}\n"
        "mbe_request_seconds_count{{operation=\"{0}\"}} {1}\n",
        operation, times.count, times.seconds);
  }
  add_one(out, "mbe_logins_failed_total", "counter", "Logins refused.",
          static_cast<double>(failed));
  return out;
}

std::string Metrics::text(Memory* main, std::size_t memories, const std::string& version) const {
  std::string out;
  add_head(out, "mbe_build_info", "gauge", "The version that runs.");
  out += fmt::format("mbe_build_info{{version=\"{}\"}} 1\n", version);
  out += requests_text();
  add_one(out, "mbe_memories", "gauge", "Memories of this home.", static_cast<double>(memories));
  add_memory(out, main);
  add_process(out);
  return out;
}

}  // namespace mbe
