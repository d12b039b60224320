// Question: how much faster than an exact float16 scan is the first pass with rescoring, and how
// much of the exact top 10 does it keep? Competitor: the same index told to scan everything.
// Vectors: clustered around shared directions as sentence embeddings are; or `full FILE`: float32
// rows of 384 from a file, perturbed to fill the sizes (the result says so).
// Usage: vector_scan smoke | full [FILE]
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "bench_report.h"
#include "fs/file_system.h"
#include "index/vector/index.h"

namespace mbe {
namespace {

constexpr std::uint64_t seed = bench_seed;
constexpr std::size_t dim = 384;
constexpr std::size_t batch = 1024;
const VectorModel model{.id = "bench", .dim = dim};

/// Where vectors come from; the same seed gives the same ones.
class Source {
 public:
  explicit Source(const std::string& file) : random_(seed) {
    if (file.empty()) {
      make_clusters();
      return;
    }
    std::ifstream in(file, std::ios::binary);
    std::vector<float> row(dim);
    while (in.read(reinterpret_cast<char*>(row.data()), dim * sizeof(float))) {
      centres_.insert(centres_.end(), row.begin(), row.end());
    }
    real_ = centres_.size() / dim;
    spread_ = 0.2f;
  }
  [[nodiscard]] std::size_t real() const { return real_; }

  /// Vector `number`: a real one while there are such, else one near a centre.
  void fill(std::size_t number, float* out) {
    const std::size_t rows = centres_.size() / dim;
    const std::size_t from = number < real_ ? number : random_.below(rows);
    const float spread = number < real_ ? 0.0f : spread_ / std::sqrt(static_cast<float>(dim));
    float norm = 0;
    for (std::size_t i = 0; i < dim; ++i) {
      out[i] = centres_[from * dim + i] + spread * noise();
      norm += out[i] * out[i];
    }
    for (std::size_t i = 0; i < dim; ++i) out[i] /= std::sqrt(norm);
  }
  void query(float* out) { fill(real_ + 1, out); }

 private:
  // Sum of twelve uniform numbers less six: near enough to a Gaussian, and quick.
  float noise() {
    const std::uint64_t a = random_.next();
    const std::uint64_t b = random_.next();
    const std::uint64_t c = random_.next();
    std::uint64_t sum = 0;
    for (const std::uint64_t bits : {a, b, c}) {
      sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    }
    return static_cast<float>(static_cast<double>(sum) / 65536.0 - 6);
  }
  void make_clusters() {
    constexpr std::size_t clusters = 20'000;
    std::vector<float> common(dim);
    for (float& value : common) value = noise();
    centres_.resize(clusters * dim);
    for (std::size_t row = 0; row < clusters; ++row) {
      float* centre = centres_.data() + row * dim;
      float norm = 0;
      for (std::size_t i = 0; i < dim; ++i) {
        centre[i] = common[i] + 0.7f * noise();
        norm += centre[i] * centre[i];
      }
      for (std::size_t i = 0; i < dim; ++i) centre[i] /= std::sqrt(norm);
    }
  }

  SeededRandom random_;
  std::vector<float> centres_;
  std::size_t real_ = 0;
  float spread_ = 0.4f;
};

void build(const std::string& directory, std::size_t count, Source& source, BenchReport& report) {
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
  Source source(file);
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
  if (!file.empty()) mbe::run(mbe::Source(file).real(), 200, file);
  for (const std::size_t count : {16'000u, 100'000u, 1'000'000u}) mbe::run(count, 200, file);
  return 0;
}
