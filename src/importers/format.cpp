#include "importers/format.h"

#include <algorithm>
#include <array>

#include "importers/encoding.h"
#include "importers/json_line.h"
#include "importers/json_reader.h"
#include "importers/kakao.h"
#include "importers/kakao_line.h"
#include "importers/lines.h"

namespace mbe::importers {

namespace {

constexpr std::array<std::string_view, 10> names = {
    "jsonl",   "block_memory", "text",       "markdown", "kakaotalk",
    "chatgpt", "claude",       "open_webui", "mem0",     "mcp_memory"};
constexpr std::size_t lines_looked_at = 60;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool holds(std::string_view text, std::string_view key) {
  return text.find(key) != std::string_view::npos;
}

std::optional<Format> line_format(std::string_view line) {
  const auto object = parse_json_line(line);
  if (!object.ok()) return std::nullopt;
  if (object->contains("context") && object->contains("block_index")) return Format::block_memory;
  const auto type = object->find("type");
  if (type != object->end() && (*type == "entity" || *type == "relation")) {
    return Format::mcp_memory;
  }
  if (object->contains("text") && object->contains("id")) return Format::jsonl;
  return std::nullopt;
}

std::optional<Format> json_format(std::string_view head) {
  const std::string_view line = head.substr(0, std::min(head.find('\n'), head.size()));
  if (const auto format = line_format(line)) return format;
  if (holds(head, "\"mapping\"")) return Format::chatgpt;
  if (holds(head, "\"chat_messages\"")) return Format::claude;
  if (holds(head, "\"childrenIds\"") || holds(head, "\"currentId\"")) return Format::open_webui;
  if (holds(head, "\"current_node\"") || holds(head, "\"author\"")) return Format::chatgpt;
  if (holds(head, "\"sender\"")) return Format::claude;
  if (holds(head, "\"memory\"")) return Format::mem0;
  if (holds(head, "\"observations\"") || holds(head, "\"relationType\"")) {
    return Format::mcp_memory;
  }
  return head.starts_with('{') ? std::optional(Format::jsonl) : std::nullopt;
}

/// Two lines that only KakaoTalk writes, or its first line.
bool is_kakaotalk(std::string_view head) {
  const auto words = KakaoWords::installed();
  if (!words.ok()) return false;
  std::size_t damaged = 0;
  const std::string text = decode(head, detect_encoding(head), damaged);
  std::string_view rest = text;
  std::size_t known = 0;
  for (std::size_t i = 0; i < lines_looked_at && !rest.empty(); ++i) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (i == 0 && ((*words)->title(line) || kakao_table_begins(line))) return true;
    const KakaoLine::Kind kind = read_kakao_line(line, **words, {}).kind;
    if (kind == KakaoLine::Kind::message || kind == KakaoLine::Kind::day) ++known;
  }
  return known >= 2;
}

bool ends_so(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

}  // namespace

std::span<const std::string_view> format_names() {
  return names;
}

std::string_view format_name(Format format) {
  return names[static_cast<std::size_t>(format)];
}

std::optional<Format> format_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Format>(found - names.begin());
}

std::optional<Format> detect_format(std::string_view head, std::string_view name) {
  if (head.starts_with(byte_order_mark)) head.remove_prefix(byte_order_mark.size());
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return ends_so(name, {".md", ".markdown"}) ? Format::markdown : Format::text;
  }
  const std::string_view begin = head.substr(first);
  if (ends_so(name, {".md", ".markdown", ".MD"})) return Format::markdown;
  // A list of objects; `[2026-11-22 14:03] …` is text.
  const bool list =
      begin.starts_with('[') && begin.find_first_of("{]") == begin.find_first_not_of(" \t\r\n", 1);
  if (begin.starts_with('{') || list) return json_format(begin);
  if (is_kakaotalk(head)) return Format::kakaotalk;
  return begin.starts_with("---\n") || begin.starts_with("---\r\n") ? Format::markdown
                                                                    : Format::text;
}

Result<std::unique_ptr<Reader>> make_reader(Input input, const Settings& settings, Format format) {
  switch (format) {
    case Format::jsonl:
    case Format::block_memory:
      return json_lines_reader(std::move(input), settings, format);
    case Format::text:
      return plain_text_reader(std::move(input), settings);
    case Format::markdown:
      return markdown_reader(std::move(input), settings);
    case Format::mcp_memory:
      return mcp_memory_reader(std::move(input), settings);
    case Format::chatgpt:
      return json_reader(std::move(input), settings, format, chatgpt_form());
    case Format::claude:
      return json_reader(std::move(input), settings, format, claude_form());
    case Format::open_webui:
      return json_reader(std::move(input), settings, format, open_webui_form());
    case Format::mem0:
      return json_reader(std::move(input), settings, format, mem0_form());
    case Format::kakaotalk:
      break;
  }
  MBE_ASSIGN(const KakaoWords* words, KakaoWords::installed());
  MBE_TRY(input.want(head_bytes));
  std::string_view first = input.window();
  if (first.starts_with(byte_order_mark)) first.remove_prefix(byte_order_mark.size());
  return kakao_table_begins(first) ? kakao_table_reader(std::move(input), settings, *words)
                                   : kakao_text_reader(std::move(input), settings, *words);
}

}  // namespace mbe::importers
