#include <algorithm>
#include <cmath>

#include "commands.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

constexpr int mood_steps = 5;

/// Mood from -1 to 1: a dark bar grows from the middle, to the left for bad, to the right for good.
std::string mood_bar(Context& context, double mood) {
  const auto steps = static_cast<int>(std::lround(mood * mood_steps));
  std::string bad;
  std::string good;
  for (int i = 0; i < mood_steps; ++i) {
    bad += mood_steps - i <= -steps ? "█" : "·";
    good += i < steps ? "█" : "·";
  }
  return paint(context, Colour::red, bad) + "│" + paint(context, Colour::green, good);
}

std::vector<std::string> first(const std::vector<std::string>& words, std::size_t count) {
  return {words.begin(),
          words.begin() + static_cast<std::ptrdiff_t>(std::min(count, words.size()))};
}

Result<int> timeline(Context& context, const FilterOptions& options) {
  MBE_ASSIGN(const RecallFilter filter, options.filter());
  MBE_ASSIGN(const Zone zone, options.time_zone());
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  const int offset = zone.offset_minutes(system_clock().now_ms());
  MBE_ASSIGN(const std::vector<DaySummary> days, memory->timeline(filter, offset));
  if (context.json()) {
    context.print_json(days_json(days));
  } else {
    for (const DaySummary& day : days) {
      context.print(paint(context, Colour::bold, day.day) + "  " + mood_bar(context, day.mood) +
                    fmt::format("  {:>5}  ", day.blocks) +
                    label_line(context, first(day.keywords, 4), first(day.tags, 2)));
    }
  }
  if (days.empty()) context.say(context.tr("nothing in that time"));
  return days.empty() ? exit_nothing : exit_done;
}

}  // namespace

void add_timeline(CommandLine& root) {
  const auto options = std::make_shared<FilterOptions>();
  CommandLine& command = root.command("timeline", "day by day: mood, keywords, how much", "Memory");
  options->add_to(command);
  command.run([options](Context& context) { return timeline(context, *options); });
}

}  // namespace mbe::app
