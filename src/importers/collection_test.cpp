#include "importers/collection.h"

#include <unistd.h>
#include <zip.h>

#include <filesystem>
#include <fstream>

#include "importers/importers_fixture.h"
#include "importers/summary.h"

namespace mbe::importers {
namespace {

const std::string one_talk =
    R"([{"uuid":"c","chat_messages":[{"uuid":"m","sender":"human","text":"hello"}]}])";

class CollectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "mbe-collection-" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& content) {
    const std::filesystem::path path = folder_ + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  std::string archive(const std::map<std::string, std::string>& files) {
    const std::string path = folder_ + "/export.zip";
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, content] : files) {
      zip_source_t* source = zip_source_buffer(zip, content.data(), content.size(), 0);
      zip_file_add(zip, name.c_str(), source, ZIP_FL_OVERWRITE);
    }
    EXPECT_EQ(zip_close(zip), 0);
    return path;
  }
  static ReadAll read(const std::string& path) {
    auto source = Collection::open(path, {});
    EXPECT_TRUE(source.ok()) << path;
    return source.ok() ? drain(*source) : ReadAll();
  }
  std::string folder_;
};

TEST_F(CollectionTest, ReadsTheConversationsOfAnArchive) {
  const ReadAll all = read(archive({{"user.json", "{\"a\":1}"},
                                    {"x/conversations-001.json", one_talk},
                                    {"chat.html", "<html>"}}));
  ASSERT_EQ(all.items.size(), 1U);
  EXPECT_EQ(all.items[0].text, "hello");
  EXPECT_TRUE(all.unreadable.empty());
}

TEST_F(CollectionTest, ReadsNotesOfAnArchive) {
  const ReadAll all = read(archive({{"a.md", "one\n"}, {"b/c.md", "two\n"}, {".x/d.md", "no\n"}}));
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[1].session, "b/c");
}

TEST_F(CollectionTest, RefusesAnArchiveThatUnpacksWithoutEnd) {
  const std::string zeros(64U << 20, ' ');
  const ReadAll all = read(archive({{"conversations.json", zeros}}));
  ASSERT_FALSE(all.unreadable.empty());
  EXPECT_EQ(all.unreadable[0].reason.code(), ErrorCode::limit);
  EXPECT_EQ(all.unreadable[0].file, "conversations.json");
}

TEST_F(CollectionTest, RefusesADamagedArchive) {
  const std::string path = archive({{"conversations.json", one_talk}});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_EQ(Collection::open(path, {}).error().code(), ErrorCode::corrupt);
}

TEST_F(CollectionTest, SaysWhichPartIsDamagedAndKeepsWhatCameBefore) {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "line " + std::to_string(i * 7'919) + "\n";
  const std::string path = archive({{"a.txt", text}, {"b.txt", "whole\n"}});
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(2'000);
  file.write("\0\0\0\0\0\0\0\0", 8);
  file.close();
  const ReadAll all = read(path);
  ASSERT_FALSE(all.unreadable.empty());
  EXPECT_EQ(all.unreadable[0].file, "a.txt");
  ASSERT_FALSE(all.items.empty());
  EXPECT_EQ(all.items.back().text, "whole");
}

TEST_F(CollectionTest, WalksAFolderInOrder) {
  write("notes/b.md", "둘\n");
  write("notes/a.txt", "하나\n");
  write("notes/.hidden/c.md", "셋\n");
  write("notes/d.png", "넷");
  std::filesystem::create_symlink("/etc/hostname", folder_ + "/notes/e.txt");
  const ReadAll all = read(folder_ + "/notes");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, "하나");
  EXPECT_EQ(all.items[1].text, "둘");
  EXPECT_TRUE(all.items[1].time_ms.has_value());
}

TEST_F(CollectionTest, SaysWhatIsNotThere) {
  EXPECT_EQ(Collection::open(folder_ + "/none", {}).error().code(), ErrorCode::not_found);
  auto source = Collection::open(write("a.json", "[{\"a\":1}]"), {});
  EXPECT_EQ(source->next().error().code(), ErrorCode::invalid_argument);
  EXPECT_TRUE(read(folder_ + "/.").items.empty());
}

TEST(Summary, CountsWhatCame) {
  Summary summary;
  ImportItem item;
  item.kind = "utterance";
  item.speaker = "미나";
  item.time_ms = 5;
  item.text = std::string(1'000, 'a');
  summary.add(item);
  item.time_ms = 3;
  summary.add(item);
  item.speaker = "하늘";
  item.time_ms.reset();
  summary.add(item);
  summary.add(LeftOut::system);
  summary.add(Unreadable{"", 1, fail(ErrorCode::invalid_argument, "belongs to no message")});
  EXPECT_EQ(summary.items(), 3U);
  EXPECT_EQ(summary.first_ms(), 3);
  EXPECT_EQ(summary.last_ms(), 5);
  EXPECT_EQ(summary.undated(), 1U);
  EXPECT_EQ(summary.unreadable(), 1U);
  EXPECT_EQ(summary.left_out().at("system"), 1U);
  EXPECT_EQ(summary.speakers(1), (std::vector<std::pair<std::string, std::uint64_t>>{{"미나", 2}}));
  EXPECT_EQ(summary.samples().at(0).text.size(), Summary::sample_bytes_max);
}

}  // namespace
}  // namespace mbe::importers
