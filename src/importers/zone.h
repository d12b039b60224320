// Time zones for input and display: `UTC`, `+09:00`, a name of the tz database (`Asia/Seoul`), or
// the machine's own. Rules come from ICU. A Zone is a value; reading it is thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace mbe {

class Zone {
 public:
  /// The machine's zone ($TZ, /etc/localtime).
  [[nodiscard]] static Zone local();
  /// Errors: invalid_argument (no such zone).
  [[nodiscard]] static Result<Zone> parse(const std::string& text);
  [[nodiscard]] static Zone fixed(int offset_minutes);

  /// Minutes east of UTC at that moment.
  [[nodiscard]] int offset_minutes(TimeMs time) const;
  /// ISO 8601 date or date-time; without a zone of its own it is read in this one.
  [[nodiscard]] std::optional<TimeMs> parse_time(std::string_view text) const;
  /// `2026-11-22 14:03` in this zone.
  [[nodiscard]] std::string format(TimeMs time) const;

 private:
  std::string name_;  ///< empty: fixed_
  int fixed_ = 0;
};

}  // namespace mbe
