#include "importers/encoding.h"
#include "importers/lines.h"

namespace mbe::importers {

namespace {

constexpr std::size_t speaker_bytes_max = 60;
constexpr std::size_t utterance_bytes_max = 4U << 20;
constexpr std::string_view continuation = "  ";

class PlainTextReader final : public Reader {
 public:
  PlainTextReader(Input input, const Settings& settings)
      : Reader(std::move(input), settings, Format::text) {}

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
      flush();
      return out_.unreadable(line.number,
                             fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max));
    }
    std::size_t damaged = 0;
    const std::string text = decode(line.text, *encoding_, damaged);
    if (text.find_first_not_of(" \t\r") == std::string::npos) return flush();
    if (pending_ && text.starts_with(continuation) &&
        pending_->text.size() + text.size() <= utterance_bytes_max) {
      pending_->text += '\n' + text.substr(continuation.size());
      pending_->damaged += damaged;
      return;
    }
    flush();
    Said& said = pending_.emplace();
    said.text = text;
    said.line = line.number;
    said.damaged = damaged;
  }

  void flush() {
    if (!pending_) return;
    Said said = *std::move(pending_);
    pending_.reset();
    const std::string whole = std::move(said.text);
    const TextUtterance read = parse_text_utterance(whole, out_.settings().zone);
    said.text = read.text;
    said.speaker = read.speaker;
    said.local_time = read.time;
    said.time_ms = read.time_ms;
    said.chat = out_.settings().chat.empty() ? out_.settings().name : out_.settings().chat;
    if (said.text.find_first_not_of(" \t\r\n") == std::string::npos) {
      return out_.unreadable(said.line, fail(ErrorCode::invalid_argument, "the text is empty"));
    }
    out_.say(std::move(said));
  }

  std::optional<Encoding> encoding_;
  std::optional<Said> pending_;
};

}  // namespace

TextUtterance parse_text_utterance(std::string_view line, const Zone& zone) {
  TextUtterance out;
  const std::size_t close = line.starts_with('[') ? line.find(']') : std::string_view::npos;
  if (close != std::string_view::npos) {
    out.time = line.substr(1, close - 1);
    out.time_ms = zone.parse_time(out.time);
  }
  out.text = line;
  if (!out.time_ms) {
    out.time = {};
    return out;
  }
  out.text.remove_prefix(close + 1);
  out.text.remove_prefix(std::min(out.text.find_first_not_of(' '), out.text.size()));
  const std::size_t colon = out.text.find(": ");
  if (colon == std::string_view::npos || colon == 0 || colon > speaker_bytes_max) return out;
  out.speaker = out.text.substr(0, colon);
  out.text.remove_prefix(colon + 2);
  return out;
}

std::unique_ptr<Reader> plain_text_reader(Input input, const Settings& settings) {
  return std::make_unique<PlainTextReader>(std::move(input), settings);
}

}  // namespace mbe::importers
