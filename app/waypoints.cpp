#include "commands.h"

namespace mbe::app {
namespace {

struct Options {
  TextInput input;
  std::string conversation = "default";
};

void print_waypoint(Context& context, const WaypointView& point) {
  std::string line = paint(context, Colour::green, bar(static_cast<double>(point.relevance), 10));
  line += fmt::format(" {:.2f}  ", point.relevance);
  const std::string number = pad(fmt::format("#{}", point.block_index), 6);
  line += paint(context, Colour::blue, number) + "  ";
  context.print(line + clip(point.context, context.out().width() - 26));
  context.print(paint(
      context, Colour::dim,
      context.tr("           keyword {} · tag {} · vector {}", fmt::format("{:.2f}", point.keyword),
                 fmt::format("{:.2f}", point.tag), fmt::format("{:.2f}", point.vector))));
}

Result<int> waypoints(Context& context, const Options& options) {
  std::string current;
  std::vector<WaypointView> points;
  if (options.input.given()) {
    MBE_ASSIGN(current, options.input.read());
    MBE_ASSIGN(Memory * memory, context.memory(Access::write));
    MBE_ASSIGN(points, memory->update_waypoints(options.conversation, current));
  } else {
    MBE_ASSIGN(Memory * memory, context.memory(Access::read));
    MBE_ASSIGN(points, memory->waypoints(options.conversation));
    MBE_ASSIGN(const std::vector<TurnView> turns, memory->short_term(options.conversation));
    current = newest_utterance(turns);
  }
  if (context.json()) {
    context.print_json(waypoints_json(current, points));
  } else {
    for (const WaypointView& point : points) print_waypoint(context, point);
  }
  if (points.empty()) context.say(context.tr("no waypoints: nothing comes to mind"));
  return points.empty() ? exit_nothing : exit_done;
}

}  // namespace

void add_waypoints(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command(
      "waypoints", "what is on the mind now; with TEXT, renewed by it", "Working memory");
  options->input.add_to(command, "TEXT", "an utterance that is not stored");
  command.text("--conversation", options->conversation, "ID", "which conversation")
      .run([options](Context& context) { return waypoints(context, *options); });
}

}  // namespace mbe::app
