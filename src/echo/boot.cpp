#include "echo/boot.h"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "base/datetime.h"
#include "echo/insight.h"
#include "echo/users.h"
#include "transcript/line_id.h"
#include "transcript/memory_folder.h"
#include "transcript/transcript.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t items_a_part = 32'768;  // some 10 MB of text
constexpr std::size_t problems_max = 1'000;
constexpr int noon = 12 * 3'600;
constexpr TimeMs day_ms = 86'400'000;
constexpr std::array<std::string_view, 3> echo_names = {"에코", "Echo", "echo"};

/// Follows the files and imports their lines a part at a time.
class Replay {
 public:
  Replay(Engine& engine, const BootOptions& options) : engine_(engine), options_(options) {}

  Result<BootReport> run(const std::vector<PartFile>& files) {
    for (const PartFile& file : files) bytes_total_ += fs::file_size(file.path);
    for (const PartFile& file : files) {
      if (report_.stopped) break;
      const DayReplay* last = report_.days.empty() ? nullptr : &report_.days.back();
      if (last != nullptr && last->user != file.user) MBE_TRY(import_pending());
      if (last == nullptr || last->user != file.user || last->day_folder != file.day_folder) {
        report_.days.push_back({file.user, day_name(file.day), file.day_folder});
        second_ = noon;
      }
      MBE_TRY(replay(file));
    }
    MBE_TRY(import_pending());
    return std::move(report_);
  }

 private:
  Result<void> replay(const PartFile& file) {
    std::ifstream in(file.path, std::ios::binary);
    if (!in) return fail(ErrorCode::io, "cannot read {}", file.path);
    ++report_.days.back().parts;
    TranscriptReader reader(in);
    std::uint64_t ordinal = 0;
    while (const auto line = reader.next()) {
      if (line->is_damaged) note(file, line->number, "bytes that are no text were left out");
      add(file, *line, ++ordinal);
      if (pending_.size() >= items_a_part) MBE_TRY(import_pending());
      if (report_.stopped) return {};
    }
    if (in.bad()) return fail(ErrorCode::io, "cannot read {}", file.path);
    bytes_done_ += fs::file_size(file.path);
    tell();
    return {};
  }

  void add(const PartFile& file, const TranscriptLine& line, std::uint64_t ordinal) {
    if (is_forgotten(line)) return;
    DayReplay& day = report_.days.back();
    ++day.lines;
    ++report_.lines;
    if (!line.speaker.empty()) ++day.speakers[line.speaker];
    if (options_.dry_run) return;
    // A line without a time was said when the one before it was.
    second_ = line.second_of_day.value_or(second_);
    const TimeMs local = days_from_civil(file.day) * day_ms + TimeMs{1'000} * second_;
    const bool answers =
        std::ranges::find(echo_names, std::string_view(line.speaker)) != echo_names.end();
    ImportItem item;
    item.id =
        to_source({file.user, file.day, file.part, ordinal, line_digest(line.speaker, line.text)});
    item.text = line.text;
    item.speaker = line.speaker;
    item.session = "day " + day.day;
    item.utc_offset_minutes = options_.utc_offset_minutes(local);
    item.time_ms = local - TimeMs{60'000} * item.utc_offset_minutes;
    item.channel = "transcript";
    item.trust = "owner";  // Echo's own folder, which only the home's owner can write
    item.kind = answers ? "answer" : "utterance";
    item.line = pending_.size();
    pending_.push_back(std::move(item));
    pending_from_.emplace_back(&file, line.number);
  }

  /// What is pending is of one user.
  Result<void> import_pending() {
    if (pending_.empty()) return {};
    const std::string chain = chain_of_user(report_.days.back().user, options_.origin);
    MBE_ASSIGN(Memory * memory, engine_.chain(chain));
    MBE_ASSIGN(const ImportReport done, memory->import(pending_));
    report_.imported += done.imported;
    report_.skipped += done.skipped;
    for (const auto& [item, error] : done.refused) {
      const auto& [file, line] = pending_from_[item];
      note(*file, line, error.message());
    }
    pending_.clear();
    pending_from_.clear();
    tell();
    return {};
  }

  void tell() {
    const bool goes_on = !options_.progress || options_.progress(bytes_done_, bytes_total_);
    report_.stopped = report_.stopped || !goes_on;
  }

  void note(const PartFile& file, std::uint64_t line, const std::string& why) {
    if (report_.problem_count++ >= problems_max) return;
    report_.problems.push_back(fmt::format("{}:{}: {}", file.path, line, why));
  }

  Engine& engine_;
  const BootOptions& options_;
  BootReport report_;
  std::vector<ImportItem> pending_;
  std::vector<std::pair<const PartFile*, std::uint64_t>> pending_from_;  ///< file and line of each
  std::uint64_t bytes_done_ = 0, bytes_total_ = 0;
  int second_ = noon;  ///< of the newest line that told one
};

}  // namespace

Result<BootReport> boot(Engine& engine, const BootOptions& options) {
  MBE_ASSIGN(const std::vector<PartFile> files,
             find_parts(posix_file_system(), options.folder.string(), options.year));
  MBE_ASSIGN(BootReport report, Replay(engine, options).run(files));
  if (!options.dry_run && !report.stopped) MBE_TRY(write_insights(engine, options, report));
  return report;
}

}  // namespace mbe
