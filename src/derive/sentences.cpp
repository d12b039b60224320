#include "derive/sentences.h"

namespace mbe {

std::vector<std::string> sentences_of(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string> out;
  std::string one;
  const auto finish = [&] {
    const std::size_t begin = one.find_first_not_of(blanks);
    if (begin != std::string::npos) {
      out.push_back(one.substr(begin, one.find_last_not_of(blanks) - begin + 1));
    }
    one.clear();
  };
  for (std::size_t at = 0; at < text.size() && out.size() < sentences_read_max; ++at) {
    one += text[at];
    const bool end = text[at] == '.' || text[at] == '!' || text[at] == '?';
    const bool followed = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n';
    const bool wide = one.ends_with("。") || one.ends_with("…");
    if (text[at] == '\n' || (end && followed) || wide) finish();
  }
  finish();
  return out;
}

}  // namespace mbe
