// Single bits of a home's log and keys are flipped, one at a time; the real program's verify finds
// every one, names the block it is in and changes nothing.
// MBE_FLIPS sets how many, MBE_FLIP_SEED their seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/random.h"
#include "child.h"
#include "flow/process.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;

constexpr int exit_damaged = 4;

class FlippedBit : public testing::Test {
 protected:
  void SetUp() override {
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      const std::string number = std::to_string(i);
      lines += R"({"id":")" + number + R"(","namespace":"main","text":"heron )" + number + "\"}\n";
    }
    program_.json({"import", program_.folder().file("herons.jsonl", lines)});
    program_.json({"forget", "7", "--yes"});
    program_.remember("the last heron", {"--chain", "second"});
    ASSERT_EQ(program_.run({"verify"}).code, 0);
    for (const auto& entry : fs::recursive_directory_iterator(program_.home() / "chains")) {
      const std::string folder = entry.path().parent_path().filename();
      if (folder != "log" && folder != "keys") continue;
      if (entry.file_size() > 0) files_.push_back(entry.path());
    }
    std::ranges::sort(files_);
    ASSERT_GE(files_.size(), 8U);  // two chains, each with a segment, its head and its keys
  }
  static void write(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// The number of the line a byte is in: the block's sequence, in a log of one segment.
  static std::uint64_t block_at(const std::string& bytes, std::size_t at) {
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    return static_cast<std::uint64_t>(std::count(bytes.begin(), end, '\n'));
  }
  /// `first_bad` of the one chain that is not sound.
  void expect_named(const flow::Outcome& outcome, std::uint64_t block) {
    const auto report = outcome.json();
    ASSERT_TRUE(report.is_object()) << outcome.out << outcome.err;
    for (const auto& chain : report["chains"]) {
      if (chain["ok"] == false) {
        EXPECT_EQ(chain["first_bad"], block) << chain;
      }
    }
  }
  void check_flip(const fs::path& file, std::uint64_t bit) {
    const std::string bytes = flow::read_file(file);
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    write(file, changed);
    const flow::Outcome outcome = program_.run({"verify", "--json"});
    EXPECT_NE(outcome.code, 0);
    const bool segment = file.string().ends_with(".jsonl");
    if (segment) {
      EXPECT_EQ(outcome.code, exit_damaged) << outcome.err;
      expect_named(outcome, block_at(bytes, bit / 8));
    }
    EXPECT_EQ(flow::read_file(file), changed) << "verify changed the file";
    write(file, bytes);
  }

  flow::Program program_;
  std::vector<fs::path> files_;
};

TEST_F(FlippedBit, IsFoundAndNamed) {
  const std::uint64_t seed = from_environment("MBE_FLIP_SEED", 20'261'122);
  SeededRandom random(seed);
  for (std::uint64_t flip = from_environment("MBE_FLIPS", 12); flip > 0; --flip) {
    const fs::path& file = files_[random.below(files_.size())];
    const std::uint64_t bit = random.below(fs::file_size(file) * 8);
    SCOPED_TRACE(testing::Message() << "MBE_FLIP_SEED=" << seed << ", " << file << " bit " << bit);
    check_flip(file, bit);
    if (HasFailure()) return;
  }
  EXPECT_EQ(program_.run({"verify"}).code, 0);
}

}  // namespace
}  // namespace mbe
