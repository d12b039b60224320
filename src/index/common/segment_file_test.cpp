#include "index/common/segment_file.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/common/dictionary.h"
#include "index/common/manifest.h"

namespace mbe {
namespace {

constexpr FileForm form{.magic = "MBETESTS", .version = 3};

std::string two_sections() {
  SegmentBuilder builder(form, {.items = 5, .first_sequence = 7, .last_sequence = 12});
  builder.add(1, "short");
  builder.add(2, std::string(200'000, 'x'));
  return builder.finish();
}

Result<std::shared_ptr<const SegmentFile>> map_bytes(const std::string& bytes, FileForm as = form) {
  static FaultyFileSystem fs(1);
  (void)fs.make_directories("d");
  fs.set_contents("d/file", bytes);
  return SegmentFile::map(fs, "d/file", as);
}

TEST(SegmentFile, GivesBackItsSectionsFromMemoryAndFromAFile) {
  const std::string bytes = two_sections();
  for (auto file : {SegmentFile::from_memory(form, bytes), map_bytes(bytes)}) {
    ASSERT_TRUE(file.ok());
    EXPECT_EQ((*file)->info().items, 5u);
    EXPECT_EQ((*file)->info().last_sequence, 12u);
    EXPECT_EQ(*(*file)->checked(1), "short");
    EXPECT_EQ((*file)->checked(2, 200'000)->size(), 200'000u);
    EXPECT_EQ((*file)->section(9), "");
    EXPECT_TRUE((*file)->verify().ok());
  }
}

TEST(SegmentFile, RefusesAnotherMagicVersionOrSize) {
  const std::string bytes = two_sections();
  EXPECT_EQ(map_bytes(bytes, {.magic = "MBEOTHER", .version = 3}).error().code(),
            ErrorCode::corrupt);
  EXPECT_EQ(map_bytes(bytes, {.magic = "MBETESTS", .version = 4}).error().code(),
            ErrorCode::corrupt);
  EXPECT_EQ(map_bytes(bytes + "x").error().code(), ErrorCode::corrupt);
  EXPECT_EQ(map_bytes(bytes.substr(0, 30)).error().code(), ErrorCode::corrupt);
  EXPECT_EQ(map_bytes("").error().code(), ErrorCode::corrupt);
  const auto file = map_bytes(bytes);
  EXPECT_EQ((*file)->checked(1, 6).error().code(), ErrorCode::corrupt);
}

TEST(SegmentFile, FindsEveryChangedByteAtTheLatestWhenItIsUsed) {
  const std::string bytes = two_sections();
  SeededRandom random(5);
  for (int i = 0; i < 500; ++i) {
    std::string mutated = bytes;
    mutated[i < 250 ? random.below(256) : random.below(bytes.size())] ^=
        static_cast<char>(1 + random.below(255));
    const auto file = map_bytes(mutated);
    if (!file.ok()) {
      EXPECT_EQ(file.error().code(), ErrorCode::corrupt);
      continue;
    }
    EXPECT_EQ((*file)->verify().error().code(), ErrorCode::corrupt);
    EXPECT_FALSE((*file)->checked(1).ok() && (*file)->checked(2).ok());
  }
}

TEST(SegmentFile, SaysNotFoundForAMissingFile) {
  FaultyFileSystem fs(1);
  EXPECT_EQ(SegmentFile::map(fs, "none", form).error().code(), ErrorCode::not_found);
}

class DictionaryFile : public testing::Test {
 protected:
  void build(const std::vector<std::string>& keys) {
    DictionaryBuilder builder;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i % 3 == 0)
        builder.add_single(keys[i], i);
      else
        builder.add_list(keys[i], i + 1, 2 * i);
    }
    SegmentBuilder segment(form, {});
    segment.add(1, builder.take_groups());
    segment.add(2, builder.take_heads());
    file_ = *SegmentFile::from_memory(form, segment.finish());
    dictionary_ = *Dictionary::open(*file_, 1, 2);
  }
  std::shared_ptr<const SegmentFile> file_;
  Dictionary dictionary_;
};

TEST_F(DictionaryFile, FindsEveryKeyAndNoOther) {
  std::vector<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back(fmt::format("key{:06}", i * 7));
  keys.push_back("key" + std::string(300, 'z'));
  build(keys);
  std::uint64_t offset = 0;
  auto at = dictionary_.begin();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto entry = *dictionary_.find(keys[i]);
    ASSERT_TRUE(entry.has_value()) << keys[i];
    ASSERT_TRUE(*at.next());
    EXPECT_EQ(at.key(), keys[i]);
    if (i % 3 == 0) {
      EXPECT_EQ(entry->single, i);
    } else {
      EXPECT_EQ(entry->count, i + 1);
      EXPECT_EQ(entry->offset, offset);
      EXPECT_EQ(at.entry().offset, offset);
      offset += 2 * i;
    }
    EXPECT_FALSE(dictionary_.find(keys[i] + "!")->has_value());
  }
  EXPECT_FALSE(*at.next());
  EXPECT_FALSE(dictionary_.find("a")->has_value());
  EXPECT_FALSE(dictionary_.find("")->has_value());
  EXPECT_FALSE(dictionary_.find("zz")->has_value());
}

TEST_F(DictionaryFile, IsEmptyWithoutKeys) {
  build({});
  EXPECT_FALSE(dictionary_.find("a")->has_value());
  EXPECT_FALSE(*dictionary_.begin().next());
}

TEST(Manifest, ReadsBackWhatItWrote) {
  FaultyFileSystem fs(1);
  Manifest manifest{.covered = Watermark{.sequence = 9, .hash = {1, 2}},
                    .next_id = 4,
                    .segments = {{.id = 3, .bytes = 70}},
                    .extra = "more"};
  ASSERT_TRUE(write_manifest(fs, "d/index", form, manifest).ok());
  EXPECT_EQ(*read_manifest(fs, "d/index", form), manifest);
  EXPECT_EQ(*read_manifest(fs, "d/none", form), Manifest{});
}

TEST(Manifest, RefusesEveryChangedByte) {
  Manifest manifest{.covered = Watermark{}, .segments = {{.id = 3, .bytes = 70}}, .extra = "more"};
  const std::string bytes = serialise(form, manifest);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string mutated = bytes;
    mutated[i] ^= 0x10;
    EXPECT_EQ(parse_manifest(form, mutated, "m").error().code(), ErrorCode::corrupt);
    EXPECT_FALSE(parse_manifest(form, bytes.substr(0, i), "m").ok());
  }
}

TEST(Manifest, RemovesOnlyWhatItDoesNotName) {
  FaultyFileSystem fs(1);
  Manifest manifest{.segments = {{.id = 2, .bytes = 1}}};
  ASSERT_TRUE(write_segment(fs, "d", 1, "x").ok());
  ASSERT_TRUE(write_segment(fs, "d", 2, "y").ok());
  ASSERT_TRUE(write_manifest(fs, "d", form, manifest).ok());
  ASSERT_TRUE(remove_left_overs(fs, "d", manifest).ok());
  EXPECT_EQ(*fs.list("d"), (std::vector<std::string>{"00000002.seg", "manifest"}));
}

}  // namespace
}  // namespace mbe
