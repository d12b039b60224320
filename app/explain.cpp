#include "commands.h"
#include "recall_options.h"
#include "ui/card.h"

namespace mbe::app {
namespace {

struct Options {
  std::uint64_t index = 0;
  RecallOptions recall;
};

Result<int> explain(Context& context, const Options& options) {
  MBE_ASSIGN(RecallRequest request, options.recall.request());
  MBE_ASSIGN(request.cue, options.recall.cue.read());
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const RecallHit hit, memory->explain(request, options.index));
  if (context.json()) {
    context.print_json(hit_json(hit));
  } else {
    context.out().write(hit_card(context, hit, 1, true));
  }
  return exit_done;
}

}  // namespace

void add_explain(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command =
      root.command("explain", "why a block does or does not come to mind", "Memory");
  command.index(options->index);
  options->recall.add_to(command);
  command.example("mbe explain 12 \"that project I gave up\"").run([options](Context& context) {
    return explain(context, *options);
  });
}

}  // namespace mbe::app
