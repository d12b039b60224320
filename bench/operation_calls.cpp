// What one operation costs in C++: the engine's member alone, and through the operation table, JSON
// in and out. operation_calls HOME CALLS, after `bench/python_overhead.py` has filled the home.
// Processor time of the calling thread, the first decile over the calls, in microseconds, as JSON:
// what other work on the machine costs is in the slower ones.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include "operations/operation.h"

namespace {

using mbe::Json;

double thread_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double decile_us(int calls, const std::function<bool()>& call) {
  std::vector<double> all;
  for (int i = 0; i < calls; ++i) {
    const double before = thread_us();
    if (!call()) std::exit(1);
    all.push_back(thread_us() - before);
  }
  std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 10));
  return all[all.size() / 10];
}

struct Measured {
  std::string name;
  Json arguments;
  std::function<bool(mbe::Memory&)> engine;  ///< the same by the engine's member
};

std::vector<Measured> measured() {
  const std::string cue = "what happened with the project last spring?";
  return {
      {"show", {{"block_index", 7}}, [](mbe::Memory& memory) { return memory.show(7, true).ok(); }},
      {"list",
       {{"limit", 20}},
       [](mbe::Memory& memory) { return memory.list({.limit = 20}).ok(); }},
      {"short_term", Json::object(), [](mbe::Memory& memory) { return memory.short_term().ok(); }},
      {"recall",
       {{"cue", cue}, {"top_k", 10}, {"threshold", false}, {"neighbours", false}},
       [cue](mbe::Memory& memory) {
         return memory.recall({.cue = cue, .top_k = 10, .threshold = false, .neighbours = false})
             .ok();
       }},
      {"stats", Json::object(), [](mbe::Memory& memory) { return memory.stats().ok(); }}};
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  const auto engine = mbe::Engine::open({.home = words[1]});
  if (!engine.ok()) return 1;
  const auto memory = (*engine)->chain("main");
  if (!memory.ok()) return 1;
  const int calls = std::atoi(words[2]);
  const mbe::Catalog messages;
  Json out = Json::object();
  for (const Measured& one : measured()) {
    const mbe::Operation* operation = mbe::find_operation(one.name);
    const auto through_table = [&] {
      mbe::Call call{.engine = **engine, .memory = *memory, .chain = "main", .messages = messages};
      return operation->run(call, one.arguments).ok();
    };
    const auto by_engine = [&] { return one.engine(**memory); };
    decile_us(calls / 10 + 1, by_engine);  // warm
    out[one.name] = {{"engine_us", decile_us(calls, by_engine)},
                     {"table_us", decile_us(calls, through_table)},
                     {"arguments", one.arguments}};
  }
  std::puts(out.dump().c_str());
  return 0;
}
