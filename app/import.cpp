#include <map>

#include "commands.h"
#include "importers/collection.h"
#include "importers/summary.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

using importers::Collection;
using importers::LeftOut;
using importers::Settings;
using importers::Step;
using importers::Summary;
using importers::Unreadable;

constexpr std::size_t part_items_max = 32'768;
constexpr std::size_t part_bytes_max = 32U << 20;
constexpr std::size_t refused_kept_max = 100'000;
constexpr std::size_t speakers_shown = 8;
constexpr int exit_interrupted = 130;

struct Options {
  std::string file, format = "auto", me, chat;
  std::optional<std::string> zone;
  bool dry_run = false, all_branches = false;
};

struct Totals {
  std::uint64_t imported = 0, skipped = 0, refusals = 0;
  std::map<std::string, std::uint64_t> chains;
  std::vector<Unreadable> refused;
  Summary summary;
  std::string format;
  bool stopped = false;
};

class Importer {
 public:
  Importer(Context& context, Collection& source, bool dry_run)
      : context_(context),
        source_(source),
        dry_run_(dry_run),
        bar_(context, context.tr("importing"), context.tr("messages")) {}

  /// Reads to the end or until it is asked to stop. Errors: io, busy … of the engine.
  Result<Totals> run() {
    std::size_t items = 0;
    std::size_t bytes = 0;
    while (!totals_.stopped) {
      MBE_ASSIGN(std::optional<Step> step, source_.next());
      if (!step) break;
      totals_.summary.add(*step);
      if (const auto* unreadable = std::get_if<Unreadable>(&*step)) refuse(*unreadable);
      auto* item = std::get_if<ImportItem>(&*step);
      if (item == nullptr) continue;
      bytes += item->text.size();
      part_[item->chain].push_back(std::move(*item));
      if (++items < part_items_max && bytes < part_bytes_max) continue;
      MBE_TRY(write_part());
      items = bytes = 0;
    }
    MBE_TRY(write_part());
    if (const auto format = source_.format()) totals_.format = importers::format_name(*format);
    return std::move(totals_);
  }

 private:
  void refuse(Unreadable unreadable) {
    if (!context_.options().quiet) {
      const std::string file = unreadable.file.empty() ? "" : unreadable.file + ": ";
      if (unreadable.line == 0) {
        context_.err().write(file + context_.tr(unreadable.reason) + "\n");
      } else {
        context_.err().write(
            file + context_.tr("line {}: {}", unreadable.line, context_.tr(unreadable.reason)) +
            "\n");
      }
    }
    ++totals_.refusals;
    if (totals_.refused.size() < refused_kept_max) totals_.refused.push_back(std::move(unreadable));
  }

  bool show_progress() {
    const std::uint64_t done = totals_.summary.items();
    std::uint64_t total = 0;  // guessed from the part of the file that was read
    if (source_.bytes_total() > 0 && source_.bytes_read() > 0) {
      const double share =
          static_cast<double>(source_.bytes_read()) / static_cast<double>(source_.bytes_total());
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
      for (const auto& [line, error] : report.refused) refuse({{}, line, error});
      totals_.stopped |= report.stopped;
    }
    part_.clear();
    totals_.stopped |= !show_progress();
    return {};
  }

  Context& context_;
  Collection& source_;
  bool dry_run_;
  ProgressBar bar_;
  std::map<std::string, std::vector<ImportItem>> part_;
  Totals totals_;
};

Json times_json(const Summary& summary) {
  const auto time = [](const std::optional<TimeMs>& at) {
    return at ? Json(format_time(*at)) : Json();
  };
  return {{"from", time(summary.first_ms())},
          {"until", time(summary.last_ms())},
          {"undated", summary.undated()}};
}

Json totals_json(Context& context, const Totals& totals, bool dry_run) {
  Json refused = Json::array();
  for (const Unreadable& one : totals.refused) {
    Json row = {{"line", one.line}, {"reason", context.messages().text(one.reason)}};
    if (!one.file.empty()) row["file"] = one.file;
    refused.push_back(std::move(row));
  }
  Json speakers = Json::object();
  for (const auto& [name, count] : totals.summary.speakers(SIZE_MAX)) speakers[name] = count;
  Json out = {{"imported", totals.imported},
              {"skipped", totals.skipped},
              {"refused", std::move(refused)},
              {"chains", totals.chains},
              {"stopped", totals.stopped},
              {"dry_run", dry_run},
              {"format", totals.format},
              {"kinds", totals.summary.kinds()},
              {"left_out", totals.summary.left_out()},
              {"unreadable", totals.refusals},
              {"speakers", std::move(speakers)},
              {"chats", totals.summary.chats()}};
  out.update(times_json(totals.summary));
  return out;
}

std::string listed(const std::map<std::string, std::uint64_t>& counts, Context& context) {
  std::string out;
  for (const auto& [name, count] : counts) {
    out += (out.empty() ? "" : " · ") + context.tr(name) + " " + group_digits(count);
  }
  return out;
}

/// What the file holds, whatever becomes of it.
void show_summary(Context& context, const Totals& totals, const Zone& zone) {
  const Summary& summary = totals.summary;
  if (summary.items() == 0) return;
  context.say("  " + context.tr("{}: {}", totals.format, listed(summary.kinds(), context)));
  if (summary.first_ms()) {
    context.say("  " + context.tr("from {} until {}", zone.format(*summary.first_ms()),
                                  zone.format(*summary.last_ms())));
  }
  if (summary.undated() > 0) {
    context.say("  " + context.tr("{} have no date of their own", group_digits(summary.undated())));
  }
  std::string speakers;
  for (const auto& [name, count] : summary.speakers(speakers_shown)) {
    speakers += (speakers.empty() ? "" : " · ") + name + " " + group_digits(count);
  }
  if (!speakers.empty()) context.say("  " + context.tr("said by: {}", speakers));
  if (!summary.left_out().empty()) {
    context.say("  " + context.tr("left out: {}", listed(summary.left_out(), context)));
  }
}

void show_totals(Context& context, const Totals& totals, const Zone& zone, bool dry_run) {
  const std::string sign = paint(context, totals.refusals == 0 ? Colour::green : Colour::yellow,
                                 totals.refusals == 0 ? "✓ " : "! ");
  context.say(sign + (dry_run ? context.tr("would import {} (chains: {})",
                                           group_digits(totals.imported), totals.chains.size())
                              : context.tr("imported {} (chains: {})",
                                           group_digits(totals.imported), totals.chains.size())));
  show_summary(context, totals, zone);
  if (totals.skipped > 0) {
    context.say("  " + context.tr("{} were there already", group_digits(totals.skipped)));
  }
  if (totals.refusals > 0) {
    context.say(
        "  " + context.tr("{} places could not be read, see above", group_digits(totals.refusals)));
  }
  if (totals.stopped) {
    context.say(context.tr("stopped; the same command continues where this one ended"));
  }
}

Result<Settings> settings_of(Context& context, const Options& options) {
  Settings settings;
  settings.format = importers::format_named(options.format);
  MBE_ASSIGN(settings.zone, Zone::parse(options.zone.value_or("UTC")));
  MBE_ASSIGN(settings.wall_zone, Zone::parse(options.zone.value_or("local")));
  settings.chain = context.options().chain.value_or("");
  settings.me = options.me;
  settings.owner = importers::owner_speaker(settings.chain);
  settings.chat = options.chat;
  settings.all_branches = options.all_branches;
  return settings;
}

Result<int> import(Context& context, const Options& options) {
  MBE_ASSIGN(const Settings settings, settings_of(context, options));
  MBE_ASSIGN(Collection source, Collection::open(options.file, settings));
  const InterruptGuard guard;
  Totals totals;
  {
    Importer importer(context, source, options.dry_run);
    MBE_ASSIGN(totals, importer.run());
  }
  if (context.json()) context.print_json(totals_json(context, totals, options.dry_run));
  show_totals(context, totals, settings.wall_zone, options.dry_run);
  if (totals.stopped) return exit_interrupted;
  return totals.refusals == 0 ? exit_done : exit_partly;
}

}  // namespace

void add_import(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  std::vector<std::string> formats = {"auto"};
  for (const std::string_view name : importers::format_names()) formats.emplace_back(name);
  root.command("import", "take in earlier conversations and notes", "Memory as a whole")
      .word("FILE", options->file, "a file, an archive or a folder; - is standard input")
      .choice("--format", options->format, formats, "form of the file")
      .text("--tz", options->zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .text("--me", options->me, "NAME", "the name that you have in the file")
      .text("--chat", options->chat, "NAME", "the chat's name, in place of what the file says")
      .flag("--all-branches", options->all_branches, "also answers that were asked for anew")
      .flag("--dry-run", options->dry_run, "only read the file and say what is in it")
      .example("mbe import KakaoTalkChats.txt --me 민수 --dry-run")
      .run([options](Context& context) { return import(context, *options); });
}

}  // namespace mbe::app
