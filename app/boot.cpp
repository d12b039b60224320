#include "echo/boot.h"

#include <algorithm>

#include "base/datetime.h"
#include "commands.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"
#include "ui/zone.h"

namespace mbe::app {
namespace {

constexpr std::size_t problems_shown = 10;

struct Options {
  std::string folder, origin, zone = "local";
  std::optional<std::uint64_t> year;
  bool dry_run = false;
};

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
  context.print(context.tr("{} lines of {} days", group_digits(report.lines), days));
  if (options.dry_run) return;
  context.print(paint(context, Colour::green, "✓ ") +
                context.tr("{} remembered, {} were there already", group_digits(report.imported),
                           group_digits(report.skipped)));
}

Result<int> run(Context& context, const Options& options) {
  MBE_ASSIGN(const Zone zone, Zone::parse(options.zone));
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  BootOptions boot_options;
  boot_options.folder =
      options.folder.empty() ? engine->home() / "memory" : std::filesystem::path(options.folder);
  if (options.year) boot_options.year = static_cast<int>(*options.year);
  boot_options.origin = options.origin;
  boot_options.utc_offset_minutes = [zone](TimeMs time) { return zone.offset_minutes(time); };
  boot_options.dry_run = options.dry_run;
  const InterruptGuard guard;
  BootReport report;
  {
    ProgressBar bar(context, context.tr("replaying"), context.tr("bytes"));
    boot_options.progress = bar.callback();
    MBE_ASSIGN(report, boot(*engine, boot_options));
  }
  if (report.stopped) {
    return fail(ErrorCode::unavailable, "stopped before the end; run `mbe boot` again, it goes on");
  }
  if (context.json()) {
    context.print_json(report_json(report, options));
  } else {
    show(context, report, options);
  }
  if (report.lines == 0) return exit_nothing;
  return report.problem_count > 0 ? exit_partly : exit_done;
}

}  // namespace

void add_boot(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("boot", "replay years of transcripts into memory", "Echo")
      .word("FOLDER", options->folder, "memory/[USER/]dayYYYYMMDD/partN.txt; else HOME/memory",
            false)
      .number("--year", options->year, 1, 9'999, "of days that are named without one")
      .text("--origin", options->origin, "USER", "whose folder is the memory `main`")
      .text("--tz", options->zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .flag("--dry-run", options->dry_run, "count only")
      .example("mbe boot ~/memory --dry-run")
      .run([options](Context& context) { return run(context, *options); });
}

}  // namespace mbe::app
