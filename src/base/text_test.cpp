#include <gtest/gtest.h>

#include "base/datetime.h"
#include "base/random.h"
#include "base/result.h"
#include "base/utf8.h"

namespace mbe {
namespace {

TEST(Utf8, AcceptsEveryCodePoint) {
  std::string all;
  for (char32_t c = 1; c <= 0x10ffff; c += 37) {
    if (c < 0xd800 || c > 0xdfff) append_utf8(all, c);
  }
  EXPECT_FALSE(first_invalid_utf8(all));
}

TEST(Utf8, NamesTheFirstBadByte) {
  EXPECT_EQ(first_invalid_utf8("ab\xff"), 2U);
  EXPECT_EQ(first_invalid_utf8("가\xc0\x80"), 3U);        // overlong NUL
  EXPECT_EQ(first_invalid_utf8("\xed\xa0\x80"), 0U);      // lone surrogate
  EXPECT_EQ(first_invalid_utf8("\xf4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(first_invalid_utf8("\xe0\x80\xaf"), 0U);      // overlong slash
  EXPECT_EQ(first_invalid_utf8("x\xea\xb0"), 1U);         // cut
}

TEST(Utf8, WalksCodePoints) {
  const std::string text = "a가😀";
  std::size_t at = 0;
  EXPECT_EQ(next_code_point(text, at), U'a');
  EXPECT_EQ(next_code_point(text, at), U'가');
  EXPECT_EQ(next_code_point(text, at), U'😀');
  EXPECT_EQ(at, text.size());
}

TEST(Utf8, StepsOverABadByte) {
  std::size_t at = 0;
  EXPECT_EQ(next_code_point("\xff", at), U'\ufffd');
  EXPECT_EQ(at, 1U);
}

TEST(Utf8, CutsNoCodePoint) {
  EXPECT_EQ(utf8_prefix("가나", 5), "가");
  EXPECT_EQ(utf8_prefix("가나", 6), "가나");
  EXPECT_EQ(utf8_prefix("가", 2), "");
}

TEST(DateTime, RoundTripsEveryDay) {
  for (std::int64_t day = -719'162; day < 2'932'896; day += 997) {
    EXPECT_EQ(days_from_civil(civil_from_days(day)), day);
  }
  EXPECT_EQ(civil_from_days(0), (CivilDate{1970, 1, 1}));
  EXPECT_EQ(weekday(0), 3);
  EXPECT_EQ(weekday(-1), 2);
}

TEST(DateTime, ParsesWhatItFormats) {
  SeededRandom random(1);
  for (int i = 0; i < 1'000; ++i) {
    const auto time = static_cast<TimeMs>(random.below(4'000'000'000'000)) - 1'000'000'000'000;
    EXPECT_EQ(parse_time(format_time(time)), time) << format_time(time);
  }
}

TEST(DateTime, ReadsZonesAndShortForms) {
  EXPECT_EQ(format_time(*parse_time("2023-09-17T21:38:12")), "2023-09-17T21:38:12Z");
  EXPECT_EQ(format_time(*parse_time("2023-09-17T21:38:12+09:00")), "2023-09-17T12:38:12Z");
  EXPECT_EQ(format_time(*parse_time("2023-09-17 21:38", 540)), "2023-09-17T12:38:00Z");
  EXPECT_EQ(format_time(*parse_time("2023-09-17")), "2023-09-17T00:00:00Z");
  EXPECT_EQ(format_time(*parse_time("2023-09-17T00:00:00.5Z")), "2023-09-17T00:00:00.500Z");
  EXPECT_EQ(format_date(*parse_time("2023-09-17T20:00:00Z"), 540), "2023-09-18");
}

TEST(DateTime, RefusesWhatIsNoTime) {
  for (const std::string text :
       {"", "2023", "2023-13-01", "2023-02-29", "2023-00-10", "2023-01-01T25:00", "2023-01-01T1:00",
        "2023-01-01x", "2023-01-01T00:00:00+25:00", "0000-01-01", "2023-01-01T00:00:00.",
        "0001-01-01T00:00+01:00", "9999-12-31T23:59-00:01"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Error, FillsItsHolesInOrder) {
  const Error error = fail(ErrorCode::io, "cannot read {}: {}", "x", 5);
  EXPECT_EQ(error.message(), "cannot read x: 5");
  EXPECT_EQ(error.format(), "cannot read {}: {}");
  EXPECT_EQ(fill("{} {}", {"a"}), "a {}");
}

TEST(Error, HasANameForEveryCode) {
  constexpr std::string_view names[] = {"invalid_argument", "not_found",   "limit", "busy",
                                        "denied",           "unavailable", "io",    "corrupt"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    EXPECT_EQ(error_name(static_cast<ErrorCode>(i)), names[i]);
  }
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(ErrorCode::invalid_argument, "{} is odd", n);
  return n / 2;
}

Result<int> quarter(int n) {
  MBE_ASSIGN(const int once, half(n));
  MBE_ASSIGN(const int twice, half(once));
  return twice;
}

TEST(Result, PassesValuesAndErrorsOn) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().message(), "3 is odd");
}

TEST(ResultDeathTest, AssertsOnTheValueOfAnError) {
  EXPECT_DEATH(static_cast<void>(half(3).value()), "broken invariant");
}

TEST(SeededRandom, RepeatsItself) {
  SeededRandom a(9);
  SeededRandom b(9);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
  EXPECT_LT(a.unit(), 1);
}

}  // namespace
}  // namespace mbe
