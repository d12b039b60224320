#include "analyse/calendar.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

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

std::optional<std::pair<int, std::size_t>> full_date(std::string_view text, std::size_t at) {
  std::array<int, 3> parts{};
  char mark = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (k > 0) {
      if (at >= text.size() || (text[at] != '-' && text[at] != '.' && text[at] != '/')) return {};
      if (k == 2 && text[at] != mark) return {};
      mark = text[at++];
    }
    const auto* begin = text.data() + at;
    const auto parsed = std::from_chars(begin, text.data() + text.size(), parts[k]);
    const auto digits = parsed.ptr - begin;
    if (parsed.ec != std::errc() || (k == 0 ? digits != 4 : digits > 2)) return {};
    at += static_cast<std::size_t>(digits);
  }
  const auto [year, month, day] = parts;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return {};
  return std::pair(static_cast<int>(first_day({year, month}) + day - 1), at);
}

}  // namespace mbe::analyse
