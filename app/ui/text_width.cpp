#include <unicode/uchar.h>

#include <algorithm>

#include "base/utf8.h"
#include "ui/terminal.h"

namespace mbe::app {
namespace {

bool is_direction_mark(char32_t c) {
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || is_direction_mark(c);
}

/// Breaks one line that has no line breaks in it.
void wrap_line(std::string_view line, std::size_t width, std::vector<std::string>& out) {
  std::size_t begin = 0;       // of the piece being filled
  std::size_t last_space = 0;  // behind the last blank in the piece; `begin` if there is none
  std::size_t used = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t here = i;
    const char32_t c = next_code_point(line, i);
    const std::size_t wide = columns(c);
    if (used + wide > width && here > begin && c != ' ') {
      const std::size_t cut = last_space > begin ? last_space : here;
      std::string_view piece = line.substr(begin, cut - begin);
      while (piece.ends_with(' ')) piece.remove_suffix(1);
      out.emplace_back(piece);
      begin = cut;
      last_space = cut;
      used = text_width(line.substr(begin, here - begin));
    }
    used += wide;
    if (c == ' ') last_space = i;
  }
  std::string_view piece = line.substr(begin);
  while (piece.ends_with(' ')) piece.remove_suffix(1);
  out.emplace_back(piece);
}

}  // namespace

unsigned columns(char32_t code_point) {
  const auto c = static_cast<UChar32>(code_point);
  const int8_t type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  if (code_point >= 0x1160 && code_point <= 0x11ff) return 0;  // vowels and finals of old jamo
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::size_t text_width(std::string_view text) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < text.size();) total += columns(next_code_point(text, i));
  return total;
}

std::string plain(std::string_view text) {
  std::string out;
  if (first_invalid_utf8(text)) return "�";
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (c == '\n' || c == '\t') {
      out += ' ';
    } else if (is_control(c)) {
      append_utf8(out, c < 0x20 ? 0x2400 + c : 0xfffd);
    } else {
      append_utf8(out, c);
    }
  }
  return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    wrap_line(plain(line), std::max<std::size_t>(width, 2), out);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string clip(std::string_view text, std::size_t width) {
  std::string line = plain(text);
  if (text_width(line) <= width) return line;
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t begin = i;
    used += columns(next_code_point(line, i));
    if (used + 1 > width) break;
    out += line.substr(begin, i - begin);
  }
  return out + "…";
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t used = text_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

}  // namespace mbe::app
