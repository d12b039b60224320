#include "commands.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

struct Options {
  FilterOptions filter;
  ListRequest request;
  std::uint64_t limit = 20;
};

Result<int> list(Context& context, const Options& options) {
  ListRequest request = options.request;
  request.limit = options.limit;
  MBE_ASSIGN(request.filter, options.filter.filter());
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const std::vector<BlockView> blocks, memory->list(request));
  const bool full = blocks.size() == request.limit;
  if (context.json()) {
    context.print_json(list_json(blocks, request));
    return blocks.empty() ? exit_nothing : exit_done;
  }
  for (const BlockView& block : blocks) context.print(block_line(context, block));
  if (blocks.empty()) {
    context.say(context.tr("nothing here yet; `mbe remember TEXT` keeps something"));
    return exit_nothing;
  }
  if (full) {
    const bool forward = request.oldest_first;
    const std::uint64_t next = blocks.back().block_index + (forward ? 1 : 0);
    context.say(forward ? context.tr("more: mbe list --oldest-first --after {}", next)
                        : context.tr("more: mbe list --before {}", next));
  }
  return exit_done;
}

}  // namespace

void add_list(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("list", "blocks, newest first", "Memory");
  command.number("-n,--limit", options->limit, 1, 1'000, "at most N")
      .number("--before", options->request.before, 0, UINT64_MAX, "only blocks below N")
      .number("--after", options->request.from, 0, UINT64_MAX, "only blocks from N on")
      .flag("--oldest-first", options->request.oldest_first, "oldest first")
      .flag("--all", options->request.all_kinds, "records of the engine too");
  options->filter.add_to(command);
  command.run([options](Context& context) { return list(context, *options); });
}

}  // namespace mbe::app
