// The real program is killed at moments of chance while it remembers, imports or forgets. What it
// printed holds, what it had not yet printed is there or not, the chain verifies and goes on.
// MBE_PROGRAM_KILLS sets how often, MBE_KILL_SEED the seed of the moments.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <map>

#include "base/random.h"
#include "child.h"
#include "flow/process.h"

namespace mbe {
namespace {

using flow::Outcome;
using Words = std::vector<std::string>;

constexpr int items = 400;
constexpr std::uint64_t kills_a_home = 50;

std::string import_file() {
  std::string out;
  for (int i = 0; i < items; ++i) {
    const std::string number = std::to_string(i);
    out += R"({"id":"item-)" + number + R"(","namespace":"main","text":"heron number )" + number +
           "\"}\n";
  }
  return out;
}

class KilledProgram : public testing::Test {
 protected:
  void make_home() {
    program_ = std::make_unique<flow::Program>();
    file_ = program_->folder().file("items.jsonl", import_file());
    texts_.clear();
    const auto start = std::chrono::steady_clock::now();
    program_->json({"remember", "the first heron"});
    const auto passed = std::chrono::steady_clock::now() - start;
    usual_us_ = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
  }
  /// Kills the command somewhere in its usual time; true if it was done before.
  bool run(const Words& words, Outcome& outcome) {
    outcome = program_->run(words, {.kill_after_us = random_.below(usual_us_ * 5 / 4)});
    EXPECT_TRUE(outcome.code == 0 || outcome.code == 128 + SIGKILL) << outcome.err;
    // A line is a promise as soon as it is whole, whatever came after it.
    return outcome.out.ends_with('\n');
  }
  void remember(std::uint64_t kill) {
    const std::string text = "heron q" + std::to_string(kill) + " by the pond";
    Outcome outcome;
    if (!run({"remember", text, "--json"}, outcome)) return;
    texts_[outcome.json().value("block_index", std::uint64_t{0})] = text;
  }
  void forget() {
    if (texts_.empty()) return;
    auto one = texts_.begin();
    std::advance(one, static_cast<std::ptrdiff_t>(random_.below(texts_.size())));
    Outcome outcome;
    const bool done = run({"forget", std::to_string(one->first), "--yes", "--json"}, outcome);
    (done ? gone_ : perhaps_gone_)[one->first] = one->second;
    texts_.erase(one);
  }
  enum class Fate { kept, open, gone };
  /// A forgotten block is shown as such and says nothing.
  void check_text(std::uint64_t index, const std::string& text, Fate fate) {
    const auto block = program_->json({"show", std::to_string(index)});
    const std::string said = block.value("context", "");
    const bool erased = block.value("state", "") == "erased" && said.empty();
    const bool right = fate == Fate::gone ? erased : said == text || (fate == Fate::open && erased);
    EXPECT_TRUE(right) << "block " << index << ": " << block;
  }
  void check_newest() {
    // What was cut off in the middle is set aside by the next that opens; then all is sound.
    ASSERT_EQ(program_->run({"stats"}).code, 0);
    const Outcome outcome = program_->run({"verify", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    if (!texts_.empty()) {
      check_text(texts_.rbegin()->first, texts_.rbegin()->second, Fate::kept);
    }
    for (const auto& [index, text] : perhaps_gone_) check_text(index, text, Fate::open);
    for (const auto& [index, text] : gone_) check_text(index, text, Fate::gone);
    gone_.clear();
    perhaps_gone_.clear();
  }
  /// All that was acknowledged, and every item of the import exactly once.
  void check_all() {
    for (const auto& [index, text] : texts_) check_text(index, text, Fate::kept);
    const auto totals = program_->json({"import", file_});
    EXPECT_EQ(totals.value("imported", 0) + totals.value("skipped", 0), items);
    const auto again = program_->json({"import", file_});
    EXPECT_EQ(again.value("skipped", 0), items);
    std::map<std::string, int> seen;
    const Outcome all = program_->run({"export", "--format", "jsonl"});
    for (const auto& line : all.json_lines()) ++seen[line.value("source", line.value("id", ""))];
    for (int i = 0; i < items; ++i) EXPECT_EQ(seen["item-" + std::to_string(i)], 1) << i;
  }

  const std::uint64_t seed_ = from_environment("MBE_KILL_SEED", 20'261'122);
  SeededRandom random_{seed_};
  std::unique_ptr<flow::Program> program_;
  std::string file_;
  std::uint64_t usual_us_ = 0;  ///< what a small command takes
  std::map<std::uint64_t, std::string> texts_, gone_, perhaps_gone_;
};

TEST_F(KilledProgram, KeepsWhatItPrinted) {
  const std::uint64_t kills = from_environment("MBE_PROGRAM_KILLS", 8);
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    SCOPED_TRACE(testing::Message() << "MBE_KILL_SEED=" << seed_ << ", kill " << kill);
    if (kill % kills_a_home == 0) {
      make_home();
    }
    Outcome outcome;
    switch (random_.below(4)) {
      case 0:
        run({"import", file_, "--json"}, outcome);
        break;
      case 1:
        forget();
        break;
      default:
        remember(kill);
    }
    check_newest();
    if ((kill + 1) % kills_a_home == 0 || kill + 1 == kills) check_all();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace mbe
