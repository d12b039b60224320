// Many processes write one chain of a home at the same time while others recall from it: nothing is
// lost, nobody is told to come back later, everyone's order is kept.
// MBE_WRITER_SECONDS: how long; else each writes a few blocks. MBE_WRITERS: how many.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <sstream>
#include <thread>

#include "child.h"
#include "embed/test_embedder.h"
#include "engine/memory_parts.h"
#include "fs/file_system.h"
#include "mbe/engine.h"

namespace mbe {
namespace {

constexpr int readers = 2;

struct Writer {
  std::string name;
  Child child;
  std::map<std::uint64_t, std::string> acknowledged;
  int code = -1;
};

/// The longest sync of a small file of its own beside the writers, in milliseconds: what the disk
/// itself makes everybody wait.
std::int64_t slowest_sync_ms(const std::filesystem::path& file, const std::stop_token& stop) {
  using std::chrono::steady_clock;
  std::int64_t slowest = 0;
  const auto opened = posix_file_system().open(file.string(), OpenMode::create);
  for (std::uint64_t at = 0; opened.ok() && !stop.stop_requested(); at = (at + 1) % 4'096) {
    const auto begin = steady_clock::now();
    EXPECT_TRUE((*opened)->write(at, "x").ok() && (*opened)->sync_data().ok());
    const auto passed = steady_clock::now() - begin;
    slowest = std::max<std::int64_t>(
        slowest, std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
    wait_us(50'000);
  }
  return slowest;
}

void listen(Writer& writer) {
  while (const std::optional<std::string> line = writer.child.line()) {
    std::istringstream in(*line);
    std::string what, text;
    std::uint64_t index = 0;
    in >> what >> index;
    std::getline(in >> std::ws, text);
    writer.acknowledged[what == "Q" ? writer.acknowledged.size() : index] = text;
  }
  writer.code = writer.child.wait();
}

/// Nothing but what was acknowledged, and in the order in which it was said.
void check_order(const Writer& writer, const std::map<std::uint64_t, std::string>& there) {
  ASSERT_EQ(there, writer.acknowledged) << writer.name;
  int step = 0;
  for (const auto& [index, text] : writer.acknowledged) {
    const std::string word = "q" + writer.name + "x" + std::to_string(step++) + " ";
    ASSERT_NE(text.find(word), std::string::npos) << text;
  }
}

TEST(ManyWriters, ShareOneChain) {
  const std::uint64_t seconds = from_environment("MBE_WRITER_SECONDS", 0);
  const std::uint64_t count = from_environment("MBE_WRITERS", seconds == 0 ? 3 : 8);
  const std::string steps = seconds == 0 ? "25" : "100000000";
  const std::string limit = seconds == 0 ? "300" : std::to_string(seconds);
  const TestFolder folder;
  const std::string home = (folder.path() / "home").string();
  std::vector<Writer> all;
  for (std::uint64_t i = 0; i < count + readers; ++i) {
    const bool writes = i < count;
    const std::string name = (writes ? "w" : "r") + std::to_string(i);
    all.push_back(
        {name,
         Child({MBE_MEMORY_HELPER, home, writes ? "remember" : "recall", name, steps, limit}),
         {}});
  }
  std::int64_t slowest = 0;
  {
    std::jthread disk([&](const std::stop_token& stop) {
      slowest = slowest_sync_ms(folder.path() / "disk", stop);
    });
    std::vector<std::jthread> threads;
    for (Writer& writer : all) threads.emplace_back([&writer] { listen(writer); });
  }
  auto engine = Engine::open({.home = home, .embedder = std::make_shared<TestEmbedder>()});
  ASSERT_TRUE(engine.ok()) << engine.error().message();
  auto memory = (*engine)->chain("main");
  ASSERT_TRUE(memory.ok()) << memory.error().message();
  std::map<std::string, std::map<std::uint64_t, std::string>> there;
  const Chain& chain = *(*memory)->parts().chain;
  const auto visit = [&](const Block& block) {
    EXPECT_EQ(block.state, BlockState::ok);
    there[block.payload.speaker][block.sequence] = block.payload.text;
    return true;
  };
  ASSERT_TRUE(chain.scan(1, UINT64_MAX, visit).ok());
  std::uint64_t blocks = 0;
  std::uint64_t questions = 0;
  for (const Writer& writer : all) {
    EXPECT_EQ(writer.code, 0) << writer.name << "; the disk's slowest sync took " << slowest
                              << " ms (a writer waits 5,000 ms for another's)";
    EXPECT_FALSE(writer.acknowledged.empty()) << writer.name;
    const bool writes = writer.name.starts_with("w");
    (writes ? blocks : questions) += writer.acknowledged.size();
    if (writes) check_order(writer, there[writer.name]);
  }
  EXPECT_EQ(chain.head().sequence, blocks);  // contiguous from 1
  const VerifyResult result = (*memory)->verify();
  for (const Error& problem : result.problems) ADD_FAILURE() << problem.message();
  EXPECT_TRUE(result.ok);
  std::printf("%llu writers: %llu blocks; %d readers: %llu questions; slowest sync %lld ms\n",
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(blocks),
              readers, static_cast<unsigned long long>(questions), static_cast<long long>(slowest));
}

/// Indexes are written in several files; whoever opens them meanwhile gets one state of them.
/// MBE_WRITER_SECONDS: how long.
TEST(ManyReaders, OpenWhileIndexesAreWritten) {
  const std::uint64_t seconds = from_environment("MBE_WRITER_SECONDS", 0);
  const TestFolder folder;
  const std::string home = (folder.path() / "home").string();
  const std::string parts = seconds == 0 ? "6" : "100000";
  const std::string limit = seconds == 0 ? "300" : std::to_string(seconds);
  Child writer({MBE_MEMORY_HELPER, home, "import", "w", parts, limit});
  std::uint64_t written = 0;
  std::uint64_t opened = 0;
  // One reader after the other until the writer has ended; its lines tell when.
  while (writer.line()) {
    ++written;
    for (int reader = 0; reader < 3; ++reader, ++opened) {
      Child asks({MBE_MEMORY_HELPER, home, "recall", "r", "1", "60"});
      EXPECT_EQ(asks.lines().size(), 1U);
      ASSERT_EQ(asks.wait(), 0) << "reader " << opened;
    }
  }
  EXPECT_EQ(writer.wait(), 0);
  EXPECT_GT(written, 0U);
  std::printf("1 writer: %llu parts; %llu readers\n", static_cast<unsigned long long>(written),
              static_cast<unsigned long long>(opened));
}

}  // namespace
}  // namespace mbe
