#include "commands.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

void row(Context& context, const std::string& name, const std::string& value) {
  context.print("  " + paint(context, Colour::dim, pad(context.tr(name), 20)) + value);
}

void show(Context& context, const Stats& stats) {
  context.print(paint(context, Colour::bold, plain(stats.chain)));
  row(context, "blocks", group_digits(stats.blocks));
  row(context, "memories", group_digits(stats.memories));
  if (stats.pinned > 0) row(context, "pinned", group_digits(stats.pinned));
  if (stats.hidden > 0) row(context, "hidden", group_digits(stats.hidden));
  if (stats.erased > 0) row(context, "erased", group_digits(stats.erased));
  row(context, "vectors",
      context.tr("{} and {} pending", group_digits(stats.vectors),
                 group_digits(stats.vectors_pending)));
  row(context, "log", format_bytes(stats.log_bytes));
  row(context, "keyword index", format_bytes(stats.keyword_bytes));
  row(context, "attribute index", format_bytes(stats.attribute_bytes));
  row(context, "vector index", format_bytes(stats.vector_bytes));
  row(context, "model", stats.model.empty() ? context.tr("none") : plain(stats.model));
  row(context, "head", stats.head_hash.substr(0, 16));
}

Result<int> stats(Context& context) {
  MBE_ASSIGN(const std::vector<std::string> names, context.chain_names());
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  std::uint64_t blocks = 0;
  std::uint64_t pending = 0;
  Json chains = Json::array();
  for (const std::string& name : names) {
    MBE_ASSIGN(Memory * memory, engine->chain(name, false));
    MBE_ASSIGN(const Stats one, memory->stats());
    blocks += one.blocks;
    pending += one.vectors_pending;
    if (!context.json()) show(context, one);
    chains.push_back(stats_json(one));
  }
  if (context.json()) {
    context.print_json({{"blocks", blocks},
                        {"vectors_pending", pending},
                        {"home", engine->home().string()},
                        {"chains", std::move(chains)}});
  } else if (names.empty()) {
    context.say(context.tr("nothing here yet; `mbe remember TEXT` keeps something"));
  }
  return exit_done;
}

}  // namespace

void add_stats(CommandLine& root) {
  root.command("stats", "how much there is, and how large", "Memory as a whole").run(stats);
}

}  // namespace mbe::app
