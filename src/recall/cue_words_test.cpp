#include "recall/cue_words.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace mbe {
namespace {

Result<CueWords> shipped() {
  return CueWords::open(std::string(MBE_SOURCE_DIR) + "/data/recall/cues.tsv");
}

class Table : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  Result<CueWords> with(std::string_view content) {
    std::ofstream(file_) << content;
    return CueWords::open(file_);
  }
  std::filesystem::path file_ = std::filesystem::temp_directory_path() /
                                ("mbe-cue-words-" + std::to_string(getpid()) + ".tsv");
};

TEST(CueWords, KnowWhatAQuestionAsksFor) {
  const auto words = shipped();
  ASSERT_TRUE(words.ok());
  EXPECT_TRUE(words->holds(CueWord::current, "요즘은 뭐 마셔?"));
  EXPECT_TRUE(words->holds(CueWord::quantity, "How much was it?"));
  EXPECT_TRUE(words->holds(CueWord::when, "언제 갔지"));
  EXPECT_TRUE(words->holds(CueWord::change, "이제 안 마셔"));
  EXPECT_TRUE(words->holds(CueWord::assistant, "Assistant"));
  EXPECT_FALSE(words->holds(CueWord::when, "커피 마셨다"));
}

TEST(CueWords, MatchEnglishWordsWhole) {
  const auto words = shipped();
  ASSERT_TRUE(words.ok());
  EXPECT_TRUE(words->holds(CueWord::current, "Where does she live NOW?"));
  EXPECT_FALSE(words->holds(CueWord::current, "what does she know"));
  EXPECT_FALSE(words->holds(CueWord::assistant, "said aida"));
}

TEST(CueWords, FillerIsTheWholeTerm) {
  const auto words = shipped();
  ASSERT_TRUE(words.ok());
  EXPECT_TRUE(words->is(CueWord::filler, "when"));
  EXPECT_FALSE(words->is(CueWord::filler, "whenever"));
  EXPECT_FALSE(words->is(CueWord::current, "when"));
}

TEST_F(Table, IsReadWithCommentsAndBlankLines) {
  const auto words = with("# kind, language, word\n\ncurrent\tko\t지금\nfiller\ten\tdo\n");
  ASSERT_TRUE(words.ok());
  EXPECT_TRUE(words->holds(CueWord::current, "지금은"));
  EXPECT_TRUE(words->is(CueWord::filler, "do"));
}

TEST_F(Table, IsCorruptWhenAKindIsUnknown) {
  const auto words = with("current\tko\t지금\nnever\tko\t지금\n");
  ASSERT_FALSE(words.ok());
  EXPECT_EQ(words.error().code(), ErrorCode::corrupt);
  EXPECT_NE(words.error().message().find("line 2"), std::string::npos);
}

TEST_F(Table, IsCorruptWhenAColumnIsMissing) {
  const auto words = with("current\tko\n");
  ASSERT_FALSE(words.ok());
  EXPECT_EQ(words.error().code(), ErrorCode::corrupt);
}

TEST_F(Table, CannotBeReadWhenAbsent) {
  const auto words = CueWords::open(file_);
  ASSERT_FALSE(words.ok());
  EXPECT_EQ(words.error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
