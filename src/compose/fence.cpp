#include "compose/fence.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>

#include "base/assert.h"
#include "base/control_tokens.h"
#include "base/datetime.h"
#include "base/utf8.h"

namespace mbe {

namespace {

/// How many opening brackets a character stands for to whoever reads it.
int brackets_of(char32_t c) {
  constexpr std::u32string_view one = U"[\uFF3B\u3010\u3014\u3016\u3018\u2045\u2772\uFE47";
  constexpr std::u32string_view two = U"\u27E6\u301A\u298B";
  if (one.find(c) != std::u32string_view::npos) return 1;
  return two.find(c) != std::u32string_view::npos ? 2 : 0;
}

bool is_slash(char32_t c) {
  constexpr std::u32string_view slashes = U"/\uFF0F\u2044\u2215\u29F8";
  return slashes.find(c) != std::u32string_view::npos;
}

/// White space, control and what shows nothing at all.
bool is_blank(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return c <= U' ' || u_isUWhiteSpace(point) != 0 || u_charType(point) == U_FORMAT_CHAR ||
         u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

/// What the text looks like, whatever letters it is written in.
std::string skeleton_of(const icu::UnicodeString& text) {
  UErrorCode failed = U_ZERO_ERROR;
  static const icu::Normalizer2* const folding = icu::Normalizer2::getNFKCCasefoldInstance(failed);
  static USpoofChecker* const checker = uspoof_open(&failed);
  MBE_ASSERT(U_SUCCESS(failed));
  icu::UnicodeString folded = folding->normalize(text, failed);
  icu::UnicodeString out;
  uspoof_getSkeletonUnicodeString(checker, 0, folded, out, &failed);
  std::string bytes;
  return U_SUCCESS(failed) ? out.toUTF8String(bytes) : bytes;
}

/// Whether two opening brackets, perhaps a slash, and `memory` stand at `at`, to whoever reads it.
bool looks_like_fence(std::string_view text, std::size_t at) {
  constexpr int characters_max = 48;
  constexpr int letters_max = 8;  // one more or less letter, and a mark upon one
  static const std::string wanted = skeleton_of(icu::UnicodeString::fromUTF8("memory"));
  int brackets = 0;
  int letters = 0;
  icu::UnicodeString word;
  for (int i = 0; i < characters_max && at < text.size() && letters < letters_max; ++i) {
    const char32_t c = next_code_point(text, at);
    const bool in_front = letters == 0;
    if (is_blank(c)) continue;
    if (in_front && brackets_of(c) > 0) {
      brackets += brackets_of(c);
    } else if (!in_front || brackets < 2 || !is_slash(c)) {
      if (brackets < 2) return false;
      word.append(static_cast<UChar32>(c));
      ++letters;
    }
  }
  return letters > 0 && skeleton_of(word).starts_with(wanted);
}

/// A speaker's name comes from outside: it must not end the header line.
std::string header_field(std::string_view text) {
  constexpr std::size_t bytes_max = 64;
  std::string out;
  const std::string_view shown = utf8_prefix(text, bytes_max);
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(shown, at);
    const bool unsafe = c == U']' || c == U'|' || is_blank(c) || brackets_of(c) > 0;
    out += unsafe ? std::string(" ") : std::string(shown.substr(begin, at - begin));
  }
  return out;
}

}  // namespace

bool is_fence(std::string_view fence) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return fence.size() >= 8 && fence.size() <= 32 && std::ranges::all_of(fence, allowed);
}

std::string escape_fences(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const bool opens = brackets_of(next_code_point(text, at)) > 0;
    if (opens && looks_like_fence(text, begin)) out += '\\';
    out += text.substr(begin, at - begin);
  }
  return out;
}

std::string fenced(const PromptItem& item, std::string_view text, const PromptRequest& request,
                   const PromptTemplates& words) {
  const std::string when =
      item.time_ms ? format_date(*item.time_ms, request.utc_offset_minutes) : words.unknown_time;
  const auto trust = words.trust.find(trust_name(item.trust));
  const std::string trust_label =
      trust == words.trust.end() ? std::string(trust_name(item.trust)) : trust->second;
  const std::string speaker = item.speaker.empty() ? "" : header_field(item.speaker) + " | ";
  return fmt::format("[[memory {} #{} | {} | {}{}]]\n{}\n[[/memory {}]]\n", request.fence,
                     item.sequence, when, speaker, trust_label, escape_fences(text), request.fence);
}

}  // namespace mbe
