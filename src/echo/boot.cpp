#include "echo/boot.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <utility>

#include "base/datetime.h"
#include "echo/insight.h"
#include "echo/users.h"
#include "engine/import_stream.h"
#include "transcript/line_id.h"
#include "transcript/memory_folder.h"
#include "transcript/transcript.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t items_a_part = 8'192;
constexpr std::uint64_t line_bytes = 64;  // of a line as people write, about
constexpr unsigned line_bits = 40;        // of an item's line that are its number in the file
constexpr std::size_t problems_max = 1'000;
constexpr int noon = 12 * 3'600;
constexpr TimeMs day_ms = 86'400'000;
constexpr std::array<std::string_view, 3> echo_names = {"에코", "Echo", "echo"};

/// Follows the files and imports their lines a part at a time.
class Replay {
 public:
  Replay(Engine& engine, const BootOptions& options, const std::vector<PartFile>& files)
      : engine_(engine), options_(options), files_(files) {}

  Result<BootReport> run() {
    for (const PartFile& file : files_) bytes_total_ += fs::file_size(file.path);
    while (file_ < files_.size() && !report_.stopped) {
      user_ = files_[file_].user;
      MBE_TRY(options_.dry_run ? count_user() : import_user());
      if (failed_) return *failed_;
    }
    return std::move(report_);
  }

 private:
  Result<void> count_user() {
    while (in_ || (file_ < files_.size() && files_[file_].user == user_)) {
      if (read_items().empty() && (report_.stopped || failed_)) break;
    }
    return {};
  }

  Result<void> import_user() {
    MBE_ASSIGN(Memory * memory, engine_.chain(chain_of_user(user_, options_.origin)));
    const std::uint64_t expected = (bytes_total_ - bytes_done_) / line_bytes;
    MBE_ASSIGN(const ImportReport done,
               import_stream(*memory, [this] { return read_items(); }, expected));
    report_.imported += done.imported;
    report_.skipped += done.skipped;
    for (const auto& [line, error] : done.refused) {
      note(files_[line >> line_bits], line & ((std::uint64_t{1} << line_bits) - 1),
           error.message());
    }
    tell();
    return {};
  }

  /// The next lines of the present user; none: no more, or stopped, or failed.
  std::vector<ImportItem> read_items() {
    while (items_.size() < items_a_part && !report_.stopped && !failed_ && (in_ || open_next())) {
      read_line();
    }
    return std::exchange(items_, {});
  }

  bool open_next() {
    if (file_ == files_.size() || files_[file_].user != user_) return false;
    const PartFile& file = files_[file_];
    const DayReplay* last = report_.days.empty() ? nullptr : &report_.days.back();
    if (last == nullptr || last->user != file.user || last->day_folder != file.day_folder) {
      report_.days.push_back({file.user, day_name(file.day), file.day_folder});
      second_ = noon;
    }
    in_ = std::make_unique<std::ifstream>(file.path, std::ios::binary);
    if (!*in_) failed_ = fail(ErrorCode::io, "cannot read {}", file.path);
    reader_.emplace(*in_);
    ordinal_ = 0;
    ++report_.days.back().parts;
    return !failed_;
  }

  void read_line() {
    const PartFile& file = files_[file_];
    if (const auto line = reader_->next()) {
      if (line->is_damaged) note(file, line->number, "bytes that are no text were left out");
      add(file, *line, ++ordinal_);
      return;
    }
    if (in_->bad()) failed_ = fail(ErrorCode::io, "cannot read {}", file.path);
    bytes_done_ += fs::file_size(file.path);
    in_.reset();
    ++file_;
    tell();
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
    item.line = std::uint64_t{file_} << line_bits | line.number;
    items_.push_back(std::move(item));
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
  const std::vector<PartFile>& files_;
  BootReport report_;
  std::string user_;                   ///< whose lines are read
  std::size_t file_ = 0;               ///< the one that is read, or the next
  std::unique_ptr<std::ifstream> in_;  ///< of the file that is read
  std::optional<TranscriptReader> reader_;
  std::uint64_t ordinal_ = 0;  ///< of its newest line
  std::vector<ImportItem> items_;
  std::optional<Error> failed_;
  std::uint64_t bytes_done_ = 0, bytes_total_ = 0;
  int second_ = noon;  ///< of the newest line that told one
};

}  // namespace

Result<BootReport> boot(Engine& engine, const BootOptions& options) {
  MBE_ASSIGN(const std::vector<PartFile> files,
             find_parts(posix_file_system(), options.folder.string(), options.year));
  MBE_ASSIGN(BootReport report, Replay(engine, options, files).run());
  if (!options.dry_run && !report.stopped) MBE_TRY(write_insights(engine, options, report));
  return report;
}

}  // namespace mbe
