// Ours, in the form in which bench/peers.py measures every peer: a process of its own that adds
// each document by itself, durably, and answers each question. Embedding is not counted, as it is
// not for peers that are given vectors: documents are embedded between adding and asking, and each
// question is asked twice, the second time with its vector in the query cache.
// Usage: peer_mbe HOME CORPUS.jsonl QUERIES.jsonl RANKINGS.jsonl
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "bench_report.h"
#include "mbe/engine.h"

namespace mbe {
namespace {

using nlohmann::json;
constexpr std::size_t depth = 10;

std::vector<json> read_json_lines(const std::string& file) {
  std::vector<json> out;
  for (const std::string& line : read_lines(file)) out.push_back(json::parse(line));
  return out;
}

RememberRequest request_of(const json& item) {
  RememberRequest out;
  out.text = item.at("text");
  out.speaker = item.at("speaker");
  out.session = item.at("group");
  out.source = item.at("id");
  out.event_ms = item.at("time_ms").get<TimeMs>();
  return out;
}

std::vector<std::string> ask(Engine& engine, const json& question) {
  RecallRequest request;
  request.cue = question.at("text");
  request.top_k = depth;
  request.threshold = false;
  request.neighbours = false;
  Memory& memory = *taken(engine.chain(question.at("namespace"), false));
  std::vector<std::string> out;
  for (const RecallHit& hit : taken(memory.recall(request)).hits) out.push_back(hit.block.source);
  return out;
}

void run(const std::string& home, const std::string& corpus, const std::string& queries,
         const std::string& rankings) {
  BenchReport report("peer_mbe", "locomo", bench_seed);
  report.add_load();
  const auto engine = taken(Engine::open({.home = home}));
  const std::vector<json> items = read_json_lines(corpus);
  const Stopwatch adding;
  for (const json& item : items) {
    taken(taken(engine->chain(item.at("namespace")))->remember(request_of(item)));
  }
  const auto count = static_cast<double>(items.size());
  report.add("add_cpu_ms", adding.cpu_seconds() * 1e3 / count);
  report.add("add_ms", adding.seconds() * 1e3 / count);
  const Stopwatch embedding;
  for (const std::string& name : taken(engine->chains())) {
    taken(taken(engine->chain(name))->reembed(false));
  }
  report.add("embed_cpu_ms_a_document", embedding.cpu_seconds() * 1e3 / count);
  const std::vector<json> questions = read_json_lines(queries);
  std::ofstream out(rankings);
  double wall = 0;
  double cpu = 0;
  double with_embedding = 0;
  for (const json& question : questions) {
    const Stopwatch first;
    (void)ask(*engine, question);
    with_embedding += first.cpu_seconds();
    const Stopwatch second;
    const std::vector<std::string> ranked = ask(*engine, question);
    wall += second.seconds();
    cpu += second.cpu_seconds();
    out << json{{"set", "locomo"}, {"query_id", question.at("id")}, {"ranked", ranked}}.dump()
        << '\n';
  }
  const auto asked = static_cast<double>(questions.size());
  report.add("search_ms", wall * 1e3 / asked);
  report.add("search_cpu_ms", cpu * 1e3 / asked);
  report.add("search_with_embedding_cpu_ms", with_embedding * 1e3 / asked);
  report.add("rss_mib", memory_mib("VmHWM"));
  report.add("rss_anon_mib", memory_mib("RssAnon"));
  report.print();
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: peer_mbe HOME CORPUS.jsonl QUERIES.jsonl RANKINGS.jsonl\n");
    return 2;
  }
  mbe::run(argv[1], argv[2], argv[3], argv[4]);
  return 0;
}
