// Calendar forms of TimeMs. Proleptic Gregorian, years 1 … 9999.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace mbe {

struct CivilDate {
  int year;
  unsigned month;  ///< 1 … 12
  unsigned day;    ///< 1 … 31
  auto operator<=>(const CivilDate&) const = default;
};

/// Days since 1970-01-01 of a date, and back.
[[nodiscard]] std::int64_t days_from_civil(const CivilDate& date);
[[nodiscard]] CivilDate civil_from_days(std::int64_t days);
/// 0 = Monday … 6 = Sunday.
[[nodiscard]] int weekday(std::int64_t days);

/// `2026-11-22T02:51:00.123Z`; the milliseconds are left out when zero.
[[nodiscard]] std::string format_time(TimeMs time);
/// `2026-11-22`, in the zone `offset_minutes` east of UTC.
[[nodiscard]] std::string format_date(TimeMs time, int offset_minutes = 0);
/// ISO 8601 date or date-time (`T` or a space; seconds, fraction and zone optional). A form without
/// zone is read as `offset_minutes` east of UTC. Nothing for anything else.
[[nodiscard]] std::optional<TimeMs> parse_time(std::string_view text, int offset_minutes = 0);

}  // namespace mbe
