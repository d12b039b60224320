#include "mcp/client_config.h"

#include <algorithm>
#include <sstream>

#include "mcp/json_scan.h"

namespace mbe::mcp {

namespace {

constexpr std::string_view unit = "  ";
constexpr std::size_t lines_around = 2;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

Json entry_json(const Entry& entry) {
  Json out = Json::object();
  if (!entry.type.empty()) out["type"] = entry.type;
  out["command"] = entry.command;
  out["args"] = entry.arguments;
  return out;
}

/// `[a, b]`, as JSON and TOML have it alike.
std::string one_line(const Json& list) {
  std::string out;
  for (const Json& one : list) out += (out.empty() ? "" : ", ") + json_line(one);
  return "[" + out + "]";
}

/// The JSON of a value as it stands behind so much white space; lists stay on one line.
std::string laid_out(const Json& value, const std::string& indent) {
  if (value.is_array()) return one_line(value);
  if (!value.is_object() || value.empty()) return json_line(value);
  std::string out = "{";
  const std::string inner = indent + std::string(unit);
  for (const auto& [name, member] : value.items()) {
    if (out.size() > 1) out += ',';
    out += "\n" + inner + json_line(name) + ": " + laid_out(member, inner);
  }
  return out + "\n" + indent + "}";
}

/// The white space before the place on its line; nothing if something else stands there.
std::optional<std::string> indent_at(std::string_view text, std::size_t at) {
  const std::size_t line = text.rfind('\n', at == 0 ? 0 : at - 1);
  const std::size_t begin = line == text.npos ? 0 : line + 1;
  const std::string_view before = text.substr(begin, at - begin);
  if (!is_blank(before)) return std::nullopt;
  return std::string(before);
}

/// The white space of the line that the place is on.
std::string line_indent(std::string_view text, std::size_t at) {
  const std::size_t line = at == 0 ? text.npos : text.rfind('\n', at - 1);
  const std::size_t begin = line == text.npos ? 0 : line + 1;
  const std::size_t end = std::min(text.find_first_not_of(" \t", begin), text.size());
  return std::string(text.substr(begin, end - begin));
}

/// The text with one member more in the object, as its others are laid out.
std::string with_member(const std::string& text, const JsonObject& object, std::string_view key,
                        const Json& value) {
  const std::string name = json_line(Json(key)) + ": ";
  std::string out = text;
  if (object.members.empty()) {
    const std::string indent = line_indent(text, object.begin);
    const std::string inner = indent + std::string(unit);
    const std::string member = "{\n" + inner + name + laid_out(value, inner) + "\n" + indent + "}";
    return out.replace(object.begin, object.end - object.begin, member);
  }
  const JsonMember& last = object.members.back();
  const auto indent = indent_at(text, last.begin);
  const std::string member =
      indent ? ",\n" + *indent + name + laid_out(value, *indent) : ", " + name + json_line(value);
  return out.insert(last.end, member);
}

Result<JsonObject> servers_of(const std::string& text, const JsonMember& section) {
  if (text[section.value] == '{') return scan_object(text, section.value);
  return fail(ErrorCode::invalid_argument, "`{}` is no object; put it right first", section.key);
}

Result<std::string> json_with(const std::string& text, const Place& place, const Entry& entry) {
  const Json value = entry_json(entry);
  MBE_ASSIGN(const JsonObject root, scan_object(text));
  const JsonMember* section = root.find(place.section);
  if (section == nullptr) {
    return with_member(text, root, place.section, {{std::string(entry_name), value}});
  }
  MBE_ASSIGN(const JsonObject servers, servers_of(text, *section));
  const JsonMember* earlier = servers.find(entry_name);
  if (earlier == nullptr) return with_member(text, servers, entry_name, value);
  const std::string_view there =
      std::string_view(text).substr(earlier->value, earlier->end - earlier->value);
  if (Json::parse(there, nullptr, false, true) == value) return text;
  const auto indent = indent_at(text, earlier->begin);
  std::string out = text;
  return out.replace(earlier->value, there.size(),
                     indent ? laid_out(value, *indent) : json_line(value));
}

std::string without_member(const std::string& text, const JsonObject& object,
                           const JsonMember& member) {
  const auto at = static_cast<std::size_t>(&member - object.members.data());
  std::size_t begin = object.begin + 1;
  std::size_t end = object.end - 1;
  if (at > 0) {
    begin = object.members[at - 1].end;
    end = member.end;
  } else if (object.members.size() > 1) {
    begin = member.begin;
    end = object.members[1].begin;
  }
  return text.substr(0, begin) + text.substr(end);
}

/// Of TOML: the lines from `[section.mbe]` up to the next table, or nothing.
struct Table {
  std::size_t begin = 0, end = 0;
};

std::optional<Table> toml_table(const std::string& text, const Place& place) {
  const std::string name = place.section + "." + std::string(entry_name);
  std::optional<Table> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = std::string_view(text).substr(at, next - at);
    const std::size_t first = line.find_first_not_of(" \t");
    const bool is_header = first != line.npos && line[first] == '[';
    if (is_header) {
      const std::string_view header = line.substr(first + 1);
      const bool is_ours = header.starts_with(name + "]") || header.starts_with(name + ".");
      if (is_ours && !out) out = Table{at, text.size()};
      if (!is_ours && out) return Table{out->begin, at};
    }
    at = next;
  }
  return out;
}

std::string toml_entry(const Place& place, const Entry& entry) {
  return "[" + place.section + "." + std::string(entry_name) +
         "]\ncommand = " + json_line(Json(entry.command)) +
         "\nargs = " + one_line(entry.arguments) + "\n";
}

std::string toml_with(const std::string& text, const Place& place, const Entry& entry) {
  std::string out = text;
  if (const auto table = toml_table(text, place)) {
    const bool is_last = table->end == text.size();
    return out.replace(table->begin, table->end - table->begin,
                       toml_entry(place, entry) + (is_last ? "" : "\n"));
  }
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  if (!is_blank(out)) out += '\n';
  return out + toml_entry(place, entry);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

Result<void> check_size(const std::string& text) {
  if (text.size() <= config_bytes_max) return {};
  return fail(ErrorCode::limit, "the configuration is larger than {} bytes", config_bytes_max);
}

}  // namespace

Result<std::string> with_entry(const std::string& text, const Place& place, const Entry& entry) {
  MBE_TRY(check_size(text));
  if (place.is_toml) return toml_with(text, place, entry);
  return json_with(is_blank(text) ? "{}\n" : text, place, entry);
}

Result<std::optional<std::string>> entry_in(const std::string& text, const Place& place) {
  using Found = std::optional<std::string>;
  MBE_TRY(check_size(text));
  if (place.is_toml) {
    const auto table = toml_table(text, place);
    return table ? Found(text.substr(table->begin, table->end - table->begin)) : Found();
  }
  if (is_blank(text)) return Found();
  MBE_ASSIGN(const JsonObject root, scan_object(text));
  const JsonMember* section = root.find(place.section);
  if (section == nullptr) return Found();
  MBE_ASSIGN(const JsonObject servers, servers_of(text, *section));
  const JsonMember* ours = servers.find(entry_name);
  return ours == nullptr ? Found() : Found(text.substr(ours->value, ours->end - ours->value));
}

Result<std::string> without_entry(const std::string& text, const Place& place) {
  MBE_ASSIGN(const auto there, entry_in(text, place));
  if (!there) return fail(ErrorCode::not_found, "there is no entry `{}` to take out", entry_name);
  if (place.is_toml) {
    const auto table = toml_table(text, place);
    std::string before = text.substr(0, table->begin);
    if (before.ends_with("\n\n")) before.pop_back();
    return before + (table->end == text.size() ? "" : "\n" + text.substr(table->end));
  }
  MBE_ASSIGN(const JsonObject root, scan_object(text));
  MBE_ASSIGN(const JsonObject servers, servers_of(text, *root.find(place.section)));
  return without_member(text, servers, *servers.find(entry_name));
}

std::string changes(const std::string& before, const std::string& after) {
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  const std::size_t least = std::min(old_lines.size(), new_lines.size());
  std::size_t head = 0;
  while (head < least && old_lines[head] == new_lines[head]) ++head;
  std::size_t tail = 0;
  while (tail < least - head &&
         old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) {
    ++tail;
  }
  std::string out;
  const auto add = [&out](const char* mark, const std::vector<std::string>& lines, std::size_t from,
                          std::size_t to) {
    for (std::size_t i = from; i < to; ++i) out += mark + lines[i] + "\n";
  };
  add("  ", old_lines, head - std::min(head, lines_around), head);
  add("- ", old_lines, head, old_lines.size() - tail);
  add("+ ", new_lines, head, new_lines.size() - tail);
  const std::size_t behind = new_lines.size() - tail;
  add("  ", new_lines, behind, std::min(behind + lines_around, new_lines.size()));
  return out;
}

}  // namespace mbe::mcp
