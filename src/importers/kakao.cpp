// KakaoTalk: the text exports of Windows, Android and iOS, in Korean and English.
#include "importers/kakao.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/encoding.h"
#include "importers/kakao_line.h"

namespace mbe::importers {

namespace {

using Kind = KakaoLine::Kind;

constexpr std::size_t pending_bytes_max = 4U << 20;
constexpr std::uint64_t title_line_max = 3;

class KakaoReader final : public Reader {
 public:
  KakaoReader(Input input, const Settings& settings, const KakaoWords& words)
      : Reader(std::move(input), settings, Format::kakaotalk), words_(words) {
    if (!settings.me.empty()) names_.push_back(settings.me);
    chat_ = settings.chat.empty() ? kakao_chat_of(settings.name) : settings.chat;
  }

 private:
  Result<bool> read_on() override {
    if (!encoding_) {
      MBE_TRY(input_.want(head_bytes));
      encoding_ = detect_encoding(input_.window().substr(0, head_bytes));
    }
    MBE_ASSIGN(const std::optional<Line> line, input_.next_line());
    if (!line) {
      flush();
      return false;
    }
    take(*line);
    return true;
  }

  void take(const Line& line) {
    if (line.too_long) {
      return out_.unreadable(line.number,
                             fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max));
    }
    std::size_t damaged = 0;
    const std::string text = decode(line.text, *encoding_, damaged);
    const KakaoLine read = read_kakao_line(text, words_, names_);
    switch (read.kind) {
      case Kind::other:
        return go_on(text, line.number, damaged);
      case Kind::message:
        return begin(read, line.number, damaged);
      case Kind::system:
        flush();
        return out_.leave_out(LeftOut::system);
      case Kind::day:
        flush();
        day_ = read.day;
        return;
      case Kind::broken_day:
        flush();
        day_.reset();
        return out_.unreadable(line.number,
                               fail(ErrorCode::invalid_argument,
                                    "a day that cannot be read; what follows has no date"));
    }
  }

  void begin(const KakaoLine& read, std::uint64_t number, std::size_t damaged) {
    flush();
    Said& said = pending_.emplace();
    said.speaker = read.speaker;
    said.text = read.text;
    said.line = number;
    said.damaged = damaged;
    said.chat = chat_;
    const auto day = read.day ? read.day : day_;
    if (!day) return;
    said.time_ms = out_.local(*day, read.second_of_day);
    said.local_time = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", day->year, day->month, day->day,
                                  read.second_of_day / 3'600, read.second_of_day / 60 % 60);
  }

  void go_on(const std::string& text, std::uint64_t number, std::size_t damaged) {
    if (pending_) {
      if (pending_->text.size() + text.size() > pending_bytes_max) {
        Said rest = *pending_;
        flush();
        rest.text.clear();
        pending_ = std::move(rest);
      }
      pending_->text += '\n' + text;
      pending_->damaged += damaged;
      return;
    }
    if (text.find_first_not_of(" \t") == std::string::npos) return;
    if (number <= title_line_max) {
      const auto saved = [&](const std::string& word) { return text.starts_with(word); };
      if (std::ranges::any_of(words_.of("saved"), saved)) return;
      if (const auto title = words_.title(text)) {
        if (out_.settings().chat.empty()) chat_ = *title;
        if (!title->empty()) names_.push_back(*title);
        return;
      }
    }
    out_.unreadable(number, fail(ErrorCode::invalid_argument, "belongs to no message"));
  }

  void flush() {
    if (!pending_) return;
    const std::size_t end = pending_->text.find_last_not_of("\r\n ");
    pending_->text.resize(end == std::string::npos ? 0 : end + 1);
    if (words_.is_placeholder(pending_->text)) {
      out_.leave_out(LeftOut::placeholder);
    } else {
      out_.say(*std::move(pending_));
    }
    pending_.reset();
  }

  const KakaoWords& words_;
  std::vector<std::string> names_;
  std::string chat_;
  std::optional<Encoding> encoding_;
  std::optional<CivilDate> day_;
  std::optional<Said> pending_;
};

}  // namespace

std::string kakao_chat_of(std::string_view file_name) {
  constexpr std::string_view prefixes[] = {"KakaoTalk_Chat_", "KakaoTalk_", "Talk_"};
  std::string_view name = file_name.substr(0, file_name.rfind('.'));
  for (const std::string_view prefix : prefixes) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    break;
  }
  // A copy's number and the time of the export change from one export to the next.
  const auto is_trimmed = [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ' ' || c == '(' || c == ')';
  };
  std::string_view stem = name;
  while (!stem.empty() && is_trimmed(stem.back())) stem.remove_suffix(1);
  return std::string(stem.empty() ? name : stem);
}

std::unique_ptr<Reader> kakao_text_reader(Input input, const Settings& settings,
                                          const KakaoWords& words) {
  return std::make_unique<KakaoReader>(std::move(input), settings, words);
}

}  // namespace mbe::importers
