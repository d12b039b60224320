#include "recall/cue_words.h"

#include <algorithm>
#include <fstream>

namespace mbe {

namespace {

constexpr std::string_view kind_names[] = {"current", "quantity",  "when",
                                           "change",  "assistant", "filler"};

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

bool holds_whole(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !letter(text[at - 1]);
    const std::size_t end = at + word.size();
    if (begins && (end == text.size() || !letter(text[end]))) return true;
  }
  return false;
}

}  // namespace

Result<CueWords> CueWords::open(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::io, "cannot read {}; reinstall", file.string());
  CueWords out;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const auto kind = std::ranges::find(kind_names, std::string_view(line).substr(0, first));
    if (second == std::string::npos || kind == std::end(kind_names)) {
      return fail(ErrorCode::corrupt, "{} line {}: {} is unknown: correct it", file.string(),
                  number, line);
    }
    Words& words = out.words_[static_cast<std::size_t>(kind - std::begin(kind_names))];
    const bool korean = line.compare(first + 1, second - first - 1, "ko") == 0;
    (korean ? words.anywhere : words.whole).push_back(line.substr(second + 1));
  }
  return out;
}

bool CueWords::holds(CueWord kind, std::string_view text) const {
  const std::string folded = lower(text);
  const Words& words = words_[static_cast<std::size_t>(kind)];
  return std::ranges::any_of(
             words.anywhere,
             [&](const std::string& word) { return folded.find(word) != std::string::npos; }) ||
         std::ranges::any_of(words.whole,
                             [&](const std::string& word) { return holds_whole(folded, word); });
}

bool CueWords::is(CueWord kind, std::string_view word) const {
  const Words& words = words_[static_cast<std::size_t>(kind)];
  return std::ranges::find(words.anywhere, word) != words.anywhere.end() ||
         std::ranges::find(words.whole, word) != words.whole.end();
}

}  // namespace mbe
