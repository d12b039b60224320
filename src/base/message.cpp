#include "base/message.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace mbe {
namespace {

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case '\\':
        out += '\\';
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

/// A hole at `position`: its number, or `next` for a plain one, and its length. Length 0: no hole.
struct Hole {
  std::size_t number = 0;
  std::size_t length = 0;
};

Hole hole_at(std::string_view text, std::size_t position, std::size_t next) {
  if (text[position] != '{' || position + 1 >= text.size()) return {};
  const char second = text[position + 1];
  if (second == '}') return {next, 2};
  const bool numbered = second >= '0' && second <= '9' && text.substr(position + 2, 1) == "}";
  return numbered ? Hole{static_cast<std::size_t>(second - '0'), 3} : Hole{};
}

/// How many arguments a text asks for.
std::size_t holes(std::string_view text) {
  std::size_t plain = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Hole hole = hole_at(text, i, plain);
    if (hole.length == 0) continue;
    plain += hole.length == 2 ? 1 : 0;
    count = std::max(count, hole.number + 1);
    i += hole.length - 1;
  }
  return count;
}

}  // namespace

std::string fill_numbered(std::string_view format, const std::vector<std::string>& arguments) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const Hole hole = hole_at(format, i, next);
    if (hole.length == 0) {
      out += format[i];
      continue;
    }
    next += hole.length == 2 ? 1 : 0;
    out += hole.number < arguments.size() ? std::string_view(arguments[hole.number])
                                          : format.substr(i, hole.length);
    i += hole.length - 1;
  }
  return out;
}

Result<Catalog> Catalog::parse(std::string_view table) {
  Catalog catalog;
  std::size_t number = 0;
  while (!table.empty()) {
    const std::size_t end = std::min(table.find('\n'), table.size());
    const std::string_view row = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
    ++number;
    if (row.empty() || row.starts_with("# ")) continue;
    const std::size_t tab = row.find('\t');
    if (tab == std::string_view::npos || tab == 0 || tab + 1 == row.size()) {
      return fail(ErrorCode::corrupt,
                  "message table, line {}: expected English text, a tab and its translation",
                  number);
    }
    const auto english = unescape(row.substr(0, tab));
    const auto other = unescape(row.substr(tab + 1));
    if (!english || !other) {
      return fail(ErrorCode::corrupt,
                  "message table, line {}: a backslash stands only before n, t or a backslash",
                  number);
    }
    if (holes(*other) != holes(*english)) {
      return fail(ErrorCode::corrupt,
                  "message table, line {}: the translation has other holes than the English text",
                  number);
    }
    if (!catalog.rows_.emplace(*english, *other).second) {
      return fail(ErrorCode::corrupt, "message table, line {}: the text is given twice", number);
    }
  }
  return catalog;
}

Result<Catalog> Catalog::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string table{std::istreambuf_iterator<char>(in), {}};
  if (!in) return fail(ErrorCode::io, "cannot read the message table {}", file.string());
  return parse(table);
}

std::string Catalog::text(std::string_view english,
                          const std::vector<std::string>& arguments) const {
  const auto row = rows_.find(english);
  return fill_numbered(row == rows_.end() ? english : std::string_view(row->second), arguments);
}

}  // namespace mbe
