#include <algorithm>

#include "base/datetime.h"
#include "commands.h"
#include "echo/wake.h"
#include "importers/zone.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

constexpr std::size_t problems_shown = 10;

struct Options {
  std::string folder, manifests, origin, zone = "local";
  std::optional<std::uint64_t> year;
  bool dry_run = false, yes = false;
};

void show_identity(Context& context, const Identity& identity) {
  context.print(paint(context, Colour::bold, plain(identity.sentence)));
  const std::string since = context.zone().format(identity.fixed_ms);
  std::string line = context.tr("{}, version {}, fixed {}, block #{}", plain(identity.name),
                                identity.version, since, identity.block_index);
  context.print("  " + paint(context, Colour::dim, line));
  if (!identity.is_sound) {
    context.print(
        "  " + paint(context, Colour::red, context.tr("its signature is not of this home's key")));
  }
}

Json report_json(const BootReport& report, const Options& options) {
  Json days = Json::array();
  for (const DayReplay& day : report.days) {
    days.push_back({{"user", day.user.empty() ? Json() : Json(day.user)},
                    {"day", day.day},
                    {"parts", day.parts},
                    {"lines", day.lines}});
  }
  return {{"lines", report.lines},     {"imported", report.imported},
          {"skipped", report.skipped}, {"problems", report.problems},
          {"stopped", report.stopped}, {"dry_run", options.dry_run},
          {"days", std::move(days)}};
}

void show(Context& context, const BootReport& report, const Options& options) {
  for (std::size_t i = 0; i < std::min(report.problems.size(), problems_shown); ++i) {
    context.warn(plain(report.problems[i]));
  }
  if (report.problem_count > problems_shown) {
    context.warn(context.tr("… and {} more", report.problem_count - problems_shown));
  }
  const std::string days = group_digits(report.days.size());
  context.print(context.tr("lines: {}, days: {}", group_digits(report.lines), days));
  if (options.dry_run) return;
  context.print(paint(context, Colour::green, "✓ ") +
                context.tr("{} remembered, {} were there already", group_digits(report.imported),
                           group_digits(report.skipped)));
}

Result<WakeResult> wake(Context& context, const Options& options, bool evolve) {
  MBE_ASSIGN(const Zone zone, Zone::parse(options.zone));
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  MBE_ASSIGN(const auto people, People::open(engine->home().string()));
  WakeOptions how;
  how.boot.folder =
      options.folder.empty() ? engine->home() / "memory" : std::filesystem::path(options.folder);
  if (options.year) how.boot.year = static_cast<int>(*options.year);
  how.boot.origin = options.origin;
  how.boot.utc_offset_minutes = [zone](TimeMs time) { return zone.offset_minutes(time); };
  how.boot.dry_run = options.dry_run;
  how.manifests = options.manifests;
  how.evolve = evolve;
  const InterruptGuard guard;
  ProgressBar bar(context, context.tr("replaying"), context.tr("bytes"));
  how.boot.progress = bar.callback();
  return mbe::wake(*engine, *people, how);
}

Result<int> boot(Context& context, const Options& options, bool evolve) {
  MBE_ASSIGN(const WakeResult woken, wake(context, options, evolve));
  for (const std::string& name : woken.missing) {
    context.warn(context.tr("there is no {} in {}: Echo does not know yet who it is", name,
                            woken.manifests.string()));
  }
  const BootReport& report = woken.replay;
  if (context.json()) {
    Json out = report_json(report, options);
    out["identity"] = woken.identity ? identity_json(*woken.identity) : Json();
    context.print_json(out);
  } else {
    show(context, report, options);
    if (woken.identity) show_identity(context, *woken.identity);
  }
  if (report.lines == 0 && !woken.identity) return exit_nothing;
  return report.problem_count > 0 ? exit_partly : exit_done;
}

Result<int> evolve(Context& context, const Options& options) {
  if (!options.yes) {
    return fail(ErrorCode::invalid_argument,
                "evolve adds a version to what Echo is, for good; confirm with --yes");
  }
  return boot(context, options, true);
}

Result<int> show_versions(Context& context, bool all) {
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  MBE_ASSIGN(Memory * memory, engine->chain("main"));
  MBE_ASSIGN(const Signer signer, Signer::open(posix_file_system(), engine->home().string()));
  MBE_ASSIGN(const std::vector<Identity> versions, identities(*memory, signer));
  if (versions.empty()) {
    context.say(context.tr("Echo has no identity yet; `mbe boot` fixes it"));
    return exit_nothing;
  }
  const std::size_t first = all ? 0 : versions.size() - 1;
  Json list = Json::array();
  for (std::size_t i = first; i < versions.size(); ++i) {
    list.push_back(identity_json(versions[i]));
    if (!context.json()) show_identity(context, versions[i]);
  }
  if (context.json()) context.print_json(all ? Json{{"versions", list}} : list[0]);
  const bool sound = std::ranges::all_of(versions, &Identity::is_sound);
  return sound ? exit_done : exit_damaged;
}

}  // namespace

namespace {

CommandLine& add_options(CommandLine& command, Options& options) {
  return command
      .word("FOLDER", options.folder, "memory/[USER/]dayYYYYMMDD/partN.txt; else HOME/memory",
            false)
      .text("--manifests", options.manifests, "DIR", "where the manifests lie; else beside FOLDER")
      .number("--year", options.year, 1, 9'999, "of days that are named without one")
      .text("--origin", options.origin, "USER", "whose folder is the memory `main`")
      .text("--tz", options.zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul");
}

}  // namespace

void add_boot(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  add_options(root.command("boot", "replay years of transcripts into memory", "Echo"), *options)
      .flag("--dry-run", options->dry_run, "count only")
      .example("mbe boot ~/memory --dry-run")
      .run([options](Context& context) { return boot(context, *options, false); });
  const auto evolving = std::make_shared<Options>();
  add_options(root.command("evolve", "boot again and add a version of the identity", "Echo"),
              *evolving)
      .flag("-y,--yes", evolving->yes, "do not ask")
      .run([evolving](Context& context) { return evolve(context, *evolving); });
  const auto all = std::make_shared<bool>(false);
  root.command("identity", "who Echo is", "Echo")
      .flag("--history", *all, "every version")
      .run([all](Context& context) { return show_versions(context, *all); });
}

}  // namespace mbe::app
