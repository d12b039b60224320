// Question: what does remembering cost - one block at a time, durable, in a running process; and by
// the thousand, as an import does? Competitor: SQLite FTS5 (porter) with one synced transaction a
// row, and one a batch. The disk's own fsync is measured beside them, on the same folder.
// Usage: remember LINES.txt [SINGLES]   (one utterance a line; driven by bench/remember.py)
#include <fcntl.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench_report.h"
#include "fts5_table.h"
#include "import_lines.h"
#include "mbe/engine.h"

namespace mbe {
namespace {

constexpr std::size_t batch_lines = 8'192;
constexpr std::size_t fsync_bytes = 1'024;  ///< about one sealed chat line

RememberRequest request_of(const ImportItem& item) {
  RememberRequest out;
  out.text = item.text;
  out.speaker = item.speaker;
  out.session = item.session;
  out.event_ms = item.time_ms;
  return out;
}

/// Wall and processor time of each call, in milliseconds.
struct Times {
  std::vector<double> wall, cpu;
  template <class Call>
  void measure(Call call) {
    const Stopwatch watch;
    call();
    wall.push_back(watch.seconds() * 1e3);
    cpu.push_back(watch.cpu_seconds() * 1e3);
  }
  void report(const std::string& name, BenchReport& into) const {
    into.add_percentiles(name + "_ms", wall);
    into.add_percentiles(name + "_cpu_ms", cpu);
  }
};

void measure_disk(const std::string& folder, std::size_t count, BenchReport& report) {
  const int file = ::open((folder + "/fsync").c_str(), O_CREAT | O_WRONLY, 0600);
  MBE_ASSERT(file >= 0);
  const std::string bytes(fsync_bytes, 'x');
  Times times;
  for (std::size_t i = 0; i < count; ++i) {
    times.measure([&] {
      const auto at = static_cast<off_t>(i * bytes.size());
      MBE_ASSERT(::pwrite(file, bytes.data(), bytes.size(), at) == fsync_bytes);
      MBE_ASSERT(::fdatasync(file) == 0);
    });
  }
  ::close(file);
  times.report("disk_write_and_fsync", report);
}

void measure_single(Memory& memory, std::span<const ImportItem> items, BenchReport& report) {
  Times times;
  for (const ImportItem& item : items) {
    const RememberRequest request = request_of(item);
    times.measure([&] { taken(memory.remember(request)); });
  }
  times.report("remember", report);
}

void add_rate(const std::string& name, std::size_t count, const Stopwatch& watch,
              BenchReport& report) {
  const auto blocks = static_cast<double>(count);
  const double cpu = watch.cpu_seconds();
  report.add(name + "_per_s", blocks / watch.seconds());
  report.add(name + "_per_cpu_s", blocks / cpu);
  report.add(name + "_cpu_us", cpu / blocks * 1e6);
}

/// Analysed, sealed and fsynced; the indexes follow at the next recall.
void measure_sealed(Memory& memory, std::span<const ImportItem> items, BenchReport& report) {
  std::vector<RememberRequest> requests;
  for (const ImportItem& item : items) requests.push_back(request_of(item));
  const Stopwatch watch;
  for (std::size_t at = 0; at < requests.size(); at += batch_lines) {
    const std::size_t size = std::min(batch_lines, requests.size() - at);
    for (const auto& receipt : taken(memory.remember_many(std::span(requests).subspan(at, size)))) {
      MBE_ASSERT(receipt.ok());
    }
  }
  add_rate("sealed", items.size(), watch, report);
}

/// The whole import: the same, and in the keyword and attribute indexes when it returns.
void measure_indexed(Memory& memory, std::span<const ImportItem> items, BenchReport& report) {
  const Stopwatch watch;
  const ImportReport imported = taken(memory.import(items));
  add_rate("indexed", items.size(), watch, report);
  MBE_ASSERT(imported.imported == items.size());
}

void measure_fts5(const std::string& folder, const std::vector<std::string>& lines,
                  std::size_t singles, BenchReport& report) {
  Fts5Table table(folder + "/fts.db", "porter unicode61", true);
  Times times;
  for (std::size_t i = 0; i < singles; ++i) times.measure([&] { table.add(i, lines[i]); });
  times.report("fts5_single", report);
  const Stopwatch watch;
  for (std::size_t at = singles; at < lines.size(); at += batch_lines) {
    table.run("BEGIN");
    for (std::size_t i = at; i < std::min(at + batch_lines, lines.size()); ++i) {
      table.add(i, lines[i]);
    }
    table.run("COMMIT");
  }
  add_rate("fts5_batched", lines.size() - singles, watch, report);
}

void run(const std::string& file, std::size_t singles) {
  const std::vector<std::string> lines = read_lines(file);
  const std::vector<ImportItem> items = import_items(lines);
  MBE_ASSERT(singles < items.size());
  const BenchFolder folder("remember");
  BenchReport report("remember", std::to_string(lines.size()), bench_seed);
  report.add_load();
  measure_disk(folder.path(), singles, report);
  const auto engine = taken(Engine::open({.home = folder.path() + "/home"}));
  measure_single(*taken(engine->chain("single")), std::span(items).first(singles), report);
  measure_sealed(*taken(engine->chain("sealed")), items, report);
  measure_indexed(*taken(engine->chain("indexed")), items, report);
  measure_fts5(folder.path(), lines, singles, report);
  report.add("single_cpu_ratio_to_fts5",
             report.value("remember_cpu_ms_p50") / report.value("fts5_single_cpu_ms_p50"));
  report.add("indexed_speed_up_to_fts5",
             report.value("indexed_per_s") / report.value("fts5_batched_per_s"));
  report.print();
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: remember LINES.txt [SINGLES]\n");
    return 2;
  }
  mbe::run(argv[1], argc > 2 ? std::stoull(argv[2]) : 1'000);
  return 0;
}
