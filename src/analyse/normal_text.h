// Text as the analyser reads it: NFKC, case folded, curly quotes and dashes made plain, control
// characters blank. Every byte remembers where it came from, so that clauses can be quoted
// verbatim. Invariant: origin.size() == text.size() + 1 and origin never decreases. Pure and
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mbe::analyse {

struct NormalText {
  std::string text;
  std::vector<std::uint32_t> origin;  ///< offset in the original of each byte, and of the end

  /// The original bytes behind text[begin, end).
  [[nodiscard]] std::string_view verbatim(std::string_view original, std::size_t begin,
                                          std::size_t end) const;
};

/// Normalises. Ill-formed UTF-8 is dropped. ASCII and composed Hangul take a path without ICU.
/// O(n), n = bytes of text.
[[nodiscard]] NormalText normalise(std::string_view text);

/// Hangul syllable U+AC00 … U+D7A3.
[[nodiscard]] constexpr bool is_hangul(char32_t c) {
  return c >= 0xAC00 && c <= 0xD7A3;
}
/// Compatibility jamo as in ㅋㅋ, ㅠㅠ.
[[nodiscard]] constexpr bool is_jamo(char32_t c) {
  return c >= 0x3131 && c <= 0x318E;
}
/// Han, Hiragana or Katakana: scripts written without spaces that are indexed by bigrams.
[[nodiscard]] constexpr bool is_cjk(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}
/// A … Z, a … z.
[[nodiscard]] constexpr bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// 0 … 9.
[[nodiscard]] constexpr bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

}  // namespace mbe::analyse

namespace mbe {

/// The text as refusals and repeats compare it: normal form, case folded, runs of blanks as one.
[[nodiscard]] std::string folded(std::string_view text);

}  // namespace mbe
