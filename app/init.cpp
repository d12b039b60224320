#include "commands.h"

namespace mbe::app {
namespace {

Result<int> init(Context& context) {
  MBE_TRY(context.memory(Access::write));
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  MBE_ASSIGN(const std::vector<std::string> chains, engine->chains());
  if (context.json()) {
    context.print_json({{"home", engine->home().string()}, {"chains", chains}});
    return exit_done;
  }
  context.say(paint(context, Colour::green, "✓ ") +
              context.tr("the memory is ready in {}", engine->home().string()));
  context.say(context.tr("next: mbe remember \"…\", mbe recall \"…\", or mbe tour"));
  return exit_done;
}

}  // namespace

void add_init(CommandLine& root) {
  root.command("init", "make the home, if it is not there yet", "Memory as a whole").run(init);
}

}  // namespace mbe::app
