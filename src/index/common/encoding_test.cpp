#include "index/common/encoding.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "index/common/checksum.h"

namespace mbe {
namespace {

TEST(Encoding, ReadsBackVarintsOfEveryLength) {
  std::string bytes;
  std::vector<std::uint64_t> values{0, 127, 128, ~std::uint64_t{0}};
  for (unsigned bit = 0; bit < 64; ++bit) values.push_back(std::uint64_t{1} << bit);
  for (const std::uint64_t value : values) append_varint(bytes, value);
  ByteReader reader(bytes);
  for (const std::uint64_t value : values) EXPECT_EQ(reader.varint(), value);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.left(), 0u);
}

TEST(Encoding, StaysFailedAfterAReadOverTheEnd) {
  ByteReader reader("abc");
  EXPECT_EQ(reader.number<std::uint32_t>(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.bytes(1), "");
  EXPECT_EQ(ByteReader("\xff\xff").varint(), 0u);
  ByteReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12));
  EXPECT_EQ(endless.varint(), 0u);
  EXPECT_FALSE(endless.ok());
}

TEST(Encoding, ReadsBackPackedRunsOfEveryWidth) {
  SeededRandom random(3);
  for (unsigned bits = 0; bits <= 32; ++bits) {
    std::vector<std::uint32_t> values(129);
    for (auto& value : values) {
      value = static_cast<std::uint32_t>(random.next() & ((std::uint64_t{1} << bits) - 1));
    }
    std::string bytes = "x";
    append_packed(bytes, values, bits);
    EXPECT_EQ(bytes.size(), 1 + packed_bytes(values.size(), bits));
    bytes.resize(bytes.size() + packed_slack);
    std::vector<std::uint32_t> back(values.size());
    unpack(bytes.data() + 1, bits, back);
    EXPECT_EQ(back, values) << bits;
  }
}

TEST(Checksum, ChangesWithEveryBitAndWithTheLength) {
  SeededRandom random(4);
  for (const std::size_t size : {0u, 1u, 7u, 8u, 31u, 32u, 33u, 100u}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random.next());
    const std::uint64_t sum = checksum64(bytes);
    EXPECT_NE(checksum64(bytes + '\0'), sum);
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      std::string changed = bytes;
      changed[bit / 8] ^= static_cast<char>(1 << bit % 8);
      EXPECT_NE(checksum64(changed), sum);
    }
  }
}

}  // namespace
}  // namespace mbe
