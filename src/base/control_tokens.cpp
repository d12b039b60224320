#include "base/control_tokens.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/resources.h"

namespace mbe {

namespace {

using Marks = std::vector<std::string>;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Result<Marks> read_marks() {
  MBE_ASSIGN(const auto file, find_resource("models/control_tokens.txt"));
  std::ifstream in(file);
  Marks out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    line.resize(std::min(line.find(' '), line.size()));
    std::ranges::transform(line, line.begin(), lower);
    out.push_back(line);
  }
  return out;
}

bool stands_at(std::string_view text, std::size_t at, const std::string& mark) {
  if (text.size() - at < mark.size()) return false;
  return std::equal(mark.begin(), mark.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char want, char got) { return want == lower(got); });
}

}  // namespace

Result<std::string> escape_control_tokens(std::string_view text) {
  static const Result<Marks> marks = read_marks();
  if (!marks.ok()) return marks.error();
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    out += text[at];
    if (text[at] != '<' && text[at] != '[') continue;
    const auto stands = [&](const std::string& mark) { return stands_at(text, at, mark); };
    if (std::ranges::any_of(*marks, stands)) out += '\\';
  }
  return out;
}

}  // namespace mbe
