#include "importers/zone.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

constexpr TimeMs noon = 1'774'008'000'000;  // 2026-03-20T12:00:00Z

TEST(Zone, ReadsOffsetsAndNames) {
  EXPECT_EQ(Zone::parse("UTC")->offset_minutes(noon), 0);
  EXPECT_EQ(Zone::parse("+09:00")->offset_minutes(noon), 540);
  EXPECT_EQ(Zone::parse("-0330")->offset_minutes(noon), -210);
  EXPECT_EQ(Zone::parse("+9")->offset_minutes(noon), 540);
  EXPECT_EQ(Zone::parse("Asia/Seoul")->offset_minutes(noon), 540);
}

TEST(Zone, KnowsSummerTime) {
  const Zone berlin = *Zone::parse("Europe/Berlin");
  EXPECT_EQ(berlin.offset_minutes(noon), 60);
  EXPECT_EQ(berlin.offset_minutes(noon + 30 * 86'400'000LL), 120);
  EXPECT_EQ(berlin.parse_time("2026-07-01T12:00:00"), berlin.parse_time("2026-07-01T10:00:00Z"));
}

TEST(Zone, RefusesWhatIsNoZone) {
  for (const std::string text : {"", "Moon/Sea", "+25:00", "9", "+", "+1:2:3", "+0900x"}) {
    EXPECT_EQ(Zone::parse(text).error().code(), ErrorCode::invalid_argument) << text;
  }
}

TEST(Zone, LeavesATimeWithItsOwnZoneAlone) {
  const Zone seoul = *Zone::parse("Asia/Seoul");
  EXPECT_EQ(seoul.parse_time("2026-03-20T12:00:00Z"), noon);
  EXPECT_EQ(seoul.parse_time("2026-03-20T21:00:00"), noon);
  EXPECT_FALSE(seoul.parse_time("noon").has_value());
  EXPECT_EQ(seoul.format(noon), "2026-03-20 21:00");
}

}  // namespace
}  // namespace mbe
