#include "commands.h"

namespace mbe::app {
namespace {

void print_turn(Context& context, const TurnView& turn) {
  const std::string who = turn.speaker.empty()
                              ? context.tr(turn.from_assistant ? "assistant" : "person")
                              : clip(turn.speaker, 24);
  std::string head = paint(context, turn.from_assistant ? Colour::magenta : Colour::bold, who);
  head += "  " + paint(context, Colour::dim, context.zone().format(turn.time_ms));
  if (turn.block_index)
    head += paint(context, Colour::blue, fmt::format("  #{}", *turn.block_index));
  const std::string until = context.zone().format(turn.expires_ms);
  context.print(head + paint(context, Colour::dim, "  " + context.tr("until {}", until)));
  for (const std::string& line : wrap(turn.text, context.out().width() - 2)) {
    context.print("  " + line);
  }
}

Result<int> short_term(Context& context, const std::string& conversation) {
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const std::vector<TurnView> turns, memory->short_term(conversation));
  if (context.json()) {
    context.print_json(turns_json(conversation, turns));
  } else {
    for (const TurnView& turn : turns) print_turn(context, turn);
  }
  if (turns.empty()) context.say(context.tr("short-term memory is empty"));
  return turns.empty() ? exit_nothing : exit_done;
}

}  // namespace

void add_short_term(CommandLine& root) {
  const auto conversation = std::make_shared<std::string>("default");
  root.command("short-term", "what was said just now", "Working memory")
      .alias("stm")
      .text("--conversation", *conversation, "ID", "which conversation")
      .run([conversation](Context& context) { return short_term(context, *conversation); });
}

}  // namespace mbe::app
