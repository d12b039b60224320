#include "analyse/calendar.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/datetime.h"

namespace mbe::analyse {

Month add_months(Month month, int by) {
  const int index = month.year * 12 + month.month - 1 + by;
  return {index / 12, index % 12 + 1};
}

std::int64_t first_day(Month month) {
  return days_from_civil({std::clamp(month.year, 1, 9999), static_cast<unsigned>(month.month), 1});
}
std::int64_t last_day(Month month) {
  return first_day(add_months(month, 1)) - 1;
}

Month month_of(std::int64_t day) {
  const auto date = civil_from_days(day);
  return {date.year, static_cast<int>(date.month)};
}

std::vector<std::string> date_terms(std::int64_t from_day, std::int64_t until_day) {
  constexpr std::int64_t days_max_shown = 7;
  constexpr int months_max = 3;
  std::vector<std::string> out;
  if (until_day - from_day < days_max_shown) {
    for (auto day = from_day; day <= until_day; ++day) {
      const auto date = civil_from_days(day);
      out.push_back(fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    }
  }
  const auto last = month_of(until_day);
  auto month = month_of(from_day);
  const int months = (last.year - month.year) * 12 + last.month - month.month + 1;
  for (int i = 0; months <= months_max && i < months; ++i) {
    out.push_back(fmt::format("{:04}-{:02}", month.year, month.month));
    month = add_months(month, 1);
  }
  out.push_back(fmt::format("{:04}", last.year));
  return out;
}

}  // namespace mbe::analyse
