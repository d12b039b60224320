#include "base/datetime.h"

#include <fmt/format.h>

namespace mbe {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

unsigned month_length(int year, unsigned month) {
  constexpr unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return lengths[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

/// Reads fixed-width fields from the front of a string; `good` turns false at the first misfit.
struct Reader {
  std::string_view rest;
  bool good = true;

  int digits(std::size_t count) {
    int value = 0;
    if (rest.size() < count) return good = false, 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return good = false, 0;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return value;
  }
  bool accept(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { good = accept(c) && good; }
};

std::int64_t fraction_ms(Reader& in) {
  std::int64_t value = 0;
  int count = 0;
  for (; !in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9'; ++count) {
    const int digit = in.digits(1);
    if (count < 3) value = value * 10 + digit;
  }
  in.good = in.good && count > 0;
  for (; count < 3; ++count) value *= 10;
  return value;
}

int zone_minutes(Reader& in, int fallback) {
  if (in.accept('Z')) return 0;
  const int sign = in.accept('+') ? 1 : in.accept('-') ? -1 : 0;
  if (sign == 0) return fallback;
  const int hours = in.digits(2);
  in.accept(':');
  const int minutes = in.digits(2);
  in.good = in.good && hours <= 23 && minutes <= 59;
  return sign * (hours * 60 + minutes);
}

}  // namespace

// Source of both conversions: Howard Hinnant, "chrono-compatible low-level date algorithms".
std::int64_t days_from_civil(const CivilDate& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t shifted = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * shifted + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = floor_div(days, 146'097);
  const std::int64_t of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<unsigned>(day_of_year - (153 * shifted + 2) / 5 + 1);
  const auto month = static_cast<unsigned>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

int weekday(std::int64_t days) {
  return static_cast<int>(((days + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
}

std::string format_time(TimeMs time) {
  const std::int64_t days = floor_div(time, day_ms);
  const std::int64_t rest = time - days * day_ms;
  const CivilDate date = civil_from_days(days);
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month,
                                date.day, rest / 3'600'000, rest / 60'000 % 60, rest / 1'000 % 60);
  if (rest % 1'000 != 0) out += fmt::format(".{:03}", rest % 1'000);
  return out + "Z";
}

std::string format_date(TimeMs time, int offset_minutes) {
  const CivilDate date = civil_from_days(floor_div(time + offset_minutes * 60'000LL, day_ms));
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::optional<TimeMs> parse_time(std::string_view text, int offset_minutes) {
  Reader in{text};
  const int year = in.digits(4);
  in.expect('-');
  const auto month = static_cast<unsigned>(in.digits(2));
  in.expect('-');
  const auto day = static_cast<unsigned>(in.digits(2));
  if (!in.good || year < 1 || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > month_length(year, month)) return std::nullopt;
  TimeMs out = days_from_civil({year, month, day}) * day_ms;
  int zone = offset_minutes;
  if (in.accept('T') || in.accept(' ')) {
    const int hour = in.digits(2);
    in.expect(':');
    const int minute = in.digits(2);
    const int second = in.accept(':') ? in.digits(2) : 0;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    out += ((hour * 60LL + minute) * 60 + second) * 1'000;
    if (in.accept('.')) out += fraction_ms(in);
    zone = zone_minutes(in, offset_minutes);
  }
  out -= zone * 60'000LL;
  const TimeMs first = days_from_civil({1, 1, 1}) * day_ms;
  const TimeMs end = days_from_civil({10'000, 1, 1}) * day_ms;
  if (!in.good || !in.rest.empty() || out < first || out >= end) return std::nullopt;
  return out;
}

}  // namespace mbe
