#include "transcript/transcript.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "base/random.h"

namespace mbe {
namespace {

std::vector<TranscriptLine> read(const std::string& text) {
  std::istringstream in(text);
  TranscriptReader reader(in);
  std::vector<TranscriptLine> out;
  while (auto line = reader.next()) out.push_back(*std::move(line));
  return out;
}

TEST(Transcript, ReadsTimeSpeakerAndText) {
  const auto lines = read("[14:03:22] 오리진: 오늘은: 맑다\n[14:04] 에코: 네.\n그냥 글\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].second_of_day, 14 * 3'600 + 3 * 60 + 22);
  EXPECT_EQ(lines[0].speaker, "오리진");
  EXPECT_EQ(lines[0].text, "오늘은: 맑다");
  EXPECT_EQ(lines[1].second_of_day, 14 * 3'600 + 4 * 60);
  EXPECT_EQ(lines[2].speaker, "");
  EXPECT_EQ(lines[2].text, "그냥 글");
  EXPECT_EQ(lines[2].number, 3U);
}

TEST(Transcript, KeepsUnknownPrefixesAsText) {
  for (const std::string line :
       {"[25:00:00] who: what", "[1:02:03] who: what", "[14:03:2x] who: what", "who: what",
        "[14-03-22] x", "[note] x: y", "[14:03:22]no space"}) {
    const auto lines = read(line);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].text, line);
    EXPECT_FALSE(lines[0].second_of_day);
  }
}

TEST(Transcript, JoinsContinuationsAndPassesOverEmptyLines) {
  const auto lines = read("\xef\xbb\xbf\n[09:00:00] a: one\r\n  two\r\n  \r\n  four\r\n\r\nnext");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, "one\ntwo\n\nfour");
  EXPECT_EQ(lines[0].number, 2U);
  EXPECT_EQ(lines[1].text, "next");
  EXPECT_EQ(lines[1].number, 7U);
}

TEST(Transcript, RecognisesCp949AndLeavesOutWhatIsNoText) {
  // "안녕" in CP949, then bytes that are neither UTF-8 nor CP949.
  const auto lines = read("[09:00:00] \xbe\xc8\xb3\xe7: \xbe\xc8\xb3\xe7\nbad \xff\xff byte\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].speaker, "안녕");
  EXPECT_EQ(lines[0].text, "안녕");
  EXPECT_FALSE(lines[0].is_damaged);
  EXPECT_EQ(lines[1].text, "bad  byte");
  EXPECT_TRUE(lines[1].is_damaged);
  const auto cut = read(std::string(2'000'000, 'x') + "\nnext\n" + std::string("a\0b", 3));
  ASSERT_EQ(cut.size(), 3U);
  EXPECT_LE(cut[0].text.size(), 1'000'000U);
  EXPECT_TRUE(cut[0].is_damaged);
  EXPECT_EQ(cut[1].text, "next");
  EXPECT_EQ(cut[2].text, "ab");
}

TEST(Transcript, LeavesOutANulOfALineThatIsDamagedElsewhereToo) {
  const auto lines = read(std::string("bad \xff\xff by\0te\n", 14));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].text, "bad  byte");
  EXPECT_TRUE(lines[0].is_damaged);
}

TEST(Transcript, ReadsBackWhatItWrites) {
  SeededRandom random(7);
  const std::vector<std::string> pieces = {"말", "word", ": ", "\n",
                                           " ",  "[1",   "]",  "\xf0\x9f\x98\x80"};
  for (int round = 0; round < 500; ++round) {
    TranscriptLine line;
    line.second_of_day = static_cast<int>(random.below(86'400));
    line.speaker = random.below(2) == 0 ? "에코" : "Mina Kim";
    line.text = "x";
    for (std::uint64_t i = random.below(8); i > 0; --i)
      line.text += pieces[random.below(pieces.size())];
    const auto lines = read(format_transcript_line(line) + "[00:00:00] b: after\n");
    ASSERT_EQ(lines.size(), 2U) << line.text;
    EXPECT_EQ(lines[0].text, line.text);
    EXPECT_EQ(lines[0].speaker, line.speaker);
    EXPECT_EQ(lines[0].second_of_day, line.second_of_day);
  }
}

TEST(Transcript, LosesNothingOfArbitraryBytes) {
  SeededRandom random(11);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (std::uint64_t i = random.below(200); i > 0; --i) {
      bytes +=
          static_cast<char>(random.below(4) == 0 ? random.next() : "ab: []\n0"[random.below(8)]);
    }
    std::size_t letters = 0;
    for (const TranscriptLine& line : read(bytes + "\nend")) letters += line.text.size();
    EXPECT_GE(letters, 3U);
  }
}

}  // namespace
}  // namespace mbe
