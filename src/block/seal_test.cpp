#include "block/seal.h"

#include <gtest/gtest.h>

#include "block/key_tree.h"

namespace mbe {
namespace {

Header at(std::uint64_t sequence) {
  Header header;
  header.chain = "abcdefghijklmnopqrstuvwxyz";
  header.sequence = sequence;
  return header;
}

BlockKeys some_keys() {
  return *KeyPath().block_keys(KeyTree(Bytes32{7}), 3);
}

std::string sealed_line(std::string_view payload) {
  Header header = at(3);
  std::string line;
  EXPECT_TRUE(seal_block(header, some_keys(), payload, line).ok());
  return line;
}

TEST(PaddedSize, GrowsByStepsThenByPadme) {
  EXPECT_EQ(padded_size(0), 256U);
  EXPECT_EQ(padded_size(255), 256U);
  EXPECT_EQ(padded_size(256), 512U);
  EXPECT_EQ(padded_size(4'095), 4'096U);
  EXPECT_EQ(padded_size(4'096), 4'352U);
  std::size_t before = 0;
  for (std::size_t size = 0; size < 70'000; ++size) {
    const std::size_t padded = padded_size(size);
    ASSERT_GT(padded, size);
    ASSERT_GE(padded, before);
    const bool by_padme = size >= 4'096;
    ASSERT_TRUE(!by_padme || padded * 100 <= (size + 1) * 112);
    before = padded;
  }
}

TEST(Seal, OpensWhatItSealed) {
  for (const std::size_t size : {0U, 1U, 255U, 256U, 4'096U, 100'000U, 1'048'576U}) {
    const std::string payload(size, 'x');
    const std::string line = sealed_line(payload);
    const Result<CheckedLine> checked = check_line(line);
    ASSERT_TRUE(checked.ok());
    const Result<std::string> opened = open_block(*checked, some_keys());
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, payload);
    EXPECT_LE(line.size(), line_bytes_max);
  }
}

TEST(Seal, RefusesAPayloadOverTheLimit) {
  Header header = at(1);
  std::string line;
  const std::string payload(payload_bytes_max + 1, 'x');
  const auto sealed = seal_block(header, some_keys(), payload, line);
  ASSERT_FALSE(sealed.ok());
  EXPECT_EQ(sealed.error().code(), ErrorCode::limit);
  EXPECT_TRUE(line.empty());
}

TEST(Seal, DoesNotOpenWithAnotherKey) {
  const std::string line = sealed_line("secret");
  const Result<CheckedLine> checked = check_line(line);
  BlockKeys keys = some_keys();
  keys.seal[0] ^= 1;
  EXPECT_EQ(open_block(*checked, keys).error().code(), ErrorCode::corrupt);
  keys = some_keys();
  keys.commit[31] ^= 1;
  EXPECT_EQ(open_block(*checked, keys).error().code(), ErrorCode::corrupt);
}

TEST(Seal, IsBoundToItsHeader) {
  const std::string line = sealed_line("secret");
  Result<CheckedLine> checked = check_line(line);
  std::string header(checked->parts.header);
  header.replace(header.find("\"epoch\":0"), 9, "\"epoch\":1");
  checked->parts.header = header;
  EXPECT_FALSE(open_block(*checked, some_keys()).ok());
}

TEST(Line, FindsEveryFlippedBit) {
  const std::string line = sealed_line("secret");
  std::string changed = line;
  for (std::size_t bit = 0; bit < line.size() * 8; ++bit) {
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(check_line(changed).ok()) << bit;
    changed[bit / 8] = line[bit / 8];
  }
}

TEST(Line, FindsEveryCut) {
  const std::string line = sealed_line("secret");
  for (std::size_t size = 0; size < line.size(); ++size) {
    EXPECT_FALSE(check_line(std::string_view(line).substr(0, size)).ok());
    EXPECT_FALSE(check_line(std::string_view(line).substr(line.size() - size)).ok());
  }
}

TEST(Line, KeepsItsHashAndLengthWhenScrubbed) {
  const std::string line = sealed_line("secret");
  const std::string blank = scrub_line(line);
  EXPECT_EQ(blank.size(), line.size());
  const Result<CheckedLine> checked = check_line(blank);
  ASSERT_TRUE(checked.ok());
  EXPECT_TRUE(checked->is_scrubbed);
  EXPECT_EQ(checked->hash, check_line(line)->hash);
  EXPECT_FALSE(open_block(*checked, some_keys()).ok());
}

TEST(Line, OfAChatPayloadCostsLessThan1200Bytes) {
  Header header = at(999'999);
  header.epoch = 15;
  header.synced = 999'998;
  std::string line;
  ASSERT_TRUE(seal_block(header, some_keys(), std::string(500, 'x'), line).ok());
  EXPECT_LE(line.size(), 1'200U);
}

}  // namespace
}  // namespace mbe
