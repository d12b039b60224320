#include "commands.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

struct SummaryOptions {
  FilterOptions filter;
  SummaryRequest request;
  std::uint64_t at_least = 8, sentences = 5, older_days = 0, groups_max = 100;
};

void print_sources(Context& context, const DerivedBlock& made) {
  constexpr std::size_t shown = 8;
  std::string line;
  for (std::size_t i = 0; i < std::min(made.sources.size(), shown); ++i) {
    line += fmt::format("{}#{}", line.empty() ? "" : " ", made.sources[i]);
  }
  if (made.sources.size() > shown) line += " …";
  context.print("  " + paint(context, Colour::dim, "← " + line));
}

/// One card a block that was made; what it rests on below.
int print_made(Context& context, const std::vector<DerivedBlock>& made) {
  if (context.json()) context.print_json(derived_json(made));
  for (const DerivedBlock& one : made) {
    if (context.json()) break;
    std::string head = one.block_index ? fmt::format("#{}", *one.block_index) : "·";
    head = paint(context, Colour::blue, head);
    if (!one.name.empty()) head += " " + paint(context, Colour::bold, one.name);
    context.print(head + "  " +
                  paint(context, Colour::dim, context.tr("of {} blocks", one.sources.size())));
    for (std::size_t at = 0; at < one.text.size();) {
      const std::size_t end = std::min(one.text.find('\n', at), one.text.size());
      context.print("  " + one.text.substr(at, end - at));
      at = end + 1;
    }
    print_sources(context, one);
  }
  if (made.empty()) context.say(context.tr("nothing to make: all is done, or too little is there"));
  return made.empty() ? exit_nothing : exit_done;
}

Result<int> block_summary(Context& context, const SummaryOptions& options) {
  SummaryRequest request = options.request;
  request.at_least = options.at_least;
  request.sentences = options.sentences;
  request.older_days = options.older_days;
  request.groups_max = options.groups_max;
  MBE_ASSIGN(request.filter, options.filter.filter());
  MBE_ASSIGN(const Zone zone, options.filter.time_zone());
  request.utc_offset_minutes = zone.offset_minutes(system_clock().now_ms());
  MBE_ASSIGN(Memory * memory, context.memory(request.dry_run ? Access::read : Access::write));
  MBE_ASSIGN(const std::vector<DerivedBlock> made, memory->summarise(request));
  return print_made(context, made);
}

struct MergeOptions {
  FilterOptions filter;
  MergeRequest request;
};

Result<int> block_merger(Context& context, const MergeOptions& options) {
  MergeRequest request = options.request;
  MBE_ASSIGN(request.filter, options.filter.filter());
  MBE_ASSIGN(Memory * memory, context.memory(request.dry_run ? Access::read : Access::write));
  MBE_ASSIGN(const std::vector<DerivedBlock> made, memory->merge_similar(request));
  return print_made(context, made);
}

struct ImportantOptions {
  FilterOptions filter;
  float importance = FilterRequest().importance;
  std::uint64_t limit = 20;
};

Result<int> block_filter(Context& context, const ImportantOptions& options) {
  FilterRequest request{.importance = options.importance, .limit = options.limit};
  MBE_ASSIGN(request.filter, options.filter.filter());
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const std::vector<BlockView> blocks, memory->filter(request));
  if (context.json()) {
    context.print_json(filter_json(blocks));
  } else {
    for (const BlockView& block : blocks) {
      context.print(paint(context, Colour::yellow, fmt::format("{:.2f} ", block.importance)) +
                    block_line(context, block));
    }
  }
  if (blocks.empty()) context.say(context.tr("nothing is that important"));
  return blocks.empty() ? exit_nothing : exit_done;
}

std::string rule_text(Context& context, const std::string& rule) {
  if (rule == "amount") return context.tr("other numbers or dates");
  return rule == "denial" ? context.tr("one denies what the other says")
                          : context.tr("one is for it, one against");
}

Result<int> conflicts(Context& context, const FilterOptions& options) {
  MBE_ASSIGN(const RecallFilter filter, options.filter());
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const std::vector<ConflictView> found, memory->conflicts(filter));
  if (context.json()) context.print_json(conflicts_json(found));
  for (const ConflictView& one : found) {
    if (context.json()) break;
    context.print(paint(context, Colour::yellow, rule_text(context, one.rule)));
    context.print("  " + block_line(context, one.earlier));
    context.print("  " + block_line(context, one.later));
  }
  if (found.empty()) {
    context.say(context.tr("no two statements speak against each other"));
  } else {
    context.say(context.tr("settle one: mbe update INDEX TEXT, or mbe forget INDEX"));
  }
  return found.empty() ? exit_nothing : exit_done;
}

void add_block_summary(CommandLine& root) {
  const auto options = std::make_shared<SummaryOptions>();
  CommandLine& command =
      root.command("block-summary", "many blocks in few of their own sentences", "Derived");
  command.choice("--by", options->request.by, {"day", "session", "topic"}, "what makes a group")
      .number("--at-least", options->at_least, 2, 1'000, "blocks of a group that needs one")
      .number("--sentences", options->sentences, 1, 50, "of a summary")
      .number("--older-days", options->older_days, 0, 36'500,
              "only groups that ended so many days ago")
      .number("--groups-max", options->groups_max, 1, 1'000, "at most N summaries now")
      .flag("--dry-run", options->request.dry_run, "show, write nothing");
  options->filter.add_to(command);
  command.run([options](Context& context) { return block_summary(context, *options); });
}

}  // namespace

void add_derive(CommandLine& root) {
  add_block_summary(root);
  const auto merge = std::make_shared<MergeOptions>();
  CommandLine& merger =
      root.command("block-merger", "what was said again: the latest stands for all", "Derived");
  merger.flag("--dry-run", merge->request.dry_run, "show, write nothing");
  merge->filter.add_to(merger);
  merger.run([merge](Context& context) { return block_merger(context, *merge); });
  const auto important = std::make_shared<ImportantOptions>();
  CommandLine& filter = root.command("block-filter", "what matters most", "Derived");
  filter.share("--importance", important->importance, "at least so important")
      .number("-n,--limit", important->limit, 1, 1'000, "at most N");
  important->filter.add_to(filter);
  filter.run([important](Context& context) { return block_filter(context, *important); });
  const auto all = std::make_shared<FilterOptions>();
  CommandLine& against =
      root.command("conflicts", "statements that speak against each other", "Derived");
  all->add_to(against);
  against.run([all](Context& context) { return conflicts(context, *all); });
}

}  // namespace mbe::app
