// How the memory has felt lately, for the tone of an answer.
#include <algorithm>

#include "echo/answer.h"

namespace mbe {

namespace {

constexpr TimeMs day_ms = 86'400'000;
constexpr TimeMs mood_days = 7;
constexpr TimeMs mood_kept_ms = 600'000;
constexpr std::size_t emotions_max = 3;

}  // namespace

/// Of the last days that there were, seen anew every ten minutes.
Result<Mood> Answerer::mood_of(const std::string& chain, Memory& memory, TimeMs now) {
  {
    const std::lock_guard lock(mutex_);
    const auto felt = felt_.find(chain);
    if (felt != felt_.end() && felt->second.until_ms > now) return felt->second.mood;
  }
  RecallFilter lately;
  lately.from_ms = now - mood_days * day_ms;
  lately.trusts = {"owner", "member", "agent"};  // what came from outside does not set the tone
  MBE_ASSIGN(const std::vector<DaySummary> days, memory.timeline(lately));
  Mood out;
  double blocks = 0;
  std::map<std::string, std::size_t> counts;
  for (const DaySummary& day : days) {
    out.mood += day.mood * static_cast<double>(day.blocks);
    blocks += static_cast<double>(day.blocks);
    for (const std::string& tag : day.tags) ++counts[tag];
  }
  if (blocks > 0) out.mood /= blocks;
  std::vector<std::pair<std::string, std::size_t>> all(counts.begin(), counts.end());
  std::ranges::stable_sort(all, std::greater{}, &std::pair<std::string, std::size_t>::second);
  for (std::size_t i = 0; i < std::min(all.size(), emotions_max); ++i) {
    out.emotions.push_back(all[i].first);
  }
  const std::lock_guard lock(mutex_);
  felt_[chain] = {now + mood_kept_ms, out};
  runs_["tone"] = now;
  return out;
}

}  // namespace mbe
