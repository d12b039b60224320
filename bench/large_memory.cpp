// Question: how long do open, recall and forget take in a large memory, and how much memory does
// the process need? Reads a home made by large_home; `forget` changes it a little.
// recall: every query is asked twice; the second time its vector is in the query cache, so that
// what it costs then is the search alone. open: a process of its own measures one open.
// Usage: large_memory recall HOME QUERIES.txt | open HOME | forget HOME COUNT
#include <fcntl.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "bench_report.h"
#include "mbe/engine.h"

namespace mbe {
namespace {

void add_memory(BenchReport& report) {
  for (const char* name : {"VmRSS", "RssAnon", "RssFile", "VmHWM"}) {
    report.add(std::string(name) + "_mib", memory_mib(name));
  }
}

struct Asked {
  std::vector<double> wall, cpu, embed, search;
};

Asked ask(Memory& memory, const std::vector<std::string>& queries) {
  Asked out;
  for (const std::string& query : queries) {
    RecallRequest request;
    request.cue = query;
    const Stopwatch watch;
    const RecallResult result = taken(memory.recall(request));
    out.wall.push_back(watch.seconds() * 1e3);
    out.cpu.push_back(watch.cpu_seconds() * 1e3);
    out.embed.push_back(static_cast<double>(result.embed_us) / 1e3);
    out.search.push_back(static_cast<double>(result.search_us) / 1e3);
  }
  return out;
}

void recall(const std::string& home, const std::string& file, BenchReport& report) {
  const auto engine = taken(Engine::open({.home = home}));
  Memory& memory = *taken(engine->chain("main", false));
  report.add("blocks", static_cast<double>(taken(memory.stats()).blocks));
  const std::vector<std::string> queries = read_lines(file);
  const Stopwatch first;
  ask(memory, {queries.front()});
  report.add("first_recall_ms", first.seconds() * 1e3);
  const Asked cold = ask(memory, queries);
  const Asked warm = ask(memory, queries);
  std::vector<double> embed_cpu;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    embed_cpu.push_back(std::max(cold.cpu[i] - warm.cpu[i], 0.0));
  }
  report.add_percentiles("search_ms", warm.wall);
  report.add_percentiles("search_cpu_ms", warm.cpu);
  report.add_percentiles("embed_ms", cold.embed);
  report.add_percentiles("embed_cpu_ms", embed_cpu);
  report.add_percentiles("recall_with_embedding_ms", cold.wall);
  add_memory(report);
}

void open(const std::string& home, BenchReport& report) {
  const Stopwatch watch;
  const auto engine = taken(Engine::open({.home = home}));
  Memory& memory = *taken(engine->chain("main", false));
  report.add("open_ms", watch.seconds() * 1e3);
  report.add("open_cpu_ms", watch.cpu_seconds() * 1e3);
  report.add("blocks", static_cast<double>(taken(memory.stats()).blocks));
  add_memory(report);
}

/// What forget costs beyond its own preview: it makes one itself.
void forget(const std::string& home, std::size_t count, BenchReport& report) {
  const auto engine = taken(Engine::open({.home = home}));
  Memory& memory = *taken(engine->chain("main", false));
  const std::uint64_t blocks = taken(memory.stats()).blocks;
  report.add("blocks", static_cast<double>(blocks));
  SeededRandom random(bench_seed);
  std::vector<double> preview_ms, wall, cpu;
  while (wall.size() < count) {
    ForgetTarget target;
    target.blocks = {1 + random.below(blocks - 1)};
    const Stopwatch previewing;
    const auto preview = memory.forget_preview(target);
    if (!preview.ok() || preview->count() == 0) continue;  // a record, or forgotten already
    const double preview_wall = previewing.seconds();
    const double preview_cpu = previewing.cpu_seconds();
    const Stopwatch watch;
    taken(memory.forget(target, preview->count()));
    preview_ms.push_back(preview_wall * 1e3);
    wall.push_back((watch.seconds() - preview_wall) * 1e3);
    cpu.push_back((watch.cpu_seconds() - preview_cpu) * 1e3);
  }
  report.add_percentiles("preview_ms", preview_ms);
  report.add_percentiles("forget_ms", wall);
  report.add_percentiles("forget_cpu_ms", cpu);
}

int run(const std::vector<std::string>& arguments) {
  const std::string mode = arguments.empty() ? "" : arguments[0];
  BenchReport report("large_memory_" + mode, arguments.size() > 1 ? arguments[1] : "", bench_seed);
  report.add_load();
  if (mode == "recall" && arguments.size() == 3) {
    recall(arguments[1], arguments[2], report);
  } else if (mode == "open" && arguments.size() == 2) {
    open(arguments[1], report);
  } else if (mode == "forget" && arguments.size() == 3) {
    forget(arguments[1], std::stoull(arguments[2]), report);
  } else {
    fmt::print(stderr, "usage: large_memory recall HOME QUERIES | open HOME | forget HOME COUNT\n");
    return 2;
  }
  report.print();
  return 0;
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  return mbe::run({argv + 1, argv + argc});
}
