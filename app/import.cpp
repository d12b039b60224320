#include <map>

#include "commands.h"
#include "import_source.h"
#include "ui/interrupt.h"
#include "ui/json_line.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

constexpr std::size_t part_items_max = 8'192;
constexpr std::size_t part_bytes_max = 32U << 20;
constexpr int exit_interrupted = 130;

struct Options {
  std::string file, format = "auto", zone = "UTC";
  bool dry_run = false;
};

struct Totals {
  std::uint64_t imported = 0, skipped = 0;
  std::map<std::string, std::uint64_t> chains;
  std::vector<std::pair<std::uint64_t, Error>> refused;
  bool stopped = false;
};

class Importer {
 public:
  Importer(Context& context, ImportSource& source, bool dry_run)
      : context_(context),
        source_(source),
        dry_run_(dry_run),
        bar_(context, context.tr("importing"), context.tr("lines")) {}

  /// Reads to the end or until it is asked to stop. Errors: io, busy … of the engine.
  Result<Totals> run() {
    std::size_t items = 0;
    std::size_t bytes = 0;
    while (!totals_.stopped) {
      MBE_ASSIGN(std::optional<ImportStep> step, source_.next());
      if (!step) break;
      if (const auto* refusal = std::get_if<std::pair<std::uint64_t, Error>>(&*step)) {
        refuse(refusal->first, refusal->second);
        continue;
      }
      ImportItem& item = std::get<ImportItem>(*step);
      bytes += item.text.size();
      part_[item.chain].push_back(std::move(item));
      if (++items < part_items_max && bytes < part_bytes_max) continue;
      MBE_TRY(write_part());
      items = bytes = 0;
    }
    MBE_TRY(write_part());
    return std::move(totals_);
  }

 private:
  void refuse(std::uint64_t line, const Error& error) {
    if (!context_.options().quiet) report_line(context_, line, error);
    totals_.refused.emplace_back(line, error);
  }

  bool show_progress() {
    const LineReader& reader = source_.reader();
    const std::uint64_t done = source_.lines_read();
    std::uint64_t total = 0;  // guessed from the part of the file that was read
    if (reader.bytes_total() > 0 && reader.bytes_read() > 0) {
      const double share =
          static_cast<double>(reader.bytes_read()) / static_cast<double>(reader.bytes_total());
      total = static_cast<std::uint64_t>(static_cast<double>(done) / share);
    }
    return bar_.update(done, std::max(done, total));
  }

  Result<void> write_part() {
    for (auto& [chain, items] : part_) {
      if (totals_.stopped) break;
      totals_.chains[chain] += items.size();
      if (dry_run_) {
        totals_.imported += items.size();
        continue;
      }
      MBE_ASSIGN(Engine * engine, context_.engine(Access::write));
      MBE_ASSIGN(Memory * memory, engine->chain(chain));
      MBE_ASSIGN(const ImportReport report,
                 memory->import(items, [this](auto, auto) { return show_progress(); }));
      totals_.imported += report.imported;
      totals_.skipped += report.skipped;
      for (const auto& [line, error] : report.refused) refuse(line, error);
      totals_.stopped |= report.stopped;
    }
    part_.clear();
    totals_.stopped |= !show_progress();
    return {};
  }

  Context& context_;
  ImportSource& source_;
  bool dry_run_;
  ProgressBar bar_;
  std::map<std::string, std::vector<ImportItem>> part_;
  Totals totals_;
};

Json totals_json(Context& context, const Totals& totals, bool dry_run) {
  Json refused = Json::array();
  for (const auto& [line, error] : totals.refused) {
    refused.push_back({{"line", line}, {"reason", context.messages().text(error)}});
  }
  return {{"imported", totals.imported},   {"skipped", totals.skipped},
          {"refused", std::move(refused)}, {"chains", totals.chains},
          {"stopped", totals.stopped},     {"dry_run", dry_run}};
}

void show_totals(Context& context, const Totals& totals, bool dry_run) {
  const std::string sign = paint(context, totals.refused.empty() ? Colour::green : Colour::yellow,
                                 totals.refused.empty() ? "✓ " : "! ");
  context.say(sign + (dry_run ? context.tr("would import {} (chains: {})",
                                           group_digits(totals.imported), totals.chains.size())
                              : context.tr("imported {} (chains: {})",
                                           group_digits(totals.imported), totals.chains.size())));
  if (totals.skipped > 0) {
    context.say("  " + context.tr("{} were there already", group_digits(totals.skipped)));
  }
  if (!totals.refused.empty()) {
    context.say(
        "  " + context.tr("{} lines were refused, see above", group_digits(totals.refused.size())));
  }
  if (totals.stopped) {
    context.say(context.tr("stopped; the same command continues where this one ended"));
  }
}

Result<ImportSettings> settings_of(Context& context, const Options& options) {
  ImportSettings settings;
  if (options.format == "jsonl") settings.format = ImportFormat::jsonl;
  if (options.format == "text") settings.format = ImportFormat::text;
  if (options.format == "block_memory") settings.format = ImportFormat::block_memory;
  MBE_ASSIGN(settings.zone, Zone::parse(options.zone));
  settings.chain = context.options().chain.value_or("");
  const bool piped = options.file == "-";
  settings.name = piped ? "stdin" : std::filesystem::path(options.file).filename().string();
  return settings;
}

Result<int> import(Context& context, const Options& options) {
  MBE_ASSIGN(const ImportSettings settings, settings_of(context, options));
  MBE_ASSIGN(LineReader reader, LineReader::open(options.file, line_bytes_max));
  ImportSource source(std::move(reader), settings);
  const InterruptGuard guard;
  Totals totals;
  {
    Importer importer(context, source, options.dry_run);
    MBE_ASSIGN(totals, importer.run());
  }
  if (context.json()) context.print_json(totals_json(context, totals, options.dry_run));
  show_totals(context, totals, options.dry_run);
  if (totals.stopped) return exit_interrupted;
  return totals.refused.empty() ? exit_done : exit_partly;
}

}  // namespace

void add_import(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("import", "take in a file of earlier conversations", "Memory as a whole")
      .word("FILE", options->file, "the file; - is standard input")
      .choice("--format", options->format, {"auto", "jsonl", "text", "block_memory"},
              "form of the file")
      .text("--tz", options->zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .flag("--dry-run", options->dry_run, "only check the file")
      .example("mbe import --format jsonl conversation.jsonl")
      .run([options](Context& context) { return import(context, *options); });
}

}  // namespace mbe::app
