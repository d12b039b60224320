// Notes in markdown, one item for each passage: what stands between blank lines, as many of them as
// make a page together, under their heading.
#include <fmt/format.h>

#include <algorithm>

#include "importers/encoding.h"
#include "importers/lines.h"

namespace mbe::importers {

namespace {

constexpr std::size_t passage_bytes = 1'500;  // a new one begins behind that
constexpr std::size_t passage_bytes_max = 2U << 20;
constexpr std::uint64_t front_lines_max = 200;
constexpr std::size_t day_bytes = 10;

std::string_view stripped(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\"'");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\"'") - begin + 1);
}

/// Of `## Heading`; 0 for another line.
std::size_t heading_level(std::string_view line) {
  const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
  return level >= 1 && level <= 6 && level < line.size() && line[level] == ' ' ? level : 0;
}

/// `key: value`, a list's item, a comment, or what belongs to the line above.
bool is_front_line(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t' || line.front() == '-' ||
      line.front() == '#') {
    return true;
  }
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && line.substr(0, colon).find(' ') == std::string::npos;
}

class MarkdownReader final : public Reader {
 public:
  MarkdownReader(Input input, const Settings& settings)
      : Reader(std::move(input), settings, Format::markdown),
        title_(settings.name.substr(0, settings.name.rfind('.'))),
        time_(settings.file_time) {
    const std::size_t slash = settings.name.rfind('/');
    if (const auto day = leading_day(settings.name.substr(slash + 1))) set_day(*day);
  }

 private:
  Result<bool> read_on() override {
    if (!encoding_) {
      MBE_TRY(input_.want(head_bytes));
      encoding_ = detect_encoding(input_.window().substr(0, head_bytes));
    }
    MBE_ASSIGN(const std::optional<Line> line, input_.next_line());
    if (!line) {
      give_front_back();
      heading_alone();
      flush();
      return false;
    }
    if (line->too_long) {
      out_.unreadable(line->number, fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max));
      return true;
    }
    std::size_t damaged = 0;
    take(decode(line->text, *encoding_, damaged), line->number);
    damaged_ += damaged;
    return true;
  }

  void take(const std::string& line, std::uint64_t number) {
    if (number == 1 && line == "---") {
      in_front_ = true;
      return;
    }
    if (!in_front_) return content(line, number);
    if (line == "---" || line == "...") {
      for (const std::string& one : front_) front_matter(one);
      in_front_ = false;
      return front_.clear();
    }
    front_.push_back(line);
    if (front_.size() > front_lines_max || !is_front_line(line)) give_front_back();
  }

  /// What began like a front matter and is none is text like any other.
  void give_front_back() {
    in_front_ = false;
    const std::vector<std::string> lines = std::move(front_);
    front_.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) content(lines[i], i + 2);
  }

  void content(const std::string& line, std::uint64_t number) {
    if (line.starts_with("```") || line.starts_with("~~~")) in_code_ = !in_code_;
    const std::size_t level = in_code_ ? 0 : heading_level(line);
    if (level > 0) {
      flush();
      if (headings_.size() >= level) heading_alone();
      headings_.resize(level - 1);
      headings_.emplace_back(stripped(std::string_view(line).substr(level)));
      heading_used_ = false;
      heading_line_ = number;
      if (const auto day = leading_day(headings_.back())) set_day(*day);
      return;
    }
    const bool blank = line.find_first_not_of(" \t") == std::string::npos;
    if (blank && !in_code_ && passage_.size() >= passage_bytes) flush();
    if (passage_.size() + line.size() > passage_bytes_max) flush();
    if (blank && passage_.empty()) return;
    if (passage_.empty()) first_line_ = number;
    passage_ += line + '\n';
  }

  void front_matter(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = stripped(line.substr(colon + 1));
    if (key == "title" && !value.empty()) title_ = value;
    if (key != "date" && key != "created" && key != "created_at") return;
    const std::optional<TimeMs> time = out_.settings().zone.parse_time(value);
    if (time) {
      time_ = time;
      time_text_ = value;
    } else if (const auto day = leading_day(value)) {
      set_day(*day);
    }
  }

  /// A heading with nothing below it says something too.
  void heading_alone() {
    if (heading_used_ || !passage_.empty()) return;
    heading_used_ = true;
    first_line_ = heading_line_;
    emit();
  }

  void set_day(const CivilDate& day) {
    time_ = out_.local(day, 0);
    time_text_ = fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
  }

  void flush() {
    if (passage_.find_first_not_of(" \t\n") == std::string::npos) return passage_.clear();
    heading_used_ = true;
    emit();
  }

  void emit() {
    Said said;
    for (const std::string& heading : headings_) {
      if (heading.empty()) continue;
      said.text += (said.text.empty() ? "" : " › ") + heading;
    }
    if (!said.text.empty()) said.text += '\n';
    said.text += passage_;
    said.chat = out_.settings().chat.empty() ? title_ : out_.settings().chat;
    said.by_owner = true;
    said.time_ms = time_;
    said.local_time = time_text_;
    said.line = first_line_;
    said.damaged = damaged_;
    out_.say(std::move(said));
    passage_.clear();
    damaged_ = 0;
  }

  std::optional<Encoding> encoding_;
  std::string title_, passage_, time_text_;
  std::vector<std::string> headings_, front_;
  std::optional<TimeMs> time_;
  std::uint64_t first_line_ = 0;
  std::size_t damaged_ = 0;
  std::uint64_t heading_line_ = 0;
  bool heading_used_ = true;  ///< a passage stood below it
  bool in_front_ = false, in_code_ = false;
};

}  // namespace

std::optional<CivilDate> leading_day(std::string_view text) {
  const std::string_view day = text.substr(0, std::min(day_bytes, text.size()));
  if (day.size() != day_bytes || day[4] != '-' || day[7] != '-') return std::nullopt;
  const auto time = parse_time(day, 0);
  return time ? std::optional(civil_from_days(*time / 86'400'000)) : std::nullopt;
}

std::unique_ptr<Reader> markdown_reader(Input input, const Settings& settings) {
  return std::make_unique<MarkdownReader>(std::move(input), settings);
}

}  // namespace mbe::importers
