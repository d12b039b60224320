// One process that saves exchanges through memory_core: exchange_helper HOME NAME COUNT. It says
// "E <word>" once the exchange of that word is acknowledged.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "echo/memory_core.h"
#include "embed/test_embedder.h"

namespace {

mbe::Result<void> run(char** arguments) {
  mbe::EngineOptions options;
  options.home = arguments[1];
  options.embedder = std::make_shared<mbe::TestEmbedder>();
  MBE_ASSIGN(const auto engine, mbe::Engine::open(options));
  MBE_ASSIGN(const auto people, mbe::People::open(arguments[1]));
  mbe::MemoryCore core(*engine, *people, {});
  for (int step = 0; step < std::atoi(arguments[3]); ++step) {
    const std::string word = "q" + std::string(arguments[2]) + "x" + std::to_string(step);
    mbe::Exchange exchange;
    exchange.speaker = arguments[2];
    exchange.text = "heron " + word + " stands\nin the pond";
    exchange.answer = "and " + word + " flies\n\nover it";
    MBE_ASSIGN(const mbe::Saved saved, core.save_memory(exchange));
    if (saved.transcript_error) return *saved.transcript_error;
    std::printf("E %s\n", word.c_str());
    std::fflush(stdout);
  }
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const mbe::Result<void> done = run(arguments);
  if (done.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", arguments[2], done.error().message().c_str());
  return 1;
}
