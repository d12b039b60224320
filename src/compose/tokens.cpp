#include "compose/tokens.h"

#include "base/utf8.h"

namespace mbe {

namespace {

enum class Class { letter, digit, space, mark, cjk, other };

Class classify(char32_t c) {
  if ((c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z')) return Class::letter;
  if (c >= U'0' && c <= U'9') return Class::digit;
  if (c == U' ') return Class::space;
  if (c < 0x80) return Class::mark;
  const bool hangul = (c >= 0xac00 && c <= 0xd7a3) || (c >= 0x3131 && c <= 0x318e);
  const bool cjk = (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3040 && c <= 0x30ff);
  return hangul || cjk ? Class::cjk : Class::other;
}

}  // namespace

std::size_t EstimatedTokens::count(std::string_view text) const {
  std::size_t tokens = 0;
  std::size_t run = 0;  // length of the current run of letters or digits
  Class run_class = Class::space;
  const auto close_run = [&] {
    const std::size_t per_token = run_class == Class::letter ? 4 : 2;
    tokens += (run + per_token - 1) / per_token;
    run = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const Class kind = classify(next_code_point(text, at));
    if (run > 0 && kind != run_class) close_run();
    if (kind == Class::letter || kind == Class::digit) {
      run_class = kind;
      ++run;
    } else if (kind != Class::space) {
      tokens += kind == Class::other ? 2 : 1;
    }
  }
  if (run > 0) close_run();
  return tokens;
}

}  // namespace mbe
