// Months and the index terms of a range of days. Days count from 1970-01-01, proleptic Gregorian.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mbe::analyse {

struct Month {
  int year;
  int month;  ///< 1 … 12
};

/// by: may be negative.
[[nodiscard]] Month add_months(Month month, int by);
/// Years are kept within 1 … 9999.
[[nodiscard]] std::int64_t first_day(Month month);
/// The day before the next month.
[[nodiscard]] std::int64_t last_day(Month month);
/// The month that holds a day.
[[nodiscard]] Month month_of(std::int64_t day);

/// 2026-11-20, 2026.11.20, 2026/11/20 at `at`: its day, and where it ends; nothing if none is
/// there.
[[nodiscard]] std::optional<std::pair<int, std::size_t>> full_date(std::string_view text,
                                                                   std::size_t at);

/// Index terms of a range: days (at most 7), months (at most 3) and the year, absolute.
[[nodiscard]] std::vector<std::string> date_terms(std::int64_t from_day, std::int64_t until_day);

}  // namespace mbe::analyse
