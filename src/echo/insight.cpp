#include "echo/insight.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/json.h"
#include "echo/users.h"
#include "fs/file_system.h"
#include "transcript/line_id.h"
#include "transcript/part_text.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

constexpr TimeMs day_ms = 86'400'000;
constexpr std::size_t around = 7;  ///< days on either side of a turning point
constexpr std::size_t turning_points_max = 5;
constexpr double least_change = 0.2;
constexpr std::size_t concepts_max = 30;
constexpr std::size_t threads_max = 20;
constexpr double mood_steps = 1'000;  ///< moods are written to three places

double rounded(double mood) {
  return std::round(mood * mood_steps) / mood_steps;
}

/// Mean mood of days [begin, end), each weighted by its blocks.
double mean_mood(const std::vector<DaySummary>& days, std::size_t begin, std::size_t end) {
  double sum = 0;
  double blocks = 0;
  for (std::size_t i = begin; i < end; ++i) {
    sum += days[i].mood * static_cast<double>(days[i].blocks);
    blocks += static_cast<double>(days[i].blocks);
  }
  return blocks > 0 ? sum / blocks : 0;
}

/// On how many days a concept was among the day's, and the first and last of them.
struct Mention {
  std::size_t days = 0;
  std::string first, last;
};

Json concepts_json(const std::vector<DaySummary>& days) {
  std::map<std::string, Mention> mentions;
  for (const DaySummary& day : days) {
    for (const std::string& keyword : day.keywords) {
      Mention& mention = mentions[keyword];
      if (mention.days++ == 0) mention.first = day.day;
      mention.last = day.day;
    }
  }
  std::vector<std::pair<std::string, Mention>> all(mentions.begin(), mentions.end());
  std::ranges::stable_sort(all, std::greater{}, [](const auto& one) { return one.second.days; });
  Json out = Json::array();
  for (std::size_t i = 0; i < std::min(all.size(), concepts_max); ++i) {
    const auto& [name, mention] = all[i];
    out.push_back({{"concept", name},
                   {"days", mention.days},
                   {"first", mention.first},
                   {"last", mention.last}});
  }
  return out;
}

Json speakers_json(const std::vector<DayReplay>& replays) {
  std::map<std::string, std::uint64_t> lines;
  for (const DayReplay& replay : replays) {
    for (const auto& [speaker, count] : replay.speakers) lines[speaker] += count;
  }
  std::vector<std::pair<std::string, std::uint64_t>> all(lines.begin(), lines.end());
  std::ranges::stable_sort(all, std::greater{}, [](const auto& one) { return one.second; });
  Json out = Json::array();
  for (const auto& [speaker, count] : all) out.push_back({{"speaker", speaker}, {"lines", count}});
  return out;
}

Json open_threads_json(const std::vector<GoalView>& goals) {
  Json out = Json::array();
  for (auto goal = goals.rbegin(); goal != goals.rend() && out.size() < threads_max; ++goal) {
    if (goal->state != "open") continue;
    out.push_back({{"text", goal->text}, {"block_index", goal->block_index}});
  }
  return out;
}

/// A day as the log alone knows it.
DayReplay replay_of(const DaySummary& day) {
  return {"", day.day, "", 0, day.blocks, day.speakers};
}

Result<void> write(const std::filesystem::path& folder, const Json& insight) {
  return replace_file(posix_file_system(), (folder / "insight.json").string(),
                      insight.dump(1) + "\n");
}

}  // namespace

std::vector<TurningPoint> turning_points(const std::vector<DaySummary>& days, std::size_t most) {
  std::vector<std::pair<std::size_t, double>> changes;
  for (std::size_t i = 1; i < days.size(); ++i) {
    const double before = mean_mood(days, i - std::min(i, around), i);
    const double after = mean_mood(days, i, std::min(i + around, days.size()));
    if (std::abs(after - before) >= least_change) changes.emplace_back(i, after - before);
  }
  std::ranges::stable_sort(changes, std::greater{},
                           [](const auto& one) { return std::abs(one.second); });
  std::vector<std::size_t> taken;
  std::vector<TurningPoint> out;
  for (const auto& [at, change] : changes) {
    const bool near = std::ranges::any_of(taken, [here = at](std::size_t other) {
      return std::max(here, other) - std::min(here, other) < around;
    });
    if (near || out.size() >= most) continue;
    taken.push_back(at);
    out.push_back({days[at].day, change});
  }
  return out;
}

Json day_insight(const DaySummary& day, const DayReplay& replay) {
  return {{"version", 1},
          {"day", day.day},
          {"lines", replay.lines},
          {"blocks", day.blocks},
          {"concepts", day.keywords},
          {"emotions", day.tags},
          {"mood", rounded(day.mood)},
          {"speakers", speakers_json({replay})}};
}

Json whole_insight(const std::vector<DaySummary>& days, const std::vector<DayReplay>& replays,
                   const std::vector<GoalView>& goals) {
  std::uint64_t lines = 0;
  for (const DayReplay& replay : replays) lines += replay.lines;
  Json curve = Json::array();
  std::uint64_t blocks = 0;
  for (const DaySummary& day : days) {
    blocks += day.blocks;
    curve.push_back({{"day", day.day}, {"blocks", day.blocks}, {"mood", rounded(day.mood)}});
  }
  Json turns = Json::array();
  for (const TurningPoint& point : turning_points(days, turning_points_max)) {
    turns.push_back({{"day", point.day}, {"change", rounded(point.change)}});
  }
  return {{"version", 1},
          {"days", replays.size()},
          {"lines", lines},
          {"blocks", blocks},
          {"first_day", days.empty() ? Json() : Json(days.front().day)},
          {"last_day", days.empty() ? Json() : Json(days.back().day)},
          {"mood", rounded(mean_mood(days, 0, days.size()))},
          {"concepts", concepts_json(days)},
          {"speakers", speakers_json(replays)},
          {"emotion_curve", std::move(curve)},
          {"turning_points", std::move(turns)},
          {"open_threads", open_threads_json(goals)}};
}

Result<Json> insight_of_day(Memory& memory, const CivilDate& day,
                            const std::function<int(TimeMs)>& utc_offset_minutes) {
  const TimeMs local = days_from_civil(day) * day_ms;
  const int offset = utc_offset_minutes(local);
  RecallFilter filter;
  filter.from_ms = local - TimeMs{60'000} * offset;
  filter.until_ms = *filter.from_ms + day_ms - 1;
  MBE_ASSIGN(const std::vector<DaySummary> days, memory.timeline(filter, offset));
  if (days.empty()) {
    return fail(ErrorCode::not_found, "nothing was said on {}", day_name(day));
  }
  return day_insight(days.front(), replay_of(days.front()));
}

Result<Json> insight_of_all(Memory& memory, int utc_offset_minutes) {
  MBE_ASSIGN(std::vector<DaySummary> days, memory.timeline({}, utc_offset_minutes));
  if (days.empty()) return fail(ErrorCode::not_found, "nothing was said yet");
  MBE_ASSIGN(const std::vector<GoalView> goals, memory.goals());
  std::ranges::sort(days, {}, &DaySummary::day);
  std::vector<DayReplay> replays;
  for (const DaySummary& day : days) replays.push_back(replay_of(day));
  return whole_insight(days, replays, goals);
}

Result<void> write_insights(Engine& engine, const BootOptions& options, const BootReport& report) {
  std::set<std::string> users;
  for (const DayReplay& replay : report.days) users.insert(replay.user);
  const std::string own = (engine.home() / "memory").string();
  const bool in_home = fs::weakly_canonical(options.folder) == fs::weakly_canonical(own);
  for (const std::string& user : users) {
    const std::string chain = chain_of_user(user, options.origin);
    MBE_ASSIGN(Memory * memory, engine.chain(chain));
    std::optional<FolderLock> lock;  // a forgetting comes before all of this or after it
    if (in_home) {
      const std::string folder = user_path(own, user);
      MBE_ASSIGN(lock, FolderLock::take(posix_file_system(), folder));
      MBE_TRY(mark_folder(posix_file_system(), folder, chain));
    }
    const int offset = options.utc_offset_minutes(system_clock().now_ms());
    MBE_ASSIGN(std::vector<DaySummary> days, memory->timeline({}, offset));
    MBE_ASSIGN(const std::vector<GoalView> goals, memory->goals());
    std::ranges::sort(days, {}, &DaySummary::day);
    std::vector<DayReplay> replays;
    for (const DayReplay& replay : report.days) {
      if (replay.user != user) continue;
      replays.push_back(replay);
      const auto day = std::ranges::find(days, replay.day, &DaySummary::day);
      if (day == days.end()) continue;
      MBE_TRY(write(options.folder / user / replay.day_folder, day_insight(*day, replay)));
    }
    MBE_TRY(write(options.folder / user, whole_insight(days, replays, goals)));
  }
  return {};
}

}  // namespace mbe
