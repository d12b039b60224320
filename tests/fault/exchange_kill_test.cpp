// Processes that save exchanges into one memory are killed at moments of chance. Every exchange
// they acknowledged is in the log once and in the transcript once, in one piece; a boot over the
// transcripts adds nothing. MBE_KILLS sets how often, MBE_KILL_SEED the seed of the moments.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "base/random.h"
#include "child.h"
#include "echo/boot.h"
#include "echo/log_lines.h"
#include "echo/memory_core.h"
#include "embed/test_embedder.h"
#include "transcript/memory_folder.h"

namespace mbe {
namespace {

constexpr std::uint64_t kills_a_home = 10;

class ExchangeKilled : public testing::Test {
 protected:
  [[nodiscard]] std::string home() const { return (folder_->path() / "home").string(); }
  void take(const std::string& line) { acknowledged_.insert(line.substr(2)); }

  /// Two processes at once; both are killed, the second somewhat later.
  void kill_some(std::uint64_t kill) {
    std::vector<Child> children;
    for (const char* who : {"a", "b"}) {
      children.emplace_back(std::vector<std::string>{MBE_EXCHANGE_HELPER, home(),
                                                     who + std::to_string(kill), "9999"});
    }
    for (Child& child : children) {
      for (std::uint64_t lines = random_.below(8); lines > 0; --lines) {
        const std::optional<std::string> line = child.line();
        ASSERT_TRUE(line) << "a helper ended by itself";
        take(*line);
      }
      wait_us(random_.below(20'000));
      child.kill();
      for (const std::string& line : child.lines()) take(line);
      EXPECT_EQ(child.wait(), 128 + SIGKILL);
    }
  }

  /// How often each utterance stands in a transcript.
  [[nodiscard]] std::map<std::string, int> transcript_lines() const {
    std::map<std::string, int> out;
    const auto parts = find_parts(posix_file_system(), home() + "/memory");
    if (!parts.ok()) return out;
    for (const PartFile& part : *parts) {
      std::ifstream in(part.path);
      TranscriptReader reader(in);
      while (const auto line = reader.next()) ++out[line->text];
    }
    return out;
  }

  void check() {
    auto engine = Engine::open({.home = home(), .embedder = std::make_shared<TestEmbedder>()});
    ASSERT_TRUE(engine.ok()) << engine.error().message();
    auto people = People::open(home());
    ASSERT_TRUE(people.ok()) << people.error().message();
    MemoryCore core(**engine, **people, {});
    const Result<void> repaired = core.repair("main");
    ASSERT_TRUE(repaired.ok()) << repaired.error().message();
    auto memory = (*engine)->chain("main");
    ASSERT_TRUE(memory.ok()) << memory.error().message();
    std::map<std::string, int> logged;
    const auto count = [&](const BlockView& block) -> Result<void> {
      ++logged[block.context];
      return {};
    };
    ASSERT_TRUE(each_block(**memory, {}, 0, count).ok());
    for (const std::string& word : acknowledged_) {
      EXPECT_EQ(logged["heron " + word + " stands\nin the pond"], 1) << word;
      EXPECT_EQ(logged["and " + word + " flies\n\nover it"], 1) << word;
    }
    std::erase_if(logged, [](const auto& one) { return one.second == 0; });
    EXPECT_EQ(transcript_lines(), logged);
    if (logged.empty()) return;
    const auto report = boot(**engine, {.folder = home() + "/memory"});
    ASSERT_TRUE(report.ok()) << report.error().message();
    EXPECT_EQ(report->imported, 0U);
    EXPECT_TRUE((*memory)->verify().ok);
  }

  const std::uint64_t seed_ = from_environment("MBE_KILL_SEED", 20'261'122);
  SeededRandom random_{seed_};
  std::unique_ptr<TestFolder> folder_;
  std::set<std::string> acknowledged_;
};

TEST_F(ExchangeKilled, IsInLogAndTranscriptOnce) {
  const std::uint64_t kills = from_environment("MBE_KILLS", 5);
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    SCOPED_TRACE(testing::Message() << "MBE_KILL_SEED=" << seed_ << ", kill " << kill);
    if (kill % kills_a_home == 0) {
      folder_ = std::make_unique<TestFolder>();
      acknowledged_.clear();
    }
    kill_some(kill);
    if (HasFatalFailure()) return;
    check();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace mbe
