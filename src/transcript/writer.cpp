#include "transcript/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/utf8.h"

namespace mbe {

namespace {

/// A part's text, empty if it is not there.
Result<PartText> part_or_nothing(FileSystem& files, const std::string& path) {
  auto text = read_part(files, path);
  if (!text.ok() && text.error().code() == ErrorCode::not_found) return PartText{};
  return text;
}

/// Lines from `first` on as they should stand, gaps marked as forgotten.
std::string lines_from(const std::map<std::uint64_t, TranscriptLine>& logged, std::uint64_t first) {
  std::string out;
  std::uint64_t next = first;
  for (auto line = logged.lower_bound(first); line != logged.end(); ++line, ++next) {
    for (; next < line->first; ++next) out.append(forgotten_line) += '\n';
    out += format_transcript_line(line->second);
  }
  return out;
}

/// What is left of a write that was cut off: a beginning of what should stand there, or bytes that
/// never came.
bool is_torn(std::string_view tail, std::string_view wanted) {
  return wanted.starts_with(tail) || tail.find('\0') != std::string_view::npos;
}

/// The part's bytes as they should be.
std::string restored(const PartText& text, const std::map<std::uint64_t, TranscriptLine>& logged) {
  std::string bytes = text.bytes;
  for (const auto& [ordinal, line] : logged) {
    if (ordinal > text.lines.size()) {
      if (!bytes.empty() && bytes.back() != '\n') bytes += '\n';
      return bytes + lines_from(logged, text.lines.size() + 1);
    }
    const PartText::Line& there = text.lines[ordinal - 1];
    if (there.is_forgotten || there.digest == line_digest(line.speaker, line.text)) continue;
    const std::string wanted = lines_from(logged, ordinal);
    if (is_torn(std::string_view(bytes).substr(there.begin), wanted)) {
      return bytes.substr(0, there.begin) + wanted;
    }
  }
  if (!bytes.empty() && bytes.back() != '\n') bytes += '\n';
  return bytes;
}

}  // namespace

Result<TranscriptLine> read_back(const TranscriptLine& line) {
  std::istringstream in(format_transcript_line(line));
  TranscriptReader reader(in);
  auto out = reader.next();
  const bool is_named = out && !line.speaker.empty() && out->speaker == line.speaker;
  if (!is_named || line.speaker.find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorCode::invalid_argument,
                "`{}` cannot be a speaker's name in a transcript: 1 to 200 bytes in one line, "
                "without a colon and a blank",
                line.speaker);
  }
  const bool is_text = !first_invalid_utf8(line.text) && line.text.find('\0') == std::string::npos;
  if (!is_text) {
    return fail(ErrorCode::invalid_argument,
                "what is said is not UTF-8, or holds a NUL; convert it first");
  }
  if (!out->is_damaged && !reader.next()) return *std::move(out);
  return fail(ErrorCode::limit, "a line of {} bytes is too long for a transcript; cut it",
              line.text.size());
}

TranscriptWriter::TranscriptWriter(FileSystem& files, std::string root, std::string user)
    : files_(files), folder_(user_path(root, user)) {}

std::string TranscriptWriter::day_folder(const CivilDate& day) const {
  return fmt::format("{}/day{:04}{:02}{:02}", folder_, day.year, day.month, day.day);
}

std::string TranscriptWriter::path(const CivilDate& day, unsigned part) const {
  return fmt::format("{}/part{}.txt", day_folder(day), part);
}

Result<std::optional<TranscriptWriter::Known>> TranscriptWriter::look(
    const std::string& path) const {
  const auto file = files_.open(path, OpenMode::read);
  if (!file.ok() && file.error().code() == ErrorCode::not_found) return std::optional<Known>();
  if (!file.ok()) return file.error();
  MBE_ASSIGN(const std::uint64_t identity, (*file)->identity());
  MBE_ASSIGN(const std::uint64_t size, (*file)->size());
  return std::optional(Known{path, identity, size, 0});
}

bool TranscriptWriter::is_known(const Known& now) const {
  return known_ && known_->path == now.path && known_->identity == now.identity &&
         known_->size == now.size;
}

Result<bool> TranscriptWriter::changed(const CivilDate& day, unsigned part) const {
  MBE_ASSIGN(const auto now, look(path(day, part)));
  return !now || !is_known(*now);
}

Result<std::uint64_t> TranscriptWriter::lines(const CivilDate& day, unsigned part) {
  MBE_ASSIGN(auto now, look(path(day, part)));
  if (!now) return std::uint64_t{0};
  if (is_known(*now)) return known_->lines;
  MBE_ASSIGN(const PartText text, read_part(files_, now->path));
  now->lines = text.lines.size();
  known_ = std::move(now);
  return known_->lines;
}

Result<std::uint64_t> TranscriptWriter::bytes(const CivilDate& day, unsigned part) const {
  MBE_ASSIGN(const auto now, look(path(day, part)));
  return now ? now->size : 0;
}

Result<unsigned> TranscriptWriter::last_part(const CivilDate& day) const {
  unsigned out = 0;
  // A day that was named without a year has the same parts.
  const std::string without_year = fmt::format("{}/day{:02}{:02}", folder_, day.month, day.day);
  for (const std::string& folder : {day_folder(day), without_year}) {
    const auto names = files_.list(folder);
    if (!names.ok() && names.error().code() != ErrorCode::not_found) return names.error();
    if (!names.ok()) continue;
    for (const std::string& name : *names) out = std::max(out, part_of(name).value_or(0));
  }
  return out;
}

Result<void> TranscriptWriter::append(const CivilDate& day, unsigned part, std::string_view text,
                                      std::uint64_t count) {
  MBE_ASSIGN(const std::uint64_t before, lines(day, part));
  const std::string folder = day_folder(day);
  MBE_TRY(files_.make_directories(folder));
  const std::string at = path(day, part);
  MBE_ASSIGN(const bool is_there, files_.exists(at));
  MBE_ASSIGN(const auto file, files_.open(at, OpenMode::create));
  MBE_ASSIGN(const std::uint64_t size, file->size());
  MBE_ASSIGN(const std::string last, file->read(size - std::min<std::uint64_t>(size, 1), 1));
  // A person's editor may have left the last line without its end.
  const std::string bytes = (size > 0 && last != "\n" ? "\n" : "") + std::string(text);
  Result<void> written = file->write(size, bytes);
  if (written.ok()) written = file->sync_data();
  if (written.ok() && !is_there) written = files_.sync_directory(folder);
  known_.reset();
  if (!written.ok()) {
    static_cast<void>(file->truncate(size));  // what stays is mended by restore()
    return written;
  }
  MBE_ASSIGN(const std::uint64_t identity, file->identity());
  known_ = Known{at, identity, size + bytes.size(), before + count};
  return {};
}

Result<void> TranscriptWriter::restore(const CivilDate& day, unsigned part,
                                       const std::map<std::uint64_t, TranscriptLine>& logged) {
  MBE_ASSIGN(const PartText text, part_or_nothing(files_, path(day, part)));
  const std::string bytes = restored(text, logged);
  if (bytes == text.bytes) return {};
  MBE_TRY(files_.make_directories(day_folder(day)));
  return replace_file(files_, path(day, part), bytes);
}

}  // namespace mbe
