#include "base/datetime.h"
#include "commands.h"

namespace mbe::app {
namespace {

void print_goal(Context& context, const GoalView& goal) {
  const bool done = goal.state == "done";
  const Colour colour = done ? Colour::green : goal.state == "open" ? Colour::yellow : Colour::dim;
  const std::string sign = done ? "✓" : goal.state == "open" ? "○" : "✗";
  const std::string date = context.zone().format(goal.timestamp_ms).substr(0, 10);
  std::string line = paint(context, colour, sign + " " + pad(context.tr(goal.state), 8));
  line += paint(context, Colour::dim, date) + "  ";
  line += paint(context, Colour::blue, fmt::format("#{}", goal.block_index)) + " ";
  const std::string end = goal.resolved_by ? fmt::format("  → #{}", *goal.resolved_by) : "";
  line += clip(goal.text, context.out().width() - 32 - end.size()) + end;
  context.print(line);
}

Result<int> goals(Context& context, const std::string& state) {
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const std::vector<GoalView> all, memory->goals());
  std::size_t shown = 0;
  for (const GoalView& goal : all) {
    if (state != "all" && goal.state != state) continue;
    ++shown;
    if (!context.json()) print_goal(context, goal);
  }
  if (context.json()) context.print_json(goals_json(all, state));
  if (shown == 0) context.say(context.tr("no goal or plan has been spoken of"));
  return shown == 0 ? exit_nothing : exit_done;
}

}  // namespace

void add_goals(CommandLine& root) {
  const auto state = std::make_shared<std::string>("all");
  root.command("goals", "what was intended, and what became of it", "Memory")
      .choice("--state", *state, {"all", "open", "done", "dropped"}, "only these")
      .run([state](Context& context) { return goals(context, *state); });
}

}  // namespace mbe::app
