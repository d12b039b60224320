#include "transcript/transcript.h"

#include <fmt/format.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <istream>
#include <memory>
#include <vector>

#include "base/utf8.h"
#include "transcript/line_id.h"

namespace mbe {

namespace {

constexpr std::size_t line_bytes_max = 900'000;  // fits a block; what is longer is cut there
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view continuation = "  ";
constexpr std::size_t speaker_bytes_max = 200;

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

/// From Korean Windows' code page; nothing where a byte does not belong to it.
std::optional<std::string> from_cp949(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  thread_local const std::unique_ptr<UConverter, CloseConverter> converter(
      ucnv_open("windows-949", &status));
  if (converter == nullptr) return std::nullopt;
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::vector<UChar> wide(bytes.size() + 1);
  const int32_t size =
      ucnv_toUChars(converter.get(), wide.data(), static_cast<int32_t>(wide.size()), bytes.data(),
                    static_cast<int32_t>(bytes.size()), &status);
  // ICU gives bytes that belong to nobody characters of the private area.
  const auto is_private = [](UChar c) { return c >= 0xe000 && c <= 0xf8ff; };
  if (U_FAILURE(status) || std::any_of(wide.begin(), wide.begin() + size, is_private)) {
    return std::nullopt;
  }
  std::string out(3 * static_cast<std::size_t>(size) + 1, '\0');
  int32_t length = 0;
  u_strToUTF8(out.data(), static_cast<int32_t>(out.size()), &length, wide.data(), size, &status);
  if (U_FAILURE(status)) return std::nullopt;
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::optional<int> two_digits(std::string_view text, std::size_t at, int limit) {
  if (at + 2 > text.size()) return std::nullopt;
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (!digit(at) || !digit(at + 1)) return std::nullopt;
  const int value = (text[at] - '0') * 10 + (text[at + 1] - '0');
  return value < limit ? std::optional(value) : std::nullopt;
}

/// Takes `[14:03:22] ` or `[14:03] ` off the front.
std::optional<int> take_time(std::string_view& text) {
  const std::size_t close = text.find("] ");
  if (!text.starts_with('[') || (close != 6 && close != 9) || text[3] != ':') return std::nullopt;
  const auto hour = two_digits(text, 1, 24);
  const auto minute = two_digits(text, 4, 60);
  std::optional<int> second = 0;
  if (close == 9) second = text[6] == ':' ? two_digits(text, 7, 60) : std::nullopt;
  if (!hour || !minute || !second) return std::nullopt;
  text.remove_prefix(close + 2);
  return *hour * 3'600 + *minute * 60 + *second;
}

/// Takes `name: ` off the front.
std::string take_speaker(std::string_view& text) {
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos || colon == 0 || colon > speaker_bytes_max) return "";
  const std::string out(text.substr(0, colon));
  text.remove_prefix(colon + 2);
  return out;
}

}  // namespace

std::string to_utf8(std::string_view bytes, bool& damaged) {
  damaged = false;
  if (!first_invalid_utf8(bytes)) return std::string(bytes);
  if (auto korean = from_cp949(bytes)) return *std::move(korean);
  damaged = true;
  std::string out;
  while (const auto bad = first_invalid_utf8(bytes)) {
    out += bytes.substr(0, *bad);
    bytes.remove_prefix(*bad + 1);
  }
  return out += bytes;
}

bool TranscriptReader::read_line() {
  std::string raw;
  if (!std::getline(in_, raw)) return false;
  ++number_;
  std::string_view bytes = raw;
  if (number_ == 1 && bytes.starts_with(byte_order_mark)) {
    bytes.remove_prefix(byte_order_mark.size());
  }
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  line_ = to_utf8(bytes, line_damaged_);
  // A NUL stands in no text that a block could hold.
  line_damaged_ = std::erase(line_, '\0') > 0 || line_damaged_;
  if (line_.size() > line_bytes_max) {
    line_ = utf8_prefix(line_, line_bytes_max);
    line_damaged_ = true;
  }
  return true;
}

std::optional<TranscriptLine> TranscriptReader::next() {
  while (!has_line_ || line_.empty()) {
    if (!read_line()) return std::nullopt;
    has_line_ = true;
  }
  TranscriptLine out;
  out.number = number_;
  out.is_damaged = line_damaged_;
  std::string_view rest = line_;
  out.second_of_day = take_time(rest);
  if (out.second_of_day) out.speaker = take_speaker(rest);
  out.text = rest;
  has_line_ = false;
  while (read_line()) {
    has_line_ = true;
    const bool goes_on =
        line_.starts_with(continuation) && out.text.size() + line_.size() <= line_bytes_max;
    if (!goes_on) break;
    out.text += '\n' + line_.substr(continuation.size());
    out.is_damaged = out.is_damaged || line_damaged_;
    has_line_ = false;
  }
  return out;
}

bool is_forgotten(const TranscriptLine& line) {
  return !line.second_of_day && line.text == forgotten_line;
}

std::string format_transcript_line(const TranscriptLine& line) {
  std::string out;
  if (line.second_of_day) {
    const int second = *line.second_of_day;
    out = fmt::format("[{:02}:{:02}:{:02}] ", second / 3'600, second / 60 % 60, second % 60);
    if (!line.speaker.empty()) out += line.speaker + ": ";
  }
  for (const char c : line.text) {
    out += c;
    if (c == '\n') out += continuation;
  }
  return out + '\n';
}

}  // namespace mbe
