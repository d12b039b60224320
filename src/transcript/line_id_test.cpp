#include "transcript/line_id.h"

#include <gtest/gtest.h>

#include <sstream>

#include "transcript/part_text.h"
#include "transcript/transcript.h"

namespace mbe {
namespace {

TEST(LineId, ReadsBackWhatItWrites) {
  const LineId mina{"mina", {2024, 3, 9}, 1, 17, "0a1b2c3d"};
  EXPECT_EQ(to_source(mina), "memory/mina/day2024-03-09/part1:17:0a1b2c3d");
  EXPECT_EQ(parse_line_source(to_source(mina)), mina);
  const LineId nobody{"", {1999, 12, 31}, 12, 1, "ffffffff"};
  EXPECT_EQ(to_source(nobody), "memory/day1999-12-31/part12:1:ffffffff");
  EXPECT_EQ(parse_line_source(to_source(nobody)), nobody);
}

TEST(LineId, TakesNoOtherSourceForALine) {
  for (const char* source :
       {"", "memory/", "item-1", "memory/mina/day2024-03-09/part1:17:0a1b2c3",
        "memory/mina/day2024-03-09/part1:17:0a1b2c3dd",
        "memory/mina/day2024-13-09/part1:1:0a1b2c3d", "memory/Mina/day2024-03-09/part1:1:0a1b2c3d",
        "memory/mina/day2024-03-09/part01:1:0a1b2c3d", "memory/mina/day2024-03-09/part:1:0a1b2c3d",
        "memory/mina/day2024-03-09/part1:-1:0a1b2c3d",
        "memory/mina/jun/day2024-03-09/part1:1:0a1b2c3d"}) {
    EXPECT_FALSE(parse_line_source(source)) << source;
  }
}

TEST(LineId, ADayIsOneThatThereIs) {
  EXPECT_EQ(parse_day("2024-02-29"), (CivilDate{2024, 2, 29}));
  for (const char* day : {"2023-02-29", "2024-2-29", "2024-02-29T00:00", "", "20240229"}) {
    EXPECT_FALSE(parse_day(day)) << day;
  }
}

TEST(PartText, KnowsWhereEachUtteranceStands) {
  const std::string text = "\n[09:00:00] a: one\n  two\n\n[--:--:--]\nthree";
  const PartText part = parse_part(text);
  ASSERT_EQ(part.lines.size(), 3U);
  EXPECT_EQ(text.substr(part.lines[0].begin, part.lines[0].end - part.lines[0].begin),
            "[09:00:00] a: one\n  two\n\n");
  EXPECT_EQ(part.lines[0].digest, line_digest("a", "one\ntwo"));
  EXPECT_FALSE(part.lines[0].is_forgotten);
  EXPECT_TRUE(part.lines[1].is_forgotten);
  EXPECT_EQ(text.substr(part.lines[2].begin), "three");
  EXPECT_EQ(part.lines[2].end, text.size());
  EXPECT_TRUE(parse_part("").lines.empty());
}

TEST(PartText, OnlyALineOfItsOwnIsForgotten) {
  for (const char* text : {"[09:00:00] a: [--:--:--]\n", "[--:--:--] x\n", "[--:--:--]\n  x\n"}) {
    std::istringstream in(text);
    EXPECT_FALSE(is_forgotten(*TranscriptReader(in).next())) << text;
  }
  std::istringstream in("[--:--:--]\n");
  EXPECT_TRUE(is_forgotten(*TranscriptReader(in).next()));
}

}  // namespace
}  // namespace mbe
