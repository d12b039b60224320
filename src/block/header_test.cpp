#include "block/header.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

Header sample() {
  Header header;
  header.chain = "abcdefghijklmnopqrstuvwxyz";
  header.epoch = 1;
  header.sequence = 65'537;
  header.synced = 65'500;
  header.prev.fill(0xab);
  header.body.fill(0x01);
  header.commit.fill(0xfe);
  return header;
}

std::string bytes_of(const Header& header) {
  std::string out;
  append_header(out, associated_data(header), header.body, header.commit);
  return out;
}

TEST(Header, ReadsBackWhatItWrote) {
  const Header header = sample();
  const Result<Header> read = parse_header(bytes_of(header));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, header);
}

TEST(Header, ReadsBackErasedRanges) {
  Header header = sample();
  header.block_class = BlockClass::erase;
  header.erases = {{3, 3}, {7, 12}, {13, 13}};
  const Result<Header> read = parse_header(bytes_of(header));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, header);
}

TEST(Header, HasTheDocumentedBytes) {
  Header header = sample();
  header.block_class = BlockClass::erase;
  header.erases = {{1, 2}};
  EXPECT_EQ(associated_data(header),
            R"({"v":1,"chain":"abcdefghijklmnopqrstuvwxyz","epoch":1,"seq":65537,"prev":")" +
                to_hex(view(header.prev)) + R"(","synced":65500,"class":"erase","erases":[[1,2]])");
}

TEST(Header, RefusesAnythingButTheCanonicalBytes) {
  const std::string good = bytes_of(sample());
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string out = good;
    out.replace(out.find(from), from.size(), to);
    return parse_header(out);
  };
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"\"v\":1", "\"v\":2"},
      {"\"epoch\":1", "\"epoch\":01"},
      {"\"epoch\":1", "\"epoch\":"},
      {"\"epoch\":1", "\"epoch\":4294967296"},
      {"\"seq\":65537", "\"seq\": 65537"},
      {"\"seq\":65537", "\"seq\":6"},                 // below synced
      {"\"seq\":65537", "\"seq\":1000000000000000"},  // sixteen digits
      {"\"class\":\"data\"", "\"class\":\"date\""},
      {"\"class\":\"data\"", "\"class\":\"genesis\""},
      {"\"class\":\"data\"", "\"class\":\"erase\""},
      {"\"class\":\"data\"", "\"class\":\"data\",\"erases\":[[1,1]]"},
      {"ab", "AB"},
      {"abcdefghij", "ABCDEFGHIJ"},
      {"\"}", "\"} "},
      {"{\"v\"", "{ \"v\""},
  };
  for (const auto& [from, to] : cases) {
    const Result<Header> read = changed(from, to);
    ASSERT_FALSE(read.ok()) << from << " -> " << to;
    EXPECT_EQ(read.error().code(), ErrorCode::corrupt);
  }
}

TEST(Header, RefusesBadRanges) {
  Header header = sample();
  header.block_class = BlockClass::erase;
  for (const std::vector<SequenceRange>& ranges :
       {std::vector<SequenceRange>{}, {{5, 4}}, {{5, 6}, {6, 7}}, {{9, 9}, {1, 1}}}) {
    header.erases = ranges;
    EXPECT_FALSE(parse_header(bytes_of(header)).ok());
  }
}

TEST(Header, ParsesEveryPrefixToAnError) {
  const std::string good = bytes_of(sample());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_header(std::string_view(good).substr(0, size)).ok());
  }
}

TEST(Header, GenesisIsSequenceZeroAndOnlyThat) {
  Header header = sample();
  header.sequence = header.synced = 0;
  EXPECT_FALSE(parse_header(bytes_of(header)).ok());
  header.block_class = BlockClass::genesis;
  EXPECT_TRUE(parse_header(bytes_of(header)).ok());
}

TEST(ChainId, IsTwentySixDigitsOfBase32) {
  const std::string id = new_chain_id();
  EXPECT_TRUE(is_chain_id(id));
  EXPECT_NE(id, new_chain_id());
  EXPECT_FALSE(is_chain_id(id.substr(1)));
  EXPECT_FALSE(is_chain_id("../" + id.substr(3)));
}

TEST(BlockHash, CoversTheDomainAndTheHeader) {
  EXPECT_EQ(block_hash("x"), sha256(std::string_view("MBE1\0x", 6)));
}

}  // namespace
}  // namespace mbe
