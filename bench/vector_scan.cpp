// Question: how much faster than an exact float16 scan is the first pass with rescoring, and how
// much of the exact top 10 does it keep? Competitor: the same index told to scan everything.
// Vectors: clustered around shared directions as sentence embeddings are; or `full FILE`: float32
// rows of 384 from a file, perturbed to fill the sizes (the result says so).
// Usage: vector_scan smoke | full [FILE]
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "bench_report.h"
#include "fs/file_system.h"
#include "index/vector/index.h"
#include "vector_source.h"

namespace mbe {
namespace {

constexpr std::uint64_t seed = bench_seed;
constexpr std::size_t dim = VectorSource::dim;
constexpr std::size_t batch = 1024;
const VectorModel model{.id = "bench", .dim = dim};

/// Rows of a file, or clusters where none is given.
VectorSource source_of(const std::string& file) {
  std::vector<float> rows;
  if (!file.empty()) {
    std::ifstream in(file, std::ios::binary);
    std::vector<float> row(dim);
    while (in.read(reinterpret_cast<char*>(row.data()), dim * sizeof(float))) {
      rows.insert(rows.end(), row.begin(), row.end());
    }
  }
  return VectorSource(std::move(rows));
}

void build(const std::string& directory, std::size_t count, VectorSource& source,
           BenchReport& report) {
  const auto index = taken(VectorIndex::open(posix_file_system(), directory, model));
  double seconds = 0;
  for (std::size_t at = 0; at < count; at += batch) {
    const std::size_t size = std::min(batch, count - at);
    std::vector<VectorEntry> entries(size);
    std::vector<float> values(size * dim);
    for (std::size_t i = 0; i < size; ++i) {
      entries[i].sequence = at + i;
      source.fill(at + i, values.data() + i * dim);
    }
    const Stopwatch watch;
    done(index->append(entries, values, {.sequence = at + size}));
    seconds += watch.cpu_seconds();
  }
  done(index->flush());
  report.add("append_per_cpu_s", static_cast<double>(count) / seconds);
  report.add("bytes_per_vector",
             static_cast<double>(index->bytes_on_disk()) / static_cast<double>(count));
}

using Hits = std::vector<std::vector<VectorHit>>;

Hits search(const VectorSnapshot& snapshot, const std::vector<float>& queries,
            const std::string& name, BenchReport& report) {
  std::vector<double> wall;
  std::vector<double> cpu;
  Hits out;
  for (std::size_t at = 0; at < queries.size(); at += dim) {
    const Stopwatch watch;
    out.push_back(taken(snapshot.search({.vector = std::span(queries).subspan(at, dim)})));
    wall.push_back(watch.seconds() * 1e3);
    cpu.push_back(watch.cpu_seconds() * 1e3);
  }
  report.add_percentiles(name + "_ms", wall);
  report.add_percentiles(name + "_cpu_ms", cpu);
  return out;
}

double recall(const Hits& found, const Hits& exact, std::size_t top_k) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t at = 0; at < top_k; ++at) {
      for (const VectorHit& hit : found[i]) kept += hit.sequence == exact[i][at].sequence ? 1u : 0u;
    }
  }
  return static_cast<double>(kept) / static_cast<double>(found.size() * top_k);
}

void run(std::size_t count, std::size_t query_count, const std::string& file) {
  const BenchFolder folder("vector");
  const std::string directory = folder.path();
  VectorSource source = source_of(file);
  BenchReport report("vector_scan", fmt::format("{}", count), seed);
  report.add("real_vectors", static_cast<double>(std::min(source.real(), count)));
  build(directory, count, source, report);
  std::vector<float> queries(query_count * dim);
  for (std::size_t i = 0; i < query_count; ++i) source.query(queries.data() + i * dim);
  FileSystem& fs = posix_file_system();
  const Stopwatch opening;
  const auto index = taken(VectorIndex::open(fs, directory, model, {.threads_max = 1}));
  report.add("open_ms", opening.seconds() * 1e3);
  (void)taken(index->snapshot()->search({.vector = std::span(queries).first(dim)}));
  const auto exact_index =
      taken(VectorIndex::open(fs, directory, model, {.exact_scan_max = count}));
  const Hits exact = search(*exact_index->snapshot(), queries, "exact", report);
  const Hits found = search(*index->snapshot(), queries, "one_thread", report);
  const auto two = taken(VectorIndex::open(fs, directory, model));
  (void)search(*two->snapshot(), queries, "default", report);
  report.add("recall_at_10", recall(found, exact, 10));
  report.add("recall_at_100", recall(found, exact, 100));
  report.add("speed_up_cpu",
             report.value("exact_cpu_ms_p50") / report.value("one_thread_cpu_ms_p50"));
  std::vector<double> purge_ms;
  std::vector<double> purge_cpu_ms;
  for (std::uint64_t sequence = 7; purge_ms.size() < 9; sequence += count / 10) {
    const Stopwatch watch;
    index->remove(std::span(&sequence, 1));
    done(index->purge());
    purge_ms.push_back(watch.seconds() * 1e3);
    purge_cpu_ms.push_back(watch.cpu_seconds() * 1e3);
  }
  report.add_percentiles("purge_one_cpu_ms", purge_cpu_ms);
  report.add_percentiles("purge_one_ms", purge_ms);
  report.print();
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  const bool full = argc > 1 && std::string_view(argv[1]) == "full";
  const std::string file = argc > 2 ? argv[2] : "";
  if (!full) {
    mbe::run(20'000, 20, "");
    return 0;
  }
  if (!file.empty()) mbe::run(mbe::source_of(file).real(), 200, file);
  for (const std::size_t count : {16'000u, 100'000u, 1'000'000u}) mbe::run(count, 200, file);
  return 0;
}
