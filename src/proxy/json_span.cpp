#include "proxy/json_span.h"

#include <algorithm>

#include "base/json.h"

namespace mbe {

namespace {

using nlohmann::json;

constexpr std::size_t depth_max = 64;

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

std::size_t after_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

/// Behind the closing quote of the string that opens at `at`.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Behind the value that begins at `at`.
std::size_t after_value(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') return after_string(text, at);
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = after_string(text, at);
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',' || is_blank(c))) return at;  // a number, a word
    if (c == '{' || c == '[') ++depth;
    ++at;
    if (closes && --depth == 0) return at;
  }
  return at;
}

std::size_t depth_of(std::string_view text) {
  std::size_t deepest = 0;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = after_string(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') deepest = std::max(deepest, ++depth);
    if (text[at] == '}' || text[at] == ']') --depth;
    ++at;
  }
  return deepest;
}

bool is_name(std::string_view key, std::string_view name) {
  if (key.find('\\') == std::string_view::npos) return key.substr(1, key.size() - 2) == name;
  return JsonSpan(key).text() == name;
}

}  // namespace

Result<void> check_json(std::string_view text) {
  if (!json::accept(text)) return fail(ErrorCode::invalid_argument, "the body is not JSON");
  if (depth_of(text) <= depth_max) return {};
  return fail(ErrorCode::invalid_argument, "the JSON is nested deeper than {}", depth_max);
}

JsonSpan::JsonSpan(std::string_view text) {
  const std::size_t begin = after_blanks(text, 0);
  raw_ = text.substr(begin, after_value(text, begin) - begin);
}

std::optional<JsonSpan> JsonSpan::member(std::string_view name) const {
  if (!is_object()) return std::nullopt;
  std::optional<JsonSpan> out;
  std::size_t at = after_blanks(raw_, 1);
  while (at < raw_.size() && raw_[at] == '"') {
    const std::size_t key_end = after_string(raw_, at);
    const std::string_view key = raw_.substr(at, key_end - at);
    at = after_blanks(raw_, after_blanks(raw_, key_end) + 1);  // 1: the colon
    const std::size_t end = after_value(raw_, at);
    if (is_name(key, name)) out = JsonSpan(raw_.substr(at, end - at));
    at = after_blanks(raw_, after_blanks(raw_, end) + 1);  // 1: the comma
  }
  return out;
}

std::vector<JsonSpan> JsonSpan::items() const {
  std::vector<JsonSpan> out;
  if (!is_array()) return out;
  std::size_t at = after_blanks(raw_, 1);
  while (at < raw_.size() && raw_[at] != ']') {
    const std::size_t end = after_value(raw_, at);
    out.emplace_back(raw_.substr(at, end - at));
    at = after_blanks(raw_, after_blanks(raw_, end) + 1);
  }
  return out;
}

std::string JsonSpan::text() const {
  if (!is_string()) return "";
  const json read = json::parse(raw_, nullptr, false);
  return read.is_string() ? read.get<std::string>() : "";
}

std::string JsonSpan::text_of(std::string_view name) const {
  const auto found = member(name);
  return found ? found->text() : "";
}

std::string json_escaped(std::string_view text) {
  const std::string quoted =
      json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace mbe
