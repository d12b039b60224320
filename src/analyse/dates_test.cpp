#include "analyse/dates.h"

#include <gtest/gtest.h>

#include "analyse/calendar.h"

namespace mbe::analyse {
namespace {

const Dates& dates() {
  static const Dates opened = [] {
    auto result = Dates::open(std::string(MBE_SOURCE_DIR) + "/data/lexicon/dates.tsv");
    if (!result.ok()) throw std::runtime_error(result.error().message());
    return std::move(*result);
  }();
  return opened;
}

std::string shown(std::int64_t day) {
  const auto date = civil_from_days(day);
  return std::to_string(date.year) + "-" + std::to_string(date.month) + "-" +
         std::to_string(date.day);
}

/// First mention as from..until; the event is on Sunday 2026-11-22.
std::string found(std::string_view text, Tense tense = Tense::unknown) {
  const auto spans = dates().find(text, days_from_civil({2026, 11, 22}), tense);
  if (spans.empty()) return "none";
  return shown(spans[0].from_day) + ".." + shown(spans[0].until_day);
}

struct Case {
  const char* text;
  const char* range;
};
void PrintTo(const Case& value, std::ostream* out) {
  *out << value.text;
}
class DateMentions : public testing::TestWithParam<Case> {};

TEST_P(DateMentions, Resolve) {
  EXPECT_EQ(found(GetParam().text), GetParam().range);
}

INSTANTIATE_TEST_SUITE_P(
    Korean, DateMentions,
    testing::Values(
        Case{"어제", "2026-11-21..2026-11-21"}, Case{"그저께", "2026-11-20..2026-11-20"},
        Case{"3일 전에", "2026-11-19..2026-11-19"}, Case{"나흘 뒤에", "2026-11-26..2026-11-26"},
        Case{"지난주 금요일", "2026-11-13..2026-11-13"}, Case{"작년 가을", "2025-9-1..2025-11-30"},
        Case{"다음 달", "2026-12-1..2026-12-31"}, Case{"내년", "2027-1-1..2027-12-31"},
        Case{"2025년 3월 2일", "2025-3-2..2025-3-2"}, Case{"12월 25일", "2026-12-25..2026-12-25"},
        Case{"이번 주말", "2026-11-21..2026-11-22"}, Case{"다음 주말", "2026-11-28..2026-11-29"}));

INSTANTIATE_TEST_SUITE_P(
    English, DateMentions,
    testing::Values(
        Case{"tomorrow", "2026-11-23..2026-11-23"}, Case{"two weeks ago", "2026-11-8..2026-11-8"},
        Case{"last friday", "2026-11-20..2026-11-20"}, Case{"next month", "2026-12-1..2026-12-31"},
        Case{"march 5", "2026-3-5..2026-3-5"}, Case{"on the 25th", "2026-11-25..2026-11-25"},
        Case{"on 3 june, 2023", "2023-6-3..2023-6-3"},
        Case{"the 3rd of june 2023?", "2023-6-3..2023-6-3"},
        Case{"august 11, 2023", "2023-8-11..2023-8-11"},
        Case{"25 may, 2022", "2022-5-25..2022-5-25"}, Case{"may 23, 2023", "2023-5-23..2023-5-23"},
        Case{"in may 2022", "2022-5-1..2022-5-31"}, Case{"last may", "2026-5-1..2026-5-31"},
        Case{"2026-11-20", "2026-11-20..2026-11-20"}, Case{"2024/2/29", "2024-2-29..2024-2-29"}));

INSTANTIATE_TEST_SUITE_P(Nothing, DateMentions,
                         testing::Values(Case{"", "none"}, Case{"커피 두 잔", "none"},
                                         Case{"the 14th amendment", "none"},
                                         Case{"you may come", "none"}, Case{"it may be 3", "none"},
                                         Case{"2026-13-20", "none"}, Case{"1.2.3", "none"}));

TEST(Dates, FollowTheTense) {
  EXPECT_EQ(found("화요일", Tense::past), "2026-11-17..2026-11-17");
  EXPECT_EQ(found("화요일", Tense::future), "2026-11-24..2026-11-24");
  EXPECT_EQ(found("3월", Tense::past), "2026-3-1..2026-3-31");
  EXPECT_EQ(found("3월", Tense::future), "2027-3-1..2027-3-31");
  EXPECT_EQ(found("on the 14th", Tense::past), "2026-11-14..2026-11-14");
  EXPECT_EQ(found("on the 14th", Tense::future), "2026-12-14..2026-12-14");
}

TEST(DateTerms, NameDaysMonthsAndYear) {
  const auto day = days_from_civil({2026, 11, 30});
  EXPECT_EQ(date_terms(day, day + 1),
            (std::vector<std::string>{"2026-11-30", "2026-12-01", "2026-11", "2026-12", "2026"}));
  EXPECT_EQ(date_terms(day, day + 364), (std::vector<std::string>{"2027"}));
}

}  // namespace
}  // namespace mbe::analyse
