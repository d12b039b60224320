#include "store/local/local_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "fs/faulty.h"
#include "store/block_store_contract.h"
#include "store/local/ballast.h"

namespace mbe {
namespace {

std::unique_ptr<BlockStore> open_in(FileSystem& files, const std::string& directory) {
  LocalStore::Options options{files, directory, contract_chain};
  options.lock_wait_ms = 20'000;
  options.segment_bytes_max = 100'000;
  auto store = LocalStore::open(std::move(options));
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message());
  return std::move(store).value();
}

struct OnFaultyFiles {
  std::unique_ptr<BlockStore> open() { return open_in(files, "c"); }
  FaultyFileSystem files{1};
};

struct OnPosixFiles {
  OnPosixFiles() : root(testing::TempDir() + "mbe_store_XXXXXX") {
    EXPECT_NE(::mkdtemp(root.data()), nullptr);
  }
  ~OnPosixFiles() { std::filesystem::remove_all(root); }
  OnPosixFiles(const OnPosixFiles&) = delete;
  OnPosixFiles& operator=(const OnPosixFiles&) = delete;
  std::unique_ptr<BlockStore> open() { return open_in(posix_file_system(), root + "/c"); }
  std::string root;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Faulty, BlockStoreContract, OnFaultyFiles);
INSTANTIATE_TYPED_TEST_SUITE_P(Posix, BlockStoreContract, OnPosixFiles);

Tail some_tail() {
  Tail tail;
  tail.count = 12;
  tail.hash.fill(7);
  tail.epoch = 2;
  tail.segment = 3;
  tail.offset = 4'567;
  tail.synced = 12;
  return tail;
}

TEST(HeadRecord, ReadsBackAndRefusesEveryFlippedBit) {
  std::string bytes = format_head(some_tail());
  EXPECT_EQ(bytes.size(), head_record_bytes);
  EXPECT_EQ(parse_head(bytes), some_tail());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(parse_head(bytes).has_value()) << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  }
  EXPECT_FALSE(parse_head("").has_value());
}

TEST(SavedOffsets, ReadBackAndRefuseDamageAndOtherChains) {
  SavedOffsets saved;
  saved.tail = some_tail();
  saved.erase_blocks = {4, 9};
  saved.stamps = {{0, 4'096, 17, -3}, {1, 1'200, 18, 1'700'000'000'000'000'000}};
  for (std::uint64_t i = 0; i < 12; ++i) saved.places.push_back(Place(1, i * 100, 100).word());
  std::string bytes = format_offsets(saved, contract_chain);
  const auto read = parse_offsets(bytes, contract_chain);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->tail, saved.tail);
  EXPECT_EQ(read->stamps, saved.stamps);
  EXPECT_EQ(read->erase_blocks, saved.erase_blocks);
  EXPECT_EQ(read->places, saved.places);
  EXPECT_FALSE(parse_offsets(bytes, "bbcdefghijklmnopqrstuvwxyz").has_value());
  EXPECT_FALSE(parse_offsets(bytes.substr(1), contract_chain).has_value());
  bytes[60] = static_cast<char>(bytes[60] ^ 1);
  EXPECT_FALSE(parse_offsets(bytes, contract_chain).has_value());
}

TEST(SegmentName, ReadsBackAndRefusesOtherNames) {
  EXPECT_EQ(segment_name(7), "000007.seg.jsonl");
  EXPECT_EQ(segment_number("000007.seg.jsonl"), 7U);
  for (const char* const bad : {"7.seg.jsonl", "000007.seg.json", "00000x.seg.jsonl", "head",
                                "065536.seg.jsonl", "000007.seg.jsonl.tmp"}) {
    EXPECT_FALSE(segment_number(bad).has_value()) << bad;
  }
}

TEST(Place, HoldsItsThreeNumbers) {
  const Place place(65'535, segment_map_bytes - 1, line_bytes_max);
  EXPECT_EQ(place.segment(), 65'535U);
  EXPECT_EQ(place.offset(), segment_map_bytes - 1);
  EXPECT_EQ(place.length(), line_bytes_max);
  EXPECT_FALSE(Place().known());
}

TEST(Ballast, TakesUpRoomOnceAndGivesItBack) {
  FaultyFileSystem files(1);
  ASSERT_TRUE(reserve_ballast(files, "b").ok());
  ASSERT_TRUE(reserve_ballast(files, "b").ok());
  EXPECT_EQ(files.contents("b").size(), ballast_bytes);
  EXPECT_TRUE(release_ballast(files, "b"));
  EXPECT_FALSE(release_ballast(files, "b"));
  files.fail_call(3, Fault::no_space, false);
  EXPECT_EQ(reserve_ballast(files, "b").error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
