// One process at work on a home, through the engine: memory_helper HOME MODE NAME COUNT SECONDS.
// It stops after COUNT steps or SECONDS, and says what it was promised once it was:
//   remember  "R <index> <text>"   after each block that was remembered
//   import    "I <items>"          after each part: all items of a smaller number are there
//   forget    as remember, in a conversation; "F <index> <text>" before a block is forgotten and
//             "D <index>" after
//   recall    "Q <hits>"           after each question
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "embed/test_embedder.h"
#include "mbe/engine.h"

namespace {

using mbe::Memory;
using mbe::Result;

struct Work {
  Memory& memory;
  std::string name;
  int step = 0;
};

void tell(const char* what, std::uint64_t number, const std::string& text = "") {
  std::printf("%s %llu%s%s\n", what, static_cast<unsigned long long>(number),
              text.empty() ? "" : " ", text.c_str());
  std::fflush(stdout);
}

/// A word that stands in no other text, so that it can be looked for.
std::string word_of(const Work& work) {
  return "q" + work.name + "x" + std::to_string(work.step);
}

Result<std::uint64_t> remember(Work& work) {
  const std::string text = "heron " + word_of(work) + " by the pond";
  MBE_ASSIGN(const mbe::RememberReceipt receipt,
             work.memory.remember({.text = text, .speaker = work.name, .session = "talk"}));
  tell("R", receipt.block_index, text);
  return receipt.block_index;
}

/// Enough items a part that indexes and vectors are written to disk.
Result<void> import_part(Work& work) {
  constexpr int items_a_part = 600;
  std::vector<mbe::ImportItem> items;
  for (int i = 0; i < items_a_part; ++i) {
    mbe::ImportItem item;
    item.id = "item-" + std::to_string(work.step * items_a_part + i);
    item.text = "heron " + item.id + " by the pond";
    item.line = static_cast<std::uint64_t>(i) + 1;
    items.push_back(std::move(item));
  }
  MBE_ASSIGN(const mbe::ImportReport report, work.memory.import(items));
  if (!report.refused.empty()) return report.refused.front().second;
  tell("I", static_cast<std::uint64_t>(work.step + 1) * items_a_part);
  MBE_ASSIGN(const std::uint64_t left, work.memory.reembed(false));
  static_cast<void>(left);
  return work.memory.checkpoint();
}

Result<void> forget(Work& work) {
  // Through the conversation: short-term memory and waypoints must lose it too.
  const std::string text = "heron " + word_of(work) + " by the pond";
  mbe::ObserveRequest said{.text = text, .speaker = work.name};
  said.remember = "always";
  MBE_ASSIGN(const mbe::ObserveResult observed, work.memory.observe(said));
  const std::uint64_t index = observed.block_index.value_or(0);
  tell("R", index, text);
  if (work.step % 3 != 0) return {};
  tell("F", index, text);
  MBE_ASSIGN(const mbe::ForgetReport report, work.memory.forget({.blocks = {index}}, 1));
  tell("D", index);
  return report.count == 1 ? Result<void>() : mbe::fail(mbe::ErrorCode::io, "not one block");
}

Result<void> recall(Work& work) {
  MBE_ASSIGN(const mbe::RecallResult found,
             work.memory.recall({.cue = "heron by the pond", .top_k = 5, .threshold = false}));
  tell("Q", found.hits.size());
  return {};
}

Result<void> step(const std::string& mode, Work& work) {
  if (mode == "import") return import_part(work);
  if (mode == "forget") return forget(work);
  if (mode == "recall") return recall(work);
  const Result<std::uint64_t> index = remember(work);
  return index.ok() ? Result<void>() : index.error();
}

Result<void> run(char** arguments) {
  const std::string mode = arguments[2];
  mbe::EngineOptions options;
  options.home = arguments[1];
  options.embedder = std::make_shared<mbe::TestEmbedder>();
  MBE_ASSIGN(const auto engine, mbe::Engine::open(options));
  MBE_ASSIGN(Memory * memory, engine->chain("main"));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(arguments[5]));
  Work work{*memory, arguments[3]};
  for (; work.step < std::atoi(arguments[4]); ++work.step) {
    if (std::chrono::steady_clock::now() >= end) break;
    MBE_TRY(step(mode, work));
  }
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return 2;
  const Result<void> done = run(arguments);
  if (done.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", arguments[3], done.error().message().c_str());
  return 1;
}
