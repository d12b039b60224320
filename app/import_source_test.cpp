#include "import_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mbe::app {
namespace {

struct Read {
  std::vector<ImportItem> items;
  std::vector<std::pair<std::uint64_t, Error>> refused;
};

Read read(const std::string& content, ImportSettings settings = {}) {
  const std::string path = ::testing::TempDir() + "mbe-source-" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary) << content;
  Read out;
  {
    settings.name = "talk.txt";
    ImportSource source(*LineReader::open(path, 1U << 20), settings);
    while (true) {
      auto step = source.next();
      if (!step.ok() || !step.value()) break;
      if (const auto* refusal = std::get_if<1>(&**step)) out.refused.push_back(*refusal);
      if (const auto* item = std::get_if<0>(&**step)) out.items.push_back(*item);
    }
  }
  std::filesystem::remove(path);
  return out;
}

TEST(DetectFormat, LooksAtTheFirstLine) {
  EXPECT_EQ(detect_format(R"({"block_index":1,"context":"c"})"), ImportFormat::block_memory);
  EXPECT_EQ(detect_format(R"({"id":1})"), ImportFormat::jsonl);
  EXPECT_EQ(detect_format("{broken"), ImportFormat::jsonl);
  EXPECT_EQ(detect_format("안녕"), ImportFormat::text);
}

TEST(PlainText, TakesALineAnUtterance) {
  const Read all = read("\n하나\n둘\n");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, "하나");
  EXPECT_EQ(all.items[0].line, 2U);
  EXPECT_EQ(all.items[0].chain, "main");
  EXPECT_EQ(all.items[0].session, "talk.txt");
  EXPECT_NE(all.items[0].id, all.items[1].id);
}

TEST(PlainText, GivesTheSameLineTheSameId) {
  EXPECT_EQ(read("하나\n").items[0].id, read("하나\n둘\n").items[0].id);
  EXPECT_NE(read("하나\n").items[0].id, read("둘\n").items[0].id);
}

TEST(PlainText, JoinsLinesThatContinue) {
  const Read all = read("[2026-01-05 09:30] 서윤: 하나\n  둘\n  셋\n넷\n");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, "하나\n둘\n셋");
  EXPECT_EQ(all.items[0].speaker, "서윤");
  EXPECT_TRUE(all.items[0].time_ms.has_value());
}

TEST(PlainText, KeepsAPrefixThatIsNoTime) {
  EXPECT_EQ(read("[웃음] 그래: 좋아\n").items[0].text, "[웃음] 그래: 좋아");
  EXPECT_EQ(read("메모: 우유 사기\n").items[0].text, "메모: 우유 사기");
}

TEST(PlainText, RefusesBadLinesByNumber) {
  const Read all =
      read("하나\n\xff\n[2026-01-05 09:30] 서윤: \n끝\n", {.format = ImportFormat::text});
  EXPECT_EQ(all.items.size(), 2U);
  ASSERT_EQ(all.refused.size(), 2U);
  EXPECT_EQ(all.refused[0].first, 2U);
  EXPECT_EQ(all.refused[1].first, 3U);
}

TEST(JsonLines, AreRefusedWhenTooLong) {
  const Read all =
      read("{\"id\":1,\"namespace\":\"n\",\"text\":\"a\"}\n" + std::string(2U << 20, 'x') + "\n");
  EXPECT_EQ(all.items.size(), 1U);
  ASSERT_EQ(all.refused.size(), 1U);
  EXPECT_EQ(all.refused[0].second.code(), ErrorCode::limit);
}

}  // namespace
}  // namespace mbe::app
