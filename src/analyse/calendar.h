// Months and the index terms of a range of days. Days count from 1970-01-01, proleptic Gregorian.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mbe::analyse {

struct Month {
  int year;
  int month;  ///< 1 … 12
};

[[nodiscard]] Month add_months(Month month, int by);
[[nodiscard]] std::int64_t first_day(Month month);
[[nodiscard]] std::int64_t last_day(Month month);
[[nodiscard]] Month month_of(std::int64_t day);

/// Index terms of a range: days (at most 7), months (at most 3) and the year, absolute.
[[nodiscard]] std::vector<std::string> date_terms(std::int64_t from_day, std::int64_t until_day);

}  // namespace mbe::analyse
