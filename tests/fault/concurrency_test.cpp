// Threads and processes on one chain, on the machine's own file system: nothing lost, everyone's
// order kept, readers see only whole prefixes; writers killed at random moments.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "base/random.h"
#include "child.h"
#include "model.h"

namespace mbe {
namespace {

class Concurrency : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "mbe_chain_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  [[nodiscard]] std::string directory() const { return root_ + "/c" + std::to_string(chain_); }
  [[nodiscard]] std::unique_ptr<Chain> open() const {
    ChainOptions options{posix_file_system(), system_clock(), test_chain_id, directory(),
                         [] { return Result<Bytes32>(Bytes32{7}); }};
    options.lock_wait_ms = 20'000;
    auto chain = open_chain(options);
    EXPECT_TRUE(chain.ok()) << (chain.ok() ? "" : chain.error().message());
    return chain.ok() ? std::move(*chain) : nullptr;
  }
  /// Blocks of each writer, in order, each exactly once.
  static void check_order(const Chain& chain, std::size_t blocks) {
    std::map<std::string, int> next;
    std::size_t seen = 0;
    ASSERT_TRUE(chain
                    .scan(1, UINT64_MAX,
                          [&](const Block& block) {
                            ++seen;
                            EXPECT_EQ(block.state, BlockState::ok);
                            const int number = std::stoi(block.payload.text);
                            EXPECT_EQ(next[block.payload.speaker]++, number);
                            return !testing::Test::HasFailure();
                          })
                    .ok());
    EXPECT_EQ(seen, blocks);
    const VerifyReport report = chain.verify();
    EXPECT_TRUE(report.ok()) << problems_of(report);
  }
  [[nodiscard]] Child start(const std::string& name, int count, bool erases = false) const {
    std::vector<std::string> words{MBE_APPEND_HELPER, directory(), name, std::to_string(count)};
    if (erases) words.emplace_back("erase");
    return Child(words);
  }

  std::string root_;
  std::uint64_t chain_ = 0;  ///< a new one now and then: a long one takes long to check
};

TEST_F(Concurrency, ThreadsShareGroupsAndReadersSeePrefixes) {
  constexpr int writers = 16;
  constexpr int each = 60;
  constexpr int readers = 4;
  const auto chain = open();
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> failures{0};
  std::vector<std::jthread> threads;
  for (int r = 0; r < readers; ++r) {
    threads.emplace_back([&] {
      while (!stop) {
        const std::uint64_t last = chain->head().sequence;
        const Result<Block> block = chain->read(last);
        if (!block.ok() || block->state != BlockState::ok) ++failures;
      }
    });
  }
  {
    std::vector<std::jthread> writing;
    for (int w = 0; w < writers; ++w) {
      writing.emplace_back([&, w] {
        for (int i = 0; i < each; ++i) {
          Payload payload = say(std::to_string(i));
          payload.speaker = std::to_string(w);
          if (!chain->append(payload).ok()) ++failures;
        }
      });
    }
  }
  stop = true;
  threads.clear();
  EXPECT_EQ(failures, 0U);
  check_order(*chain, writers * each);
}

TEST_F(Concurrency, ProcessesTakeTurns) {
  constexpr int processes = 4;
  constexpr int each = 50;
  {
    EXPECT_NE(open(), nullptr);
  }
  std::vector<Child> writers;
  for (int i = 0; i < processes; ++i) writers.push_back(start("p" + std::to_string(i), each));
  const auto reader = open();
  for (Child& writer : writers) {
    EXPECT_EQ(writer.lines().size(), static_cast<std::size_t>(each));
    EXPECT_EQ(writer.wait(), 0);
    EXPECT_TRUE(reader->refresh().ok());
  }
  EXPECT_EQ(reader->head().sequence, static_cast<std::uint64_t>(processes * each));
  check_order(*reader, processes * each);
}

/// What killed writers had said: appended sequences, and those they were erasing or had erased.
struct Said {
  std::uint64_t last = 0;
  std::map<std::uint64_t, bool> erased;  ///< true: it said so; false: it had begun

  void take(const std::string& line) {
    const std::size_t space = line.find(' ');
    const std::uint64_t number = std::stoull(line.substr(space == std::string::npos ? 0 : space));
    if (space == std::string::npos) last = number;
    if (space != std::string::npos) erased[number] = line.starts_with("erased");
  }
};

TEST_F(Concurrency, AKilledWriterLosesNothingItAcknowledged) {
  const std::uint64_t seed = from_environment("MBE_KILL_SEED", 4);
  const std::uint64_t rounds = from_environment("MBE_KILLS", 12);
  SCOPED_TRACE(testing::Message() << "MBE_KILL_SEED=" << seed);
  SeededRandom random(seed);
  Said said;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (round / 20 != chain_) {
      chain_ = round / 20;
      said = {};
    }
    Child writer = start("r" + std::to_string(round), 100'000, round % 2 == 1);
    // Killed after some acknowledgements and some microseconds, at whatever it does then.
    for (std::uint64_t n = 1 + random.below(20); n > 0; --n) {
      const std::optional<std::string> line = writer.line();
      ASSERT_TRUE(line);
      said.take(*line);
    }
    wait_us(random.below(3'000));
    writer.kill();
    for (const std::string& line : writer.lines()) said.take(line);
    writer.wait();
    const auto chain = open();
    ASSERT_NE(chain, nullptr);
    EXPECT_FALSE(chain->damage().has_value());
    EXPECT_GE(chain->head().sequence, said.last);
    for (const auto& [sequence, done] : said.erased) {
      const Result<Block> block = chain->read(sequence);
      ASSERT_TRUE(block.ok()) << block.error().message();
      if (block->state != BlockState::ok || done) {
        EXPECT_EQ(block->state, BlockState::erased);
      }
    }
    const VerifyReport report = chain->verify({.open_payloads = true});
    ASSERT_TRUE(report.ok()) << "round " << round << ": " << problems_of(report);
  }
}

}  // namespace
}  // namespace mbe
