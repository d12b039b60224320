// Flipped bits, cut bytes, dropped, doubled and swapped lines: verify finds every one.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "block/key_tree.h"
#include "block/line.h"
#include "block/seal.h"
#include "model.h"

namespace mbe {
namespace {

class Tamper : public testing::Test {
 protected:
  void SetUp() override {
    auto chain = open_chain(test_options(files_, clock_));
    Model model;
    for (int i = 0; i < 40; ++i)
      model.append(**chain, "text " + std::to_string(i), Durability::synced);
    ASSERT_TRUE(model.erase(**chain, {5, 6}));
    ASSERT_TRUE((*chain)->scrub().ok());
    ASSERT_TRUE(model.erase(**chain, {9, 9}));
    chain->reset();
    ASSERT_TRUE(verifies());
    for (const std::string& path : files_.paths()) {
      const bool covered =
          path.find("/log/") != std::string::npos || path.find("/keys/") != std::string::npos;
      if (covered && !files_.contents(path).empty()) covered_.push_back(path);
    }
  }
  /// Whether a reader that opens now finds nothing wrong.
  bool verifies() {
    ChainOptions reading = test_options(files_, clock_);
    reading.read_only = true;
    const auto chain = open_chain(reading);
    return chain.ok() && !(*chain)->damage() && (*chain)->verify().ok();
  }
  /// True if the change of one file is found; puts the file right again.
  bool finds(const std::string& path, const std::string& changed) {
    const std::string before = files_.contents(path);
    files_.set_contents(path, changed);
    const bool found = !verifies();
    files_.set_contents(path, before);
    return found;
  }
  std::vector<std::string> lines(const std::string& path) {
    std::vector<std::string> out;
    const std::string text = files_.contents(path);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at) + 1;
      out.push_back(text.substr(at, end - at));
      at = end;
    }
    return out;
  }
  static std::string join(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
  }

  FaultyFileSystem files_{2};
  FakeClock clock_{1'000};
  std::vector<std::string> covered_;
};

TEST_F(Tamper, FindsEveryFlippedBit) {
  constexpr std::uint64_t seed = 20'261'122;
  constexpr int flips = 20'000;
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  for (int i = 0; i < flips; ++i) {
    const std::string& path = covered_[random.below(covered_.size())];
    std::string bytes = files_.contents(path);
    const std::uint64_t bit = random.below(bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    ASSERT_TRUE(finds(path, bytes)) << path << ", bit " << bit;
  }
}

TEST_F(Tamper, NamesTheBlockOfEveryFlippedBit) {
  constexpr std::uint64_t seed = 5;
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  std::vector<std::pair<std::string, std::uint64_t>> segments;  // with their first sequence
  std::uint64_t first = 0;
  for (const std::string& path : covered_) {
    if (!path.ends_with(".jsonl")) continue;
    segments.emplace_back(path, first);
    first += lines(path).size();
  }
  ASSERT_GT(segments.size(), 2U);
  for (int i = 0; i < 2'000; ++i) {
    const auto& [path, begin] = segments[random.below(segments.size())];
    const std::string before = files_.contents(path);
    std::string bytes = before;
    const std::uint64_t bit = random.below(bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const auto in_segment =
        std::count(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(bit / 8), '\n');
    files_.set_contents(path, bytes);
    ChainOptions reading = test_options(files_, clock_);
    reading.read_only = true;
    const auto chain = open_chain(reading);
    const std::uint64_t block = begin + static_cast<std::uint64_t>(in_segment);
    if (block > 0) {  // without its genesis a chain does not open
      ASSERT_TRUE(chain.ok()) << chain.error().message();
      ASSERT_EQ((*chain)->verify({.open_payloads = i % 2 == 0}).first_bad, block)
          << path << ", bit " << bit;
    }
    files_.set_contents(path, before);
  }
}

TEST_F(Tamper, FindsEveryCut) {
  SeededRandom random(3);
  for (const std::string& path : covered_) {
    const std::string bytes = files_.contents(path);
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(finds(path, bytes.substr(0, random.below(bytes.size())))) << path;
    }
    ASSERT_TRUE(finds(path, bytes + "x")) << path;
    ASSERT_TRUE(finds(path, bytes + "\n")) << path;
  }
}

TEST_F(Tamper, FindsLinesThatWereDroppedDoubledOrSwapped) {
  const std::string path = test_directory + "/log/000001.seg.jsonl";
  const std::vector<std::string> good = lines(path);
  ASSERT_GT(good.size(), 3U);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::string> changed = good;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(finds(path, join(changed)));
    changed = good;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), good[i]);
    EXPECT_TRUE(finds(path, join(changed)));
    changed = good;
    std::swap(changed[i], changed[(i + 1) % good.size()]);
    EXPECT_TRUE(finds(path, join(changed)));
  }
}

TEST_F(Tamper, FindsASegmentThatIsMissingOrNotOurs) {
  const std::string path = test_directory + "/log/000002.seg.jsonl";
  const std::string bytes = files_.contents(path);
  files_.set_contents(test_directory + "/log/stranger", "x");
  EXPECT_FALSE(verifies());
  ASSERT_TRUE(files_.remove(test_directory + "/log/stranger").ok());
  EXPECT_TRUE(verifies());
  ASSERT_TRUE(files_.remove(path).ok());
  EXPECT_FALSE(verifies());
}

TEST_F(Tamper, NamesTheFirstBadBlock) {
  const std::string path = test_directory + "/log/000001.seg.jsonl";
  std::string bytes = files_.contents(path);
  const std::size_t at = bytes.find("\"seq\":12");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 6] = '3';
  files_.set_contents(path, bytes);
  ChainOptions reading = test_options(files_, clock_);
  reading.read_only = true;
  const auto chain = open_chain(reading);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ((*chain)->verify().first_bad, 12U);
}

TEST_F(Tamper, NamesTheFirstOfManySealsThatDoNotOpen) {
  // Lines that hash well and follow each other, sealed with another key: several parts of them,
  // that threads open beside each other.
  const std::vector<std::string> names = *files_.list(test_directory + "/log");
  const std::string path = test_directory + "/log/" + names[names.size() - 3];
  const auto last = check_line(lines(path).back());
  Header header = last->header;
  header.block_class = BlockClass::data;
  header.erases.clear();
  Digest prev = last->hash;
  const std::uint64_t first = header.sequence + 1;
  std::string forged;
  for (int i = 0; i < 1'600; ++i) {
    ++header.sequence;
    header.prev = prev;
    const auto hash =
        seal_block(header, *KeyPath().block_keys(KeyTree(Bytes32{1}), 1), "{\"r\":1}", forged);
    ASSERT_TRUE(hash.ok());
    prev = *hash;
  }
  files_.set_contents(path, files_.contents(path) + forged);
  ChainOptions reading = test_options(files_, clock_);
  reading.read_only = true;
  const auto chain = open_chain(reading);
  ASSERT_TRUE(chain.ok());
  for (int i = 0; i < 20; ++i) {
    const VerifyReport report = (*chain)->verify({.open_payloads = true});
    ASSERT_EQ(report.first_bad, first);
    ASSERT_EQ(report.blocks, first);
  }
}

TEST_F(Tamper, IgnoresAForgedErasure) {
  {
    auto chain = open_chain(test_options(files_, clock_));
    ASSERT_EQ((*chain)->erasures().size(), 2U);
  }
  // A line that hashes well and follows the last one, but was sealed with another key.
  const std::vector<std::string> names = *files_.list(test_directory + "/log");
  const std::string path = test_directory + "/log/" + names[names.size() - 3];
  const std::vector<std::string> all = lines(path);
  const auto last = check_line(all.back());
  Header header = last->header;
  header.sequence += 1;
  header.prev = last->hash;
  header.block_class = BlockClass::erase;
  header.erases = {{1, 4}};
  std::string line;
  ASSERT_TRUE(
      seal_block(header, *KeyPath().block_keys(KeyTree(Bytes32{1}), 1), "{\"r\":1}", line).ok());
  files_.set_contents(path, files_.contents(path) + line);
  const auto chain = open_chain(test_options(files_, clock_));
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ((*chain)->erasures().size(), 2U);
  EXPECT_EQ((*chain)->read(3)->state, BlockState::ok);
  EXPECT_FALSE((*chain)->verify().ok());
}

}  // namespace
}  // namespace mbe
