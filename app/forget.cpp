#include <unistd.h>

#include <iostream>

#include "forgetting.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

constexpr std::size_t preview_lines_max = 20;

struct Options {
  ForgetTarget target;
  FilterOptions filter;
  ForgetOptions how;
};

void show_some(Context& context, const std::vector<BlockView>& blocks) {
  for (std::size_t i = 0; i < blocks.size() && i < preview_lines_max; ++i) {
    context.print(block_line(context, blocks[i], 2));
  }
  if (blocks.size() > preview_lines_max) {
    context.print("  " + context.tr("… and {} more", blocks.size() - preview_lines_max));
  }
}

void show_preview(Context& context, const ForgetPreview& preview) {
  context.print(paint(context, Colour::bold,
                      context.tr("{} blocks would be forgotten for good:", preview.count())));
  show_some(context, preview.targets);
  if (!preview.derived.empty()) {
    context.print(context.tr("because they rest on these:"));
    show_some(context, preview.derived);
  }
  for (const Message& note : preview.notes) {
    for (const std::string& line : wrap(context.tr(note), context.out().width() - 2)) {
      context.print(paint(context, Colour::dim, "  " + line));
    }
  }
}

Error unconfirmed(std::size_t count) {
  return fail(ErrorCode::invalid_argument,
              "nothing was forgotten: confirm with --yes --count {}, or run it on a terminal",
              count);
}

/// Asks on the terminal: yes for one block, the number for several.
bool confirmed(Context& context, std::size_t count) {
  if (count == 1) {
    context.err().write(context.tr("Forget it for good? [y/N] "));
  } else {
    context.err().write(context.tr("Type the number of blocks ({}) to confirm: ", count));
  }
  (void)context.err().flush();
  std::string answer;
  std::getline(std::cin, answer);
  if (count > 1) return answer == std::to_string(count);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "예" || answer == "네";
}

/// The number the person stands by. Errors: invalid_argument (not confirmed).
Result<std::size_t> confirm(Context& context, const ForgetOptions& options, std::size_t count) {
  if (options.yes) {
    if (!options.count && count > 1) return unconfirmed(count);
    return static_cast<std::size_t>(options.count.value_or(count));
  }
  if (isatty(STDIN_FILENO) != 1 || context.json()) return unconfirmed(count);
  if (!confirmed(context, count)) return unconfirmed(count);
  return count;
}

}  // namespace

void ForgetOptions::add_to(CommandLine& command) {
  command.flag("--preview", preview, "only show what would be erased")
      .flag("-y,--yes", yes, "do not ask; several blocks need --count too")
      .number("--count", count, 1, UINT32_MAX, "how many blocks the preview named");
}

Result<int> forget_target(Context& context, const ForgetTarget& target,
                          const ForgetOptions& options) {
  MBE_ASSIGN(Memory * memory, context.memory(options.preview ? Access::read : Access::write));
  MBE_ASSIGN(const ForgetPreview preview, memory->forget_preview(target));
  if (options.preview && context.json())
    context.print_json(forget_preview_json(context.messages(), preview));
  if (!context.json() && preview.count() > 0) show_preview(context, preview);
  if (preview.count() == 0) {
    context.say(context.tr("nothing matches: nothing to forget"));
    return exit_nothing;
  }
  if (options.preview) return exit_done;
  MBE_ASSIGN(const std::size_t count, confirm(context, options, preview.count()));
  MBE_ASSIGN(const ForgetReport report, memory->forget(target, count));
  // Gone for every reader already; that the sealed bytes go too is for the last doubt.
  const auto scrubbed = memory->scrub();
  if (!scrubbed.ok()) {
    context.warn(context.tr("the sealed bytes are overwritten later: {}",
                            context.messages().text(scrubbed.error())));
  }
  if (context.json()) {
    context.print_json(forget_json(report));
    return exit_done;
  }
  context.print(paint(context, Colour::green, "✓ ") +
                context.tr("forgotten: {} blocks; the chain still verifies", report.count));
  for (const std::string& place : report.unreached) {
    context.warn("  " + context.tr("out of our reach: {}", place));
  }
  return exit_done;
}

void add_forget(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("forget", "erase for good, after a preview", "Memory");
  command.indexes(options->target.blocks, false)
      .text("--cue", options->target.cue, "TEXT", "everything that comes to mind for TEXT")
      .flag("--refuse", options->target.refuse, "do not take the same statement again");
  options->how.add_to(command);
  options->filter.add_to(command);
  command.example("mbe forget 12")
      .example("mbe forget --session trip-to-busan --preview")
      .run([options](Context& context) -> Result<int> {
        ForgetTarget target = options->target;
        MBE_ASSIGN(target.filter, options->filter.filter());
        return forget_target(context, target, options->how);
      });
}

}  // namespace mbe::app
