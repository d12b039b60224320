#include "proxy/own_words.h"

#include <algorithm>

namespace mbe {

namespace {

constexpr std::string_view block_opens = "[[memories ";
constexpr std::string_view one_opens = "[[memory ";
constexpr std::size_t fence_min = 8, fence_max = 32;

/// The fence's name at the begin of the text; empty if there is none.
std::string_view fence_at(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789";
  const std::size_t end = std::min(text.find_first_not_of(allowed), text.size());
  return end < fence_min || end > fence_max ? std::string_view() : text.substr(0, end);
}

/// How the block that opens at the begin of the text closes; empty if none opens there.
std::string closing_of(std::string_view text) {
  if (text.starts_with(block_opens)) {
    text.remove_prefix(block_opens.size());
    const std::string_view fence = fence_at(text);
    if (fence.empty() || !text.substr(fence.size()).starts_with("]]")) return "";
    return "[[/memories " + std::string(fence) + "]]";
  }
  if (!text.starts_with(one_opens)) return "";
  text.remove_prefix(one_opens.size());
  const std::string_view fence = fence_at(text);
  if (fence.empty() || !text.substr(fence.size()).starts_with(" #")) return "";
  return "[[/memory " + std::string(fence) + "]]";
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace

std::string own_words(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find("[[memor", at);
    out += text.substr(at, open == std::string_view::npos ? open : open - at);
    if (open == std::string_view::npos) break;
    const std::string closing = closing_of(text.substr(open));
    if (closing.empty()) {
      out += text[open];
      at = open + 1;
      continue;
    }
    const std::size_t close = text.find(closing, open);
    if (close == std::string_view::npos) break;
    at = close + closing.size();
    for (int lines = 0; lines < 2 && text.substr(at).starts_with('\n'); ++lines) ++at;
  }
  return std::string(trimmed(out));
}

}  // namespace mbe
