#include "echo/conversations.h"

#include "forgetting.h"
#include "ui/card.h"

namespace mbe::app {
namespace {

struct Options {
  std::string conversation, title, search, format = "markdown";
  ForgetOptions forgetting;
};

/// Opens the memory for `work`.
template <class Work>
Result<int> with_conversations(Context& context, Access access, const Work& work) {
  MBE_ASSIGN(Engine * engine, context.engine(access));
  MBE_ASSIGN(Memory * memory, context.memory(access));
  Conversations talks(*engine, *memory);
  return work(talks);
}

void show_one(Context& context, const ConversationInfo& info) {
  const std::string when = context.zone().format(info.last_ms).substr(0, 16);
  const std::string sign = info.of.empty() ? "" : "↳ ";
  const std::size_t room = context.out().width() - when.size() - 2;
  context.print(paint(context, Colour::dim, when) + "  " + clip(sign + info.title, room));
  context.print(paint(context, Colour::dim, "  " + plain(info.conversation)));
  if (!info.match) return;
  const std::size_t inside = context.out().width() - 4;
  context.print("  › " + clip(info.match->context, inside));
}

Result<int> list(Context& context, const Options& options) {
  return with_conversations(context, Access::read, [&](Conversations& talks) -> Result<int> {
    const bool all = options.search.empty();
    MBE_ASSIGN(const auto found, all ? talks.list() : talks.search(options.search));
    if (context.json()) {
      Json out = Json::array();
      for (const ConversationInfo& info : found) out.push_back(conversation_json(info));
      context.print_json({{"conversations", std::move(out)}});
    } else {
      for (const ConversationInfo& info : found) show_one(context, info);
    }
    if (!found.empty()) return exit_done;
    context.say(all ? context.tr("no conversation yet; `mbe chat` begins one")
                    : context.tr("nothing like that was said in a conversation"));
    return exit_nothing;
  });
}

Result<int> show(Context& context, const Options& options) {
  return with_conversations(context, Access::read, [&](Conversations& talks) -> Result<int> {
    MBE_ASSIGN(const ConversationTree tree, talks.tree(options.conversation));
    if (context.json()) {
      context.print_json(tree_json(tree));
      return exit_done;
    }
    context.print(paint(context, Colour::bold, clip(tree.title, context.out().width())));
    for (const ConversationTurn& turn : tree.turns) {
      context.print("");
      context.print(paint(context, Colour::dim,
                          fmt::format("#{} {}  {}", turn.id, context.zone().format(turn.time_ms),
                                      plain(turn.block.speaker))));
      for (const std::string& line : wrap(turn.block.context, context.out().width() - 2)) {
        context.print("  " + line);
      }
      for (const std::string& version : turn.versions) {
        const bool is_here = version == turn.conversation;
        context.print(paint(context, Colour::dim, (is_here ? "  ● " : "  ○ ") + plain(version)));
      }
    }
    return exit_done;
  });
}

Result<int> export_one(Context& context, const Options& options) {
  return with_conversations(context, Access::read, [&](Conversations& talks) -> Result<int> {
    MBE_ASSIGN(const ConversationTree tree, talks.tree(options.conversation));
    if (context.json() || options.format == "json") {
      context.print_json(tree_json(tree));
      return exit_done;
    }
    const int offset = context.zone().offset_minutes(system_clock().now_ms());
    context.out().write(tree_markdown(tree, offset));
    return exit_done;
  });
}

Result<int> rename(Context& context, const Options& options) {
  return with_conversations(context, Access::write, [&](Conversations& talks) -> Result<int> {
    MBE_TRY(talks.rename(options.conversation, options.title));
    return exit_done;
  });
}

Result<int> remove(Context& context, const Options& options) {
  const Access access = options.forgetting.preview ? Access::read : Access::write;
  return with_conversations(context, access, [&](Conversations& talks) -> Result<int> {
    MBE_ASSIGN(const ForgetTarget target, talks.deletion(options.conversation));
    return forget_target(context, target, options.forgetting);
  });
}

}  // namespace

void add_conversations(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& all =
      root.command("conversations", "talks with Echo: list, search, branches", "Echo");
  all.text("--search", options->search, "TEXT", "only those in which that was said")
      .example("mbe conversations --search 여행")
      .run([options](Context& context) { return list(context, *options); });
  const auto below = [&](const char* name, const char* description) -> CommandLine& {
    return all.command(name, description)
        .word("CONVERSATION", options->conversation, "its name, as the list shows it");
  };
  below("show", "what was said in one, and where it branches").run([options](Context& context) {
    return show(context, *options);
  });
  below("rename", "give it a title; an empty one: called by how it began")
      .word("TITLE", options->title, "the title")
      .run([options](Context& context) { return rename(context, *options); });
  CommandLine& deleting = below("delete", "forget what was said in it, after a preview");
  options->forgetting.add_to(deleting);
  deleting.run([options](Context& context) { return remove(context, *options); });
  below("export", "write it to standard output")
      .choice("--format", options->format, {"markdown", "json"}, "as what")
      .run([options](Context& context) { return export_one(context, *options); });
}

}  // namespace mbe::app
