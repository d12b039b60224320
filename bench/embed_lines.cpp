// Question: what does a vector cost? Embeds each line by the default model: as a query, one at a
// time as recall does, or as passages in batches as reembed does. Writes float32 rows to OUT.
// Usage: embed_lines LINES.txt query|passage OUT.f32
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/resources.h"
#include "bench_report.h"
#include "embed/llama_embedder.h"

namespace mbe {
namespace {

constexpr std::size_t texts_a_batch = 256;

void run(const std::string& file, TextRole role, const std::string& out) {
  const std::vector<std::string> lines = read_lines(file);
  const auto embedder = taken(LlamaEmbedder::open(taken(find_resource(default_model_resource))));
  BenchReport report("embed_lines", std::to_string(lines.size()), bench_seed);
  report.add_load();
  const Stopwatch loading;
  done(embedder->load());
  report.add("load_ms", loading.seconds() * 1e3);
  report.add("load_cpu_ms", loading.cpu_seconds() * 1e3);
  std::ofstream rows(out, std::ios::binary);
  std::vector<double> wall, cpu;
  double tokens = 0;
  const std::size_t batch = role == TextRole::query ? 1 : texts_a_batch;
  for (std::size_t at = 0; at < lines.size(); at += batch) {
    const auto end = std::min(at + batch, lines.size());
    const std::vector<std::string_view> texts(lines.begin() + static_cast<std::ptrdiff_t>(at),
                                              lines.begin() + static_cast<std::ptrdiff_t>(end));
    const Stopwatch watch;
    const EmbeddingRows made = taken(embedder->embed(texts, role));
    const auto count = static_cast<double>(texts.size());
    wall.push_back(watch.seconds() * 1e3 / count);
    cpu.push_back(watch.cpu_seconds() * 1e3 / count);
    rows.write(reinterpret_cast<const char*>(made.values.data()),
               static_cast<std::streamsize>(made.values.size() * sizeof(float)));
    for (const auto text : texts)
      tokens += static_cast<double>(taken(embedder->count_tokens(text)));
  }
  report.add("tokens_mean", tokens / static_cast<double>(lines.size()));
  report.add_percentiles("a_text_ms", wall);
  report.add_percentiles("a_text_cpu_ms", cpu);
  report.add("VmRSS_mib", memory_mib("VmRSS"));
  report.print();
}

}  // namespace
}  // namespace mbe

int main(int argc, char** argv) {
  const std::string role = argc == 4 ? argv[2] : "";
  if (role != "query" && role != "passage") {
    fmt::print(stderr, "usage: embed_lines LINES.txt query|passage OUT.f32\n");
    return 2;
  }
  mbe::run(argv[1], role == "query" ? mbe::TextRole::query : mbe::TextRole::passage, argv[3]);
  return 0;
}
