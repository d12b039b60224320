#include "commands.h"
#include "ui/card.h"

namespace mbe::app {
namespace {

Result<int> history(Context& context, std::uint64_t index) {
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const std::vector<HistoryEntry> entries, memory->history(index));
  if (context.json()) {
    context.print_json(history_json(index, entries));
    return exit_done;
  }
  for (const HistoryEntry& entry : entries) {
    context.print(paint(context, Colour::bold, context.tr(entry.event)) + "  " +
                  paint(context, Colour::dim, context.zone().format(entry.block.recorded_ms)));
    const bool speaks = !entry.block.context.empty() || entry.block.state != "ok";
    if (speaks) context.out().write(block_card(context, entry.block, {.indent = 2}));
  }
  return exit_done;
}

}  // namespace

void add_history(CommandLine& root) {
  const auto index = std::make_shared<std::uint64_t>(0);
  root.command("history", "what happened to a block since it was said", "Memory")
      .index(*index)
      .run([index](Context& context) { return history(context, *index); });
}

}  // namespace mbe::app
