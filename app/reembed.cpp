#include "commands.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

struct Options {
  bool wait = false, all = false;
};

/// Embeds one chain; with `wait` again and again until nothing is pending or nothing moves.
Result<std::uint64_t> embed(Context& context, Memory& memory, const std::string& name,
                            const Options& options) {
  ProgressBar bar(context, context.tr("embedding {}", plain(name)), context.tr("blocks"));
  MBE_ASSIGN(std::uint64_t pending, memory.reembed(options.all, bar.callback()));
  while (options.wait && pending > 0 && !interrupted()) {
    MBE_ASSIGN(const std::uint64_t left, memory.reembed(false, bar.callback()));
    if (left >= pending) break;  // somebody adds faster than we embed, or it cannot be embedded
    pending = left;
  }
  return pending;
}

Result<int> reembed(Context& context, const Options& options) {
  MBE_ASSIGN(const std::vector<std::string> names, context.chain_names());
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  const InterruptGuard guard;
  std::uint64_t pending = 0;
  for (const std::string& name : names) {
    if (interrupted()) break;
    MBE_ASSIGN(Memory * memory, engine->chain(name, false));
    MBE_ASSIGN(const std::uint64_t left, embed(context, *memory, name, options));
    pending += left;
    if (left == 0) {
      context.say(paint(context, Colour::green, "✓ ") +
                  context.tr("{}: every block has its vector", plain(name)));
    }
  }
  if (context.json()) context.print_json({{"vectors_pending", pending}});
  if (pending > 0) {
    context.say(context.tr("{} blocks are still pending; `mbe reembed --wait` goes on there",
                           group_digits(pending)));
  }
  return pending > 0 && options.wait ? exit_nothing : exit_done;
}

}  // namespace

void add_reembed(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("reembed", "make the vectors that are missing", "Memory as a whole")
      .flag("--wait", options->wait, "return only when no vector is pending")
      .flag("--all", options->all, "make all of them anew")
      .run([options](Context& context) { return reembed(context, *options); });
}

}  // namespace mbe::app
