// A process that works on a home is killed at moments of chance - while it remembers, imports or
// forgets, while it makes the home or writes an index - and every promise it gave is checked.
// MBE_KILLS sets how often, MBE_KILL_SEED the seed of the moments.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/random.h"
#include "child.h"
#include "embed/test_embedder.h"
#include "engine/memory_parts.h"
#include "mbe/engine.h"

namespace mbe {
namespace {

constexpr std::uint64_t kills_a_home = 10;

/// What the killed processes had said, and what of it was revoked.
struct Promises {
  std::map<std::uint64_t, std::string> texts;  ///< by index
  std::set<std::uint64_t> forgotten;           ///< a forget returned
  std::set<std::uint64_t> forgetting;          ///< a forget began: either
  std::uint64_t items = 0;                     ///< of the import, from the first

  void take(const std::string& line) {
    std::istringstream in(line);
    std::string what, text;
    std::uint64_t number = 0;
    in >> what >> number;
    std::getline(in >> std::ws, text);
    if (what == "R" || what == "F") texts[number] = text;
    if (what == "F") forgetting.insert(number);
    if (what == "D") forgotten.insert(number);
    if (what == "I") items = std::max(items, number);
  }
  [[nodiscard]] bool may_be_gone(std::uint64_t index) const {
    return forgotten.contains(index) || forgetting.contains(index);
  }
};

class Killed : public testing::TestWithParam<std::string> {
 protected:
  /// One process, killed after some of its promises and some time.
  void kill_one(const std::string& name) {
    const bool import = GetParam() == "import";
    Child child({MBE_MEMORY_HELPER, home(), GetParam(), name, "1000000", "600"});
    const bool at_start = random_.below(4) == 0;
    std::uint64_t lines = at_start ? 0 : 1 + random_.below(import ? 3 : 12);
    for (; lines > 0; --lines) {
      const std::optional<std::string> line = child.line();
      ASSERT_TRUE(line) << name << " ended by itself";
      promises_.take(*line);
    }
    wait_us(random_.below(at_start || import ? 300'000 : 20'000));
    child.kill();
    for (const std::string& line : child.lines()) promises_.take(line);
    EXPECT_EQ(child.wait(), 128 + SIGKILL);
  }

  void check() {
    auto engine = Engine::open({.home = home(), .embedder = std::make_shared<TestEmbedder>()});
    ASSERT_TRUE(engine.ok()) << engine.error().message();
    auto memory = (*engine)->chain("main");
    ASSERT_TRUE(memory.ok()) << memory.error().message();
    check_blocks(**memory);
    if (HasFatalFailure()) return;
    check_recall(**memory);
    const VerifyResult result = (*memory)->verify();
    for (const Error& problem : result.problems) ADD_FAILURE() << problem.message();
    EXPECT_TRUE(result.ok);
    const auto more = (*memory)->remember({.text = "the chain goes on"});
    ASSERT_TRUE(more.ok()) << more.error().message();
    engine->reset();
    check_files();
  }

  void check_block(const Block& block, std::set<std::string>& sources) {
    const std::uint64_t index = block.sequence;
    const std::string& source = block.payload.source;
    const bool twice = !source.empty() && !sources.insert(source).second;
    EXPECT_FALSE(twice) << source << " is there twice";
    if (block.state == BlockState::erased) {
      EXPECT_TRUE(promises_.may_be_gone(index)) << index;
      promises_.forgotten.insert(index);
      return;
    }
    EXPECT_EQ(block.state, BlockState::ok) << index;
    EXPECT_FALSE(promises_.forgotten.contains(index)) << index;
    const auto promised = promises_.texts.find(index);
    const bool other = promised != promises_.texts.end() && promised->second != block.payload.text;
    EXPECT_FALSE(other) << index << " says " << block.payload.text;
  }

  void check_blocks(Memory& memory) {
    std::set<std::string> sources;
    const Chain& chain = *memory.parts().chain;
    ASSERT_FALSE(chain.damage().has_value());
    const auto visit = [&](const Block& block) {
      check_block(block, sources);
      return !HasFailure();
    };
    ASSERT_TRUE(chain.scan(0, UINT64_MAX, visit).ok());
    if (!promises_.texts.empty()) {
      EXPECT_GE(chain.head().sequence, promises_.texts.rbegin()->first);
    }
    for (std::uint64_t item = 0; item < promises_.items; ++item) {
      ASSERT_TRUE(sources.contains("item-" + std::to_string(item))) << "item " << item;
    }
    for (const Erasure& erasure : chain.erasures()) EXPECT_TRUE(erasure.done);
  }

  /// The indexes hold what the log holds: every word that was said leads to its block.
  void check_recall(Memory& memory) {
    constexpr std::size_t asked_max = 10;
    std::size_t asked = 0;
    for (auto one = promises_.texts.rbegin(); one != promises_.texts.rend(); ++one) {
      if (++asked > asked_max) break;
      const auto result = memory.recall(
          {.cue = word_of(one->second), .top_k = 3, .arms = {"keyword"}, .threshold = false});
      ASSERT_TRUE(result.ok()) << result.error().message();
      const bool found = std::ranges::any_of(
          result->hits, [&](const RecallHit& hit) { return hit.block.block_index == one->first; });
      EXPECT_EQ(found, !promises_.forgotten.contains(one->first)) << one->second;
    }
  }

  /// No file holds a word of what is gone.
  void check_files() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home())) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      for (const std::uint64_t index : promises_.forgotten) {
        const std::string word = word_of(promises_.texts.at(index));
        EXPECT_EQ(bytes.view().find(word + " "), std::string::npos) << word << " " << entry.path();
      }
    }
  }

  /// "heron WORD by the pond"
  static std::string word_of(const std::string& text) {
    const std::size_t begin = text.find(' ') + 1;
    return text.substr(begin, text.find(' ', begin) - begin);
  }
  [[nodiscard]] std::string home() const { return (folder_->path() / "home").string(); }

  const std::uint64_t seed_ = from_environment("MBE_KILL_SEED", 20'261'122);
  SeededRandom random_{seed_};
  std::unique_ptr<TestFolder> folder_;
  Promises promises_;
};

TEST_P(Killed, KeepsWhatItPromised) {
  const std::uint64_t kills = from_environment("MBE_KILLS", 5);
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    SCOPED_TRACE(testing::Message() << "MBE_KILL_SEED=" << seed_ << ", kill " << kill);
    if (kill % kills_a_home == 0) {
      folder_ = std::make_unique<TestFolder>();
      promises_ = {};
    }
    kill_one("k" + std::to_string(kill));
    if (HasFatalFailure()) return;
    check();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(While, Killed, testing::Values("remember", "import", "forget"),
                         [](const auto& mode) { return mode.param; });

}  // namespace
}  // namespace mbe
