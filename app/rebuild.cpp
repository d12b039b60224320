#include "commands.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

Result<int> rebuild(Context& context) {
  MBE_ASSIGN(const std::vector<std::string> names, context.chain_names());
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  const InterruptGuard guard;
  for (const std::string& name : names) {
    MBE_ASSIGN(Memory * memory, engine->chain(name, false));
    {
      ProgressBar bar(context, context.tr("rebuilding {}", plain(name)), context.tr("blocks"));
      MBE_TRY(memory->rebuild(bar.callback()));
    }
    if (interrupted()) {
      return fail(ErrorCode::unavailable, "stopped; `mbe rebuild` starts again, nothing is lost");
    }
    context.say(paint(context, Colour::green, "✓ ") +
                context.tr("{}: the indexes are made anew", plain(name)));
  }
  if (context.json()) context.print_json({{"rebuilt", names}});
  return exit_done;
}

}  // namespace

void add_rebuild(CommandLine& root) {
  root.command("rebuild", "make every index anew from the log", "Memory as a whole").run(rebuild);
}

}  // namespace mbe::app
