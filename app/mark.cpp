#include "commands.h"

namespace mbe::app {
namespace {

Result<int> mark(Context& context, std::uint64_t index, const std::string& action) {
  MBE_ASSIGN(Memory * memory, context.memory(Access::write));
  MBE_ASSIGN(const RememberReceipt receipt, memory->mark(index, action));
  if (context.json()) {
    context.print_json(mark_json(index, action, receipt));
    return exit_done;
  }
  if (action == "pin") context.say(context.tr("#{} is pinned: it is part of every prompt", index));
  if (action == "unpin") context.say(context.tr("#{} is no longer pinned", index));
  if (action == "hide") {
    context.say(context.tr("#{} is hidden; `mbe restore {}` brings it back", index, index));
  }
  if (action == "restore") context.say(context.tr("#{} is back", index));
  return exit_done;
}

void add_mark(CommandLine& root, const std::string& action, const std::string& description) {
  const auto index = std::make_shared<std::uint64_t>(0);
  CommandLine& command = root.command(action, description, "Memory");
  command.index(*index).run(
      [index, action](Context& context) { return mark(context, *index, action); });
}

}  // namespace

void add_marks(CommandLine& root) {
  add_mark(root, "pin", "keep a block in every prompt");
  add_mark(root, "unpin", "undo pin");
  add_mark(root, "hide", "leave a block out of recall, reversibly");
  add_mark(root, "restore", "undo hide");
}

}  // namespace mbe::app
