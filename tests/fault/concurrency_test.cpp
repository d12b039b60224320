// Threads and processes on one chain, on the machine's own file system: nothing lost, everyone's
// order kept, readers see only whole prefixes; writers killed at random moments.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/random.h"
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
  [[nodiscard]] std::unique_ptr<Chain> open() const {
    ChainOptions options{posix_file_system(), system_clock(), test_chain_id, root_ + "/c",
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
  /// A writing process; its acknowledgements arrive on the pipe.
  struct Writer {
    pid_t id = 0;
    FILE* out = nullptr;
  };
  [[nodiscard]] Writer start(const std::string& name, int count) const {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const std::string directory = root_ + "/c";
    const std::string number = std::to_string(count);
    const pid_t id = ::fork();
    if (id == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execl(MBE_APPEND_HELPER, MBE_APPEND_HELPER, directory.c_str(), name.c_str(), number.c_str(),
              nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    return {id, ::fdopen(ends[0], "r")};
  }
  static std::vector<std::uint64_t> acknowledged(FILE* out) {
    std::vector<std::uint64_t> sequences;
    unsigned long long sequence = 0;
    while (std::fscanf(out, "%llu\n", &sequence) == 1) sequences.push_back(sequence);
    std::fclose(out);
    return sequences;
  }

  std::string root_;
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
  std::vector<Writer> writers;
  for (int i = 0; i < processes; ++i) writers.push_back(start("p" + std::to_string(i), each));
  const auto reader = open();
  for (const Writer& writer : writers) {
    EXPECT_EQ(acknowledged(writer.out).size(), static_cast<std::size_t>(each));
    int status = 0;
    ::waitpid(writer.id, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(reader->refresh().ok());
  }
  EXPECT_EQ(reader->head().sequence, static_cast<std::uint64_t>(processes * each));
  check_order(*reader, processes * each);
}

TEST_F(Concurrency, AKilledWriterLosesNothingItAcknowledged) {
  constexpr std::uint64_t seed = 4;
  constexpr int rounds = 12;
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  std::size_t promised = 0;
  for (int round = 0; round < rounds; ++round) {
    const Writer writer = start("r" + std::to_string(round), 100'000);
    // Killed after some acknowledgements, at whatever it does then.
    unsigned long long last = 0;
    for (std::uint64_t n = 1 + random.below(20); n > 0; --n) {
      ASSERT_EQ(std::fscanf(writer.out, "%llu\n", &last), 1);
    }
    ::kill(writer.id, SIGKILL);
    const std::vector<std::uint64_t> rest = acknowledged(writer.out);
    ::waitpid(writer.id, nullptr, 0);
    promised = rest.empty() ? last : rest.back();
    const auto chain = open();
    ASSERT_NE(chain, nullptr);
    EXPECT_FALSE(chain->damage().has_value());
    EXPECT_GE(chain->head().sequence, promised);
    const VerifyReport report = chain->verify({.open_payloads = true});
    EXPECT_TRUE(report.ok()) << problems_of(report);
  }
}

}  // namespace
}  // namespace mbe
