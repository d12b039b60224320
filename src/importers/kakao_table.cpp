// KakaoTalk on macOS: a table of comma-separated values (RFC 4180) with the columns Date, User and
// Message. A record that breaks the rules is read as well as it can be, and what follows it is read
// as if it were whole: each begins a line with its time.
#include <algorithm>

#include "importers/encoding.h"
#include "importers/kakao.h"
#include "importers/kakao_line.h"

namespace mbe::importers {

namespace {

constexpr std::size_t record_bytes_max = 8U << 20;
constexpr std::size_t time_bytes = 19;  // 2026-02-06 00:00:58
constexpr std::string_view time_form = "dddd-dd-dd dd:dd:dd";

bool has_time(std::string_view line) {
  return line.size() > time_bytes && line[time_bytes] == ',' &&
         std::equal(time_form.begin(), time_form.end(), line.begin(), [](char form, char c) {
           return form == 'd' ? c >= '0' && c <= '9' : c == form;
         });
}

/// Whether a line begins a record although the one before has not ended: in a quoted text every
/// quote is doubled, at the beginning of a record it is not.
bool begins_record(std::string_view line) {
  if (!has_time(line)) return false;
  const std::string_view behind = line.substr(time_bytes + 1);
  if (!behind.starts_with('"')) return false;
  return !behind.starts_with("\"\"") || behind.starts_with("\"\",");
}

struct Field {
  std::string text;
  std::size_t end = 0;  ///< behind it: a comma, a line break, or the end
  bool sound = true;
};

/// The field at `at`. Not sound if a quote is missing.
Field read_field(std::string_view data, std::size_t at) {
  Field out;
  if (at >= data.size() || data[at] != '"') {
    out.end = std::min(data.find_first_of(",\n", at), data.size());
    out.text = data.substr(at, out.end - at);
    return out;
  }
  for (std::size_t i = at + 1;; ++i) {
    if (i >= data.size()) return {{}, data.size(), false};
    if (data[i] == '\n' && begins_record(data.substr(i + 1))) return {{}, i, false};
    if (data[i] != '"') {
      out.text += data[i];
    } else if (i + 1 < data.size() && data[i + 1] == '"') {
      out.text += data[i++];
    } else {
      out.end = i + 1;
      const std::string_view rest = data.substr(out.end);
      out.sound =
          rest.empty() || rest.front() == ',' || rest.front() == '\n' || rest.starts_with("\r\n");
      return out;
    }
  }
}

struct Record {
  std::string time, speaker, text;
  std::size_t bytes = 0;
  bool sound = true;
};

std::string_view unquoted(std::string_view text) {
  if (text.starts_with('"')) text.remove_prefix(1);
  while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return text;
}

/// The record that begins there, with what is behind its last comma as its text.
Record read_record(std::string_view data) {
  Record out;
  const Field time = read_field(data, 0);
  const bool more = time.sound && time.end < data.size() && data[time.end] == ',';
  const Field speaker = more ? read_field(data, time.end + 1) : Field{{}, time.end, false};
  const bool last = speaker.sound && speaker.end < data.size() && data[speaker.end] == ',';
  const std::size_t at = last ? speaker.end + 1 : speaker.end;
  const Field text = last ? read_field(data, at) : Field{{}, at, false};
  out.time = time.text;
  out.speaker = speaker.text;
  out.text = text.text;
  const std::size_t line_end = std::min(data.find('\n', text.end), data.size());
  const std::string_view behind = data.substr(text.end, line_end - text.end);
  out.bytes = std::min(line_end + 1, data.size());
  out.sound = last && text.sound && (behind.empty() || behind == "\r" || behind.front() == ',');
  if (out.sound) {  // a comma in a text without quotes
    if (behind.size() > 1) out.text += behind;
    return out;
  }
  // The first line as it stands; the rest is read anew.
  const std::string_view line = data.substr(0, std::min(data.find('\n'), data.size()));
  out.bytes = std::min(line.size() + 1, data.size());
  out.text = last && at <= line.size() ? unquoted(line.substr(at)) : std::string_view();
  return out;
}

class KakaoTableReader final : public Reader {
 public:
  KakaoTableReader(Input input, const Settings& settings, const KakaoWords& words)
      : Reader(std::move(input), settings, Format::kakaotalk), words_(words) {
    chat_ = settings.chat.empty() ? kakao_chat_of(settings.name) : settings.chat;
  }

 private:
  Result<bool> read_on() override {
    MBE_TRY(input_.want(record_bytes_max));
    if (!encoding_) {
      encoding_ = detect_encoding(input_.window().substr(0, head_bytes));
      const std::string_view first = input_.window().substr(0, input_.window().find('\n'));
      if (first.find("Date,User,Message") != std::string_view::npos) {
        input_.consume(std::min(first.size() + 1, input_.window().size()));
      }
    }
    if (input_.window().empty()) {
      flush();
      return false;
    }
    take();
    return true;
  }

  void take() {
    const std::string_view window = input_.window();
    const std::string_view line = window.substr(0, std::min(window.find('\n'), window.size()));
    const std::uint64_t number = input_.line();
    if (!has_time(line) && !line.starts_with(',')) {
      go_on(line, number);
      return input_.consume(std::min(line.size() + 1, window.size()));
    }
    flush();
    const Record record = read_record(window);
    input_.consume(record.bytes);
    if (record.time.empty()) return out_.leave_out(LeftOut::system);
    if (!record.sound) {
      out_.unreadable(number, fail(ErrorCode::invalid_argument,
                                   "a quote or a comma is missing; what can be read is kept"));
    }
    begin(record, number);
  }

  void begin(const Record& record, std::uint64_t number) {
    Said& said = pending_.emplace();
    std::size_t damaged = 0;
    said.speaker = decode(record.speaker, *encoding_, damaged);
    said.text = decode(record.text, *encoding_, said.damaged);
    said.damaged += damaged;
    said.chat = chat_;
    said.line = number;
    const std::optional<TimeMs> as_utc = parse_time(record.time);
    if (!as_utc) {
      return out_.unreadable(number,
                             fail(ErrorCode::invalid_argument, "{} is no time", record.time));
    }
    const CivilDate day = civil_from_days(*as_utc / 86'400'000);
    said.time_ms = out_.local(day, static_cast<int>(*as_utc % 86'400'000 / 1'000));
    said.local_time = record.time;
    goes_on_ = !record.sound;
  }

  /// A line without a time: of a message whose quote was lost, else of nothing.
  void go_on(std::string_view line, std::uint64_t number) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    std::size_t damaged = 0;
    const std::string text = decode(unquoted(line), *encoding_, damaged);
    if (pending_ && goes_on_) {
      pending_->text += '\n' + text;
      return;
    }
    out_.unreadable(number, fail(ErrorCode::invalid_argument, "belongs to no message"));
  }

  void flush() {
    if (!pending_) return;
    if (words_.is_system(pending_->text) && pending_->text.find(pending_->speaker) == 0) {
      out_.leave_out(LeftOut::system);
    } else if (words_.is_placeholder(pending_->text)) {
      out_.leave_out(LeftOut::placeholder);
    } else {
      out_.say(*std::move(pending_));
    }
    pending_.reset();
  }

  const KakaoWords& words_;
  std::string chat_;
  std::optional<Encoding> encoding_;
  std::optional<Said> pending_;
  bool goes_on_ = false;
};

}  // namespace

bool kakao_table_begins(std::string_view head) {
  const std::size_t second = head.find('\n');
  return head.substr(0, second).find("Date,User,Message") != std::string_view::npos ||
         has_time(head) || (second != std::string_view::npos && has_time(head.substr(second + 1)));
}

std::unique_ptr<Reader> kakao_table_reader(Input input, const Settings& settings,
                                           const KakaoWords& words) {
  return std::make_unique<KakaoTableReader>(std::move(input), settings, words);
}

}  // namespace mbe::importers
