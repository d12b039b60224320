#include "server/http.h"

#include "base/utf8.h"

namespace mbe {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// %XX and, in a query, + for a space. False where an escape is broken.
bool decode(std::string_view text, bool is_query, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && is_query) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return !first_invalid_utf8(out);
}

}  // namespace

bool read_target(std::string_view target, HttpRequest& out) {
  if (!target.starts_with('/')) return false;
  const std::size_t mark = target.find('?');
  if (!decode(target.substr(0, mark), false, out.path)) return false;
  if (mark == std::string_view::npos) return true;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t equals = std::min(one.find('='), one.size());
    std::string name;
    std::string value;
    if (!decode(one.substr(0, equals), true, name)) return false;
    if (equals < one.size() && !decode(one.substr(equals + 1), true, value)) return false;
    out.query[name] = value;
  }
  return true;
}

}  // namespace mbe
