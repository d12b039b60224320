#include "commands.h"
#include "ui/card.h"

namespace mbe::app {
namespace {

void detail(Context& context, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  constexpr std::size_t name_width = 18;
  const std::size_t room = context.out().width() - name_width - 2;
  std::string label = pad(context.tr(name), name_width);
  for (const std::string& line : wrap(value, room)) {
    context.print("  " + paint(context, Colour::dim, label) + line);
    label = std::string(name_width, ' ');
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// What only a block that can be read has.
void show_content_details(Context& context, const BlockView& block) {
  detail(context, "recorded", context.zone().format(block.recorded_ms));
  detail(context, "session", block.session);
  detail(context, "source", block.source);
  detail(context, "channel", block.channel);
  detail(context, "trust", block.trust.empty() ? "" : context.tr(block.trust));
  detail(context, "importance", fmt::format("{:.2f}", block.importance));
  if (block.keywords_now != block.keywords) {
    detail(context, "keywords today", joined(block.keywords_now));
  }
  if (block.tags_now != block.tags) detail(context, "tags today", joined(block.tags_now));
  detail(context, "tags from meaning", joined(block.tags_derived));
  std::string refs;
  for (const std::uint64_t ref : block.refs) refs += fmt::format("#{} ", ref);
  detail(context, "rests on", refs);
  if (block.retold) detail(context, "retells", context.tr("what it rests on; not recalled"));
  const bool embedded = block.embedding.has_value();
  detail(context, "vector",
         embedded ? context.tr("{} numbers", block.embedding->size()) : context.tr("pending"));
}

void show_details(Context& context, const BlockView& block) {
  if (block.state == "ok") show_content_details(context, block);
  detail(context, "hash", block.hash);
  detail(context, "hash before", block.prev_hash);
}

Result<int> show(Context& context, std::uint64_t index) {
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const BlockView block, memory->show(index, true));
  if (context.json()) {
    context.print_json(block_json(block, true));
    return exit_done;
  }
  context.out().write(block_card(context, block, {.lines_max = SIZE_MAX}));
  show_details(context, block);
  return exit_done;
}

}  // namespace

void add_show(CommandLine& root) {
  const auto index = std::make_shared<std::uint64_t>(0);
  root.command("show", "one block with all that is known of it", "Memory")
      .index(*index)
      .run([index](Context& context) { return show(context, *index); });
}

}  // namespace mbe::app
