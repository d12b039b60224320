// What years of talk amount to: insight.json of a day and of the whole. Formulas:
// docs/formulas/insight.md. No model; made from the timeline and the goals of the memory.
#pragma once

#include <string>
#include <vector>

#include "base/datetime.h"
#include "base/json.h"
#include "echo/boot.h"

namespace mbe {

/// A day after which the mood was another than before.
struct TurningPoint {
  std::string day;
  double change = 0;  ///< -2 … 2: mean mood of the days after less that of the days before
};

/// The days at which the mood turned most, strongest first, at most `most`, none within a week of
/// another. O(days).
[[nodiscard]] std::vector<TurningPoint> turning_points(const std::vector<DaySummary>& days,
                                                       std::size_t most);

/// Of one day; `replay` gives its lines.
[[nodiscard]] Json day_insight(const DaySummary& day, const DayReplay& replay);
/// Of all days.
[[nodiscard]] Json whole_insight(const std::vector<DaySummary>& days,
                                 const std::vector<DayReplay>& replays,
                                 const std::vector<GoalView>& goals);

/// The same from the log alone: every block of a day counts as a line. Errors: not_found (nothing
/// was said then), those of Memory::timeline.
[[nodiscard]] Result<Json> insight_of_day(Memory& memory, const CivilDate& day,
                                          const std::function<int(TimeMs)>& utc_offset_minutes);
/// See insight_of_day.
[[nodiscard]] Result<Json> insight_of_all(Memory& memory, int utc_offset_minutes);

/// Writes insight.json into each day's folder of the report and into each user's folder.
/// Errors: io, those of Memory::timeline.
[[nodiscard]] Result<void> write_insights(Engine& engine, const BootOptions& options,
                                          const BootReport& report);

}  // namespace mbe
