// Makes the home that the benches of large memories read: the lines imported by the engine as a
// conversation, then one vector a block put straight into the vector index, because embedding a
// million lines takes an hour: the first REAL lines' own vectors by the default model, for the rest
// seeded perturbations of them. Prints what it did.
// Usage: large_home HOME LINES.txt REAL   (driven by bench/large.py)
#include <algorithm>
#include <string>
#include <vector>

#include "base/resources.h"
#include "bench_report.h"
#include "embed/llama_embedder.h"
#include "engine/memory_parts.h"
#include "import_lines.h"
#include "index/vector/index.h"
#include "mbe/engine.h"
#include "vector_source.h"

namespace mbe {
namespace {

constexpr std::size_t part_lines = 65'536;
constexpr std::size_t vectors_a_batch = 4'096;
constexpr std::size_t texts_a_batch = 256;

void import_all(Memory& memory, const std::vector<std::string>& lines, BenchReport& report) {
  const std::vector<ImportItem> items = import_items(lines);
  const Stopwatch watch;
  for (std::size_t at = 0; at < items.size(); at += part_lines) {
    const auto part = std::span(items).subspan(at, std::min(part_lines, items.size() - at));
    MBE_ASSERT(taken(memory.import(part)).imported == part.size());
  }
  done(memory.checkpoint());
  const auto blocks = static_cast<double>(lines.size());
  report.add("import_per_s", blocks / watch.seconds());
  report.add("import_per_cpu_s", blocks / watch.cpu_seconds());
}

std::vector<float> embed(Embedder& embedder, std::span<const std::string> lines,
                         BenchReport& report) {
  std::vector<float> out;
  const Stopwatch watch;
  for (std::size_t at = 0; at < lines.size(); at += texts_a_batch) {
    const auto part = lines.subspan(at, std::min(texts_a_batch, lines.size() - at));
    const std::vector<std::string_view> texts(part.begin(), part.end());
    const EmbeddingRows rows = taken(embedder.embed(texts, TextRole::passage));
    out.insert(out.end(), rows.values.begin(), rows.values.end());
  }
  report.add(
      "embed_cpu_ms_a_line",
      watch.cpu_seconds() * 1e3 / static_cast<double>(std::max<std::size_t>(lines.size(), 1)));
  return out;
}

void plant(const std::string& directory, const VectorModel& model, const Head& head,
           VectorSource& source, BenchReport& report) {
  const auto index =
      taken(VectorIndex::open(posix_file_system(), directory + "/derived/vector", model));
  const Stopwatch watch;
  for (std::size_t at = 0; at < head.sequence; at += vectors_a_batch) {
    const std::size_t size = std::min<std::size_t>(vectors_a_batch, head.sequence - at);
    std::vector<VectorEntry> entries(size);
    std::vector<float> values(size * model.dim);
    for (std::size_t i = 0; i < size; ++i) {
      entries[i].sequence = at + i + 1;  // genesis has none
      source.fill(at + i, values.data() + i * model.dim);
    }
    done(index->append(entries, values, {head.sequence, head.hash}));
  }
  done(index->activate());
  report.add("plant_vectors_per_cpu_s", static_cast<double>(head.sequence) / watch.cpu_seconds());
}

void run(const std::string& home, const std::string& file, std::size_t real) {
  const std::vector<std::string> lines = read_lines(file);
  BenchReport report("large_home", std::to_string(lines.size()), bench_seed);
  report.add_load();
  real = std::min(real, lines.size());
  report.add("real_vectors", static_cast<double>(real));
  const auto embedder = taken(LlamaEmbedder::open(taken(find_resource(default_model_resource))));
  std::string directory;
  Head head;
  {
    const auto engine = taken(Engine::open({.home = home}));
    Memory& memory = *taken(engine->chain("main"));
    import_all(memory, lines, report);
    directory = memory.parts().directory;
    head = memory.parts().chain->head();
  }
  VectorSource source(embed(*embedder, std::span(lines).first(real), report));
  const auto dim = static_cast<std::uint32_t>(embedder->dim());
  plant(directory, {embedder->model_id(), dim}, head, source, report);
  report.print();
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: large_home HOME LINES.txt REAL\n");
    return 2;
  }
  mbe::run(argv[1], argv[2], std::stoull(argv[3]));
  return 0;
}
