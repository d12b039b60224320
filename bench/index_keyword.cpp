// Question: does the keyword index take in and rank chat-length blocks as fast as docs/ promises,
// next to SQLite's FTS5 (bm25, same documents, same queries, same process)?
// Documents: Zipf-distributed terms, 30 a block of three kinds. Usage: index_keyword smoke|full
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "base/random.h"
#include "bench_report.h"
#include "fs/file_system.h"
#include "fts5_table.h"
#include "index/keyword/index.h"

namespace mbe {
namespace {

constexpr std::uint64_t seed = bench_seed;
constexpr std::size_t batch_size = 256;
constexpr std::size_t top_k = 100;

struct TermSource {
  TermKind kind;
  char letter;
  std::uint64_t vocabulary;
  std::uint64_t per_document;
};
// What the analyser gives for a sentence of chat: lemmas, their bigrams, now and then a concept.
constexpr TermSource sources[] = {{TermKind::lemma, 'l', 60'000, 11},
                                  {TermKind::bigram, 'b', 40'000, 16},
                                  {TermKind::concept_id, 'c', 600, 3}};

// Zipf by inversion of the continuous distribution with exponent 1.07.
std::uint64_t zipf(SeededRandom& random, std::uint64_t vocabulary) {
  constexpr double s = 0.07;
  const double top = std::pow(static_cast<double>(vocabulary), -s);
  const double at = std::pow(1 - random.unit() * (1 - top), -1 / s);
  return std::min(static_cast<std::uint64_t>(at) - 1, vocabulary - 1);
}

std::string name(const TermSource& source, std::uint64_t rank) {
  return fmt::format("{}{:x}", source.letter, rank * 2'654'435'761 % 4'294'967'296);
}

KeywordDocument document(std::uint64_t sequence) {
  SeededRandom random(seed + sequence);
  KeywordDocument out{.sequence = sequence};
  for (const TermSource& source : sources) {
    const std::uint64_t count = 1 + random.below(2 * source.per_document - 1);
    for (std::uint64_t i = 0; i < count; ++i) {
      out.terms.push_back({source.kind, name(source, zipf(random, source.vocabulary)), 1});
    }
  }
  return out;
}

// 10 to 25 terms drawn as the documents draw theirs: common ones are common here, too.
std::vector<QueryTerm> make_query(SeededRandom& random) {
  std::vector<QueryTerm> out;
  const std::uint64_t size = 10 + random.below(16);
  for (std::uint64_t i = 0; i < size; ++i) {
    const TermSource& source = sources[i % 5 == 4 ? 2 : i % 2];
    out.push_back({source.kind, name(source, zipf(random, source.vocabulary)),
                   source.kind == TermKind::bigram ? 0.3f : 1.0f});
  }
  return out;
}

void build_ours(const std::string& directory, std::uint64_t documents, BenchReport& report) {
  const auto index = taken(KeywordIndex::open(posix_file_system(), directory));
  double seconds = 0;  // making the documents is not the index's work
  std::vector<KeywordDocument> batch;
  for (std::uint64_t at = 0; at < documents; at += batch.size()) {
    batch.clear();
    for (std::uint64_t i = at; i < std::min(at + batch_size, documents); ++i) {
      batch.push_back(document(i));
    }
    const Stopwatch watch;
    done(index->append(batch, {.sequence = batch.back().sequence}));
    seconds += watch.seconds();
  }
  const Stopwatch watch;
  done(index->flush());
  seconds += watch.seconds();
  const auto count = static_cast<double>(documents);
  report.add("ours_index_per_s", count / seconds);
  report.add("ours_bytes_per_block", static_cast<double>(index->bytes_on_disk()) / count);
}

void build_fts(Fts5Table& fts, std::uint64_t documents, BenchReport& report) {
  double seconds = 0;
  std::string text;
  for (std::uint64_t at = 0; at < documents; at += batch_size) {
    std::vector<std::string> batch;
    for (std::uint64_t i = at; i < std::min(at + batch_size, documents); ++i) {
      text.clear();
      for (const Term& term : document(i).terms) text += term.text + ' ';
      batch.push_back(text);
    }
    const Stopwatch watch;
    fts.run("BEGIN");
    for (std::size_t i = 0; i < batch.size(); ++i) fts.add(at + i, batch[i]);
    fts.run("COMMIT");
    seconds += watch.seconds();
  }
  report.add("fts5_index_per_s", static_cast<double>(documents) / seconds);
}

void query_ours(const KeywordSnapshot& snapshot, const std::vector<std::vector<QueryTerm>>& queries,
                BenchReport& report) {
  std::vector<double> ms;
  std::vector<double> cpu;
  for (const auto& query : queries) {
    const Stopwatch watch;
    (void)taken(snapshot.search(query, {.top_k = top_k}));
    ms.push_back(watch.seconds() * 1e3);
    cpu.push_back(watch.cpu_seconds() * 1e3);
  }
  report.add_percentiles("ours_query_cpu_ms", cpu);
  report.add_percentiles("ours_query_ms", ms);
}

void query_fts(Fts5Table& fts, const std::vector<std::vector<QueryTerm>>& queries,
               BenchReport& report) {
  std::vector<double> ms;
  std::vector<double> cpu;
  for (const auto& query : queries) {
    std::string match;
    for (const QueryTerm& term : query) match += (match.empty() ? "" : " OR ") + term.text;
    const Stopwatch watch;
    (void)fts.search(match, top_k);
    ms.push_back(watch.seconds() * 1e3);
    cpu.push_back(watch.cpu_seconds() * 1e3);
  }
  report.add_percentiles("fts5_query_cpu_ms", cpu);
  report.add_percentiles("fts5_query_ms", ms);
}

void purge_one(KeywordIndex& index, std::uint64_t documents, BenchReport& report) {
  std::vector<double> ms;
  SeededRandom random(seed);
  for (int i = 0; i < 9; ++i) {
    const std::uint64_t sequence = random.below(documents);
    const Stopwatch watch;
    index.remove(std::span(&sequence, 1));
    done(index.purge());
    ms.push_back(watch.seconds() * 1e3);
  }
  report.add_percentiles("ours_purge_one_ms", ms);
}

void run(std::uint64_t documents, std::size_t query_count, std::size_t fts_query_count) {
  const BenchFolder folder("keyword");
  const std::string directory = folder.path();
  BenchReport report("index_keyword", fmt::format("{}", documents), seed);
  build_ours(directory + "/ours", documents, report);
  Fts5Table fts(directory + "/fts.db", "ascii", false);
  if (fts_query_count > 0) build_fts(fts, documents, report);
  fts.run("PRAGMA wal_checkpoint(TRUNCATE)");
  report.add("fts5_bytes_per_block",
             static_cast<double>(std::filesystem::file_size(directory + "/fts.db")) /
                 static_cast<double>(documents));
  SeededRandom random(seed);
  std::vector<std::vector<QueryTerm>> queries(query_count);
  for (auto& query : queries) query = make_query(random);
  const Stopwatch opening;
  const auto index = taken(KeywordIndex::open(posix_file_system(), directory + "/ours"));
  report.add("ours_open_ms", opening.seconds() * 1e3);
  const auto snapshot = index->snapshot();
  report.add("ours_first_query_ms", [&] {
    const Stopwatch watch;
    (void)taken(snapshot->search(queries[0], {.top_k = top_k}));
    return watch.seconds() * 1e3;
  }());
  query_ours(*snapshot, queries, report);
  queries.resize(std::min(queries.size(), fts_query_count));
  if (!queries.empty()) query_fts(fts, queries, report);
  report.add("speed_up_query_p50",
             report.value("fts5_query_cpu_ms_p50") / report.value("ours_query_cpu_ms_p50"));
  report.add("speed_up_index", report.value("ours_index_per_s") / report.value("fts5_index_per_s"));
  purge_one(*index, documents, report);
  report.print();
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  const bool full = argc > 1 && std::string_view(argv[1]) == "full";
  if (!full) {
    mbe::run(5'000, 50, 20);
    return 0;
  }
  if (argc > 2) {  // ours alone, of that size
    mbe::run(std::stoull(argv[2]), 300, 0);
    return 0;
  }
  mbe::run(100'000, 1000, 100);
  mbe::run(1'000'000, 500, 30);
  return 0;
}
