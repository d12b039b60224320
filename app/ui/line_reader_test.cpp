#include "ui/line_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mbe::app {
namespace {

class LineReaderTest : public ::testing::Test {
 protected:
  std::string file(const std::string& content) {
    const std::string path = ::testing::TempDir() + "mbe-lines-" + std::to_string(getpid());
    std::ofstream(path, std::ios::binary) << content;
    paths_.push_back(path);
    return path;
  }
  std::vector<Line> lines(const std::string& content, std::size_t limit = 100) {
    auto reader = LineReader::open(file(content), limit);
    std::vector<Line> out;
    while (true) {
      auto line = reader->next();
      if (!line.ok() || !line.value()) return out;
      out.push_back(*line.value());
    }
  }
  void TearDown() override {
    for (const std::string& path : paths_) std::filesystem::remove(path);
  }
  std::vector<std::string> paths_;
};

TEST_F(LineReaderTest, DropsByteOrderMarkAndCarriageReturns) {
  const auto all = lines(
      "\xef\xbb\xbf"
      "a\r\n\nb");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].text, "a");
  EXPECT_EQ(all[1].text, "");
  EXPECT_EQ(all[2].text, "b");
  EXPECT_EQ(all[2].number, 3U);
}

TEST_F(LineReaderTest, SkipsOnlyTheLineThatIsTooLong) {
  const auto all = lines("ok\n" + std::string(200'000, 'x') + "\nagain\n");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[1].too_long);
  EXPECT_TRUE(all[1].text.empty());
  EXPECT_EQ(all[2].text, "again");
}

TEST_F(LineReaderTest, HasNoLineInAnEmptyFile) {
  EXPECT_TRUE(lines("").empty());
}

TEST_F(LineReaderTest, SaysWhatCannotBeRead) {
  EXPECT_EQ(LineReader::open("/nowhere/file", 10).error().code(), ErrorCode::not_found);
  EXPECT_EQ(LineReader::open("/", 10).error().code(), ErrorCode::io);
}

TEST_F(LineReaderTest, ReadsATextFromWordsOrAFile) {
  EXPECT_EQ(*read_text({"a", "b"}, ""), "a b");
  EXPECT_EQ(*read_text({}, file("x\ny\n")), "x\ny");
  EXPECT_EQ(read_text({}, "").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(read_text({"a"}, "b").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(read_text({}, file(std::string(3 << 20, 'a'))).error().code(), ErrorCode::limit);
}

}  // namespace
}  // namespace mbe::app
