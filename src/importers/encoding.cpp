#include "importers/encoding.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <memory>

#include "base/utf8.h"

namespace mbe::importers {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

UConverter* korean_converter() {
  UErrorCode status = U_ZERO_ERROR;
  thread_local const std::unique_ptr<UConverter, CloseConverter> converter(
      ucnv_open("windows-949", &status));
  return converter.get();
}

/// The character of one or two bytes; 0 if they are none. ICU gives bytes that belong to nobody
/// characters of the private area.
char32_t korean_character(UConverter& converter, std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  ucnv_reset(&converter);
  const char* at = bytes.data();
  const UChar32 out = ucnv_getNextUChar(&converter, &at, bytes.data() + bytes.size(), &status);
  const bool whole = U_SUCCESS(status) && at == bytes.data() + bytes.size();
  const bool unassigned = out == 0xfffd || (out >= 0xe000 && out <= 0xf8ff);
  return whole && !unassigned ? static_cast<char32_t>(out) : 0;
}

bool is_lead(char c) {
  return static_cast<unsigned char>(c) > 0x80 && c != '\xff';
}

std::string decode_korean(std::string_view bytes, std::size_t& damaged) {
  UConverter* converter = korean_converter();
  std::string out;
  for (std::size_t i = 0; i < bytes.size();) {
    const char c = bytes[i];
    if (c > 0) {
      out += c;
      ++i;
      continue;
    }
    const std::size_t length = is_lead(c) && i + 1 < bytes.size() ? 2 : 1;
    const char32_t character =
        converter == nullptr || c == 0 ? 0 : korean_character(*converter, bytes.substr(i, length));
    if (character == 0) {
      out += replacement;
      ++damaged;
      ++i;  // the second byte may be a character of its own
      continue;
    }
    append_utf8(out, character);
    i += length;
  }
  return out;
}

std::string decode_utf8(std::string_view bytes, std::size_t& damaged) {
  std::string out;
  while (true) {
    const std::size_t bad = std::min(first_invalid_utf8(bytes).value_or(bytes.size()),
                                     std::min(bytes.find('\0'), bytes.size()));
    out += bytes.substr(0, bad);
    if (bad == bytes.size()) return out;
    out += replacement;
    ++damaged;
    bytes.remove_prefix(bad + 1);
  }
}

}  // namespace

/// By lines rather than characters: one line full of strange bytes decides nothing.
Encoding detect_encoding(std::string_view head) {
  constexpr std::size_t character_bytes_max = 4;
  std::size_t broken = 0;
  std::size_t sound = 0;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    const std::string_view line = head.substr(0, end);
    const bool is_last = end == head.size();
    head.remove_prefix(is_last ? end : end + 1);
    if (std::ranges::all_of(line, [](char c) { return c >= 0; })) continue;
    const auto bad = first_invalid_utf8(line);
    const bool is_cut = is_last && bad && *bad + character_bytes_max > line.size();
    ++(!bad || is_cut ? sound : broken);
  }
  return broken > sound ? Encoding::cp949 : Encoding::utf8;
}

std::string decode(std::string_view bytes, Encoding encoding, std::size_t& damaged) {
  damaged = 0;
  return encoding == Encoding::cp949 ? decode_korean(bytes, damaged) : decode_utf8(bytes, damaged);
}

}  // namespace mbe::importers
