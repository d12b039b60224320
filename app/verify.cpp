#include "commands.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

void show(Context& context, const std::string& name, const VerifyResult& result) {
  if (result.ok) {
    context.print(paint(context, Colour::green, "✓ ") +
                  context.tr("{}: {} blocks, {}, all sound", plain(name),
                             group_digits(result.blocks), format_bytes(result.bytes)));
    return;
  }
  const std::string where = result.first_bad ? context.tr("damaged at block {}", *result.first_bad)
                                             : context.tr("not sound");
  context.print(paint(context, Colour::red, "✗ ") + plain(name) + ": " + where);
  for (const Error& problem : result.problems) {
    context.print("  " + plain(context.messages().text(problem)));
  }
}

Result<int> verify(Context& context) {
  MBE_ASSIGN(const std::vector<std::string> names, context.chain_names(Access::look));
  MBE_ASSIGN(Engine * engine, context.engine(Access::look));
  const InterruptGuard guard;
  bool ok = true;
  std::uint64_t blocks = 0;
  Json chains = Json::array();
  for (const std::string& name : names) {
    MBE_ASSIGN(Memory * memory, engine->chain(name, false));
    VerifyResult result;
    {
      ProgressBar bar(context, context.tr("verifying {}", plain(name)), context.tr("blocks"));
      result = memory->verify(bar.callback());
    }
    if (interrupted()) {
      return fail(ErrorCode::unavailable, "stopped before the end; run `mbe verify` again");
    }
    ok = ok && result.ok;
    blocks += result.blocks;
    if (!context.json()) show(context, name, result);
    chains.push_back(verify_json(context.messages(), result, name));
  }
  if (context.json()) {
    context.print_json({{"ok", ok}, {"blocks", blocks}, {"chains", std::move(chains)}});
  }
  if (!ok)
    context.say(context.tr("what is damaged is not repaired here; restore it from a backup"));
  return ok ? exit_done : exit_damaged;
}

}  // namespace

void add_verify(CommandLine& root) {
  root.command("verify", "check every block, key and link", "Memory as a whole").run(verify);
}

}  // namespace mbe::app
