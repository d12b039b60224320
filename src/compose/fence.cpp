#include "compose/fence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/datetime.h"

namespace mbe {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() && blank(text[at])) ++at;
}

/// Whether `[[`, an optional `/` and `memory` stand at `at`, blanks between them allowed.
bool looks_like_fence(std::string_view text, std::size_t at) {
  for (int bracket = 0; bracket < 2; ++bracket) {
    skip_blanks(text, at);
    if (at >= text.size() || text[at] != '[') return false;
    ++at;
  }
  skip_blanks(text, at);
  if (at < text.size() && text[at] == '/') ++at;
  skip_blanks(text, at);
  constexpr std::string_view word = "memory";
  if (text.size() - at < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char want, char got) { return want == (got | 0x20); });
}

/// A speaker's name comes from outside: it must not end the header line.
std::string header_field(std::string_view text) {
  constexpr std::size_t bytes_max = 64;
  std::string out;
  for (const char c : text.substr(0, bytes_max)) {
    const bool unsafe = c == '[' || c == ']' || c == '|' || static_cast<unsigned char>(c) < 0x20;
    out += unsafe ? ' ' : c;
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
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '[' && looks_like_fence(text, at)) out += '\\';
    out += text[at];
  }
  return out;
}

std::string fenced(const PromptItem& item, std::string_view text, const PromptRequest& request,
                   const PromptTemplates& words) {
  const std::string when = item.time_ms ? format_date(*item.time_ms, request.utc_offset_minutes)
                                        : words.unknown_time;
  const auto trust = words.trust.find(trust_name(item.trust));
  const std::string trust_label =
      trust == words.trust.end() ? std::string(trust_name(item.trust)) : trust->second;
  const std::string speaker =
      item.speaker.empty() ? "" : header_field(item.speaker) + " | ";
  return fmt::format("[[memory {} #{} | {} | {}{}]]\n{}\n[[/memory {}]]\n", request.fence,
                     item.sequence, when, speaker, trust_label, escape_fences(text), request.fence);
}

}  // namespace mbe
