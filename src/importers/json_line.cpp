#include "importers/json_line.h"

#include <algorithm>

#include "base/utf8.h"
#include "importers/input.h"
#include "importers/json_scan.h"

namespace mbe::importers {

namespace {

using nlohmann::json;

/// Deepest nesting of brackets outside strings. One pass, no stack.
std::size_t nesting(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

/// A member that may be missing or null: then empty.
Result<std::string> optional_text(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return std::string();
  return text_member(object, key);
}

Result<std::optional<TimeMs>> time_member(const json& object, const char* key, const Zone& zone) {
  MBE_ASSIGN(const std::string text, optional_text(object, key));
  if (text.empty()) return std::optional<TimeMs>();
  const auto time = zone.parse_time(text);
  if (!time) {
    return fail(ErrorCode::invalid_argument,
                "\"{}\" is not an ISO 8601 time such as 2026-11-22T14:03:00: {}", key, text);
  }
  return time;
}

/// What the text is; missing means an utterance.
Result<std::string> kind_member(const json& object) {
  MBE_ASSIGN(std::string kind, optional_text(object, "kind"));
  if (kind.empty()) return std::string("utterance");
  if (kind == "utterance" || kind == "answer" || kind == "fact") return kind;
  return fail(ErrorCode::invalid_argument, "\"{}\" must be utterance, answer or fact, not {}",
              "kind", kind);
}

Result<std::string> checked_text(const json& object, const char* key) {
  MBE_ASSIGN(std::string text, text_member(object, key));
  MBE_TRY(check_text(text));
  return text;
}

}  // namespace

Result<std::string> text_member(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) {
    return fail(ErrorCode::invalid_argument, "\"{}\" is missing", key);
  }
  if (!at->is_string()) return fail(ErrorCode::invalid_argument, "\"{}\" is not text", key);
  return at->get<std::string>();
}

Result<std::string> id_member(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at != object.end() && at->is_number_integer()) return at->dump();
  MBE_ASSIGN(std::string id, text_member(object, key));
  if (id.empty()) return fail(ErrorCode::invalid_argument, "\"{}\" is empty", key);
  return id;
}

Result<std::string> chain_member(const json& object, const std::string& chain) {
  if (!chain.empty() && !object.contains("namespace")) return chain;
  MBE_ASSIGN(std::string name, text_member(object, "namespace"));
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (name.empty() || name.size() > 128 || control) {
    return fail(ErrorCode::invalid_argument,
                "\"{}\" must have 1 to 128 bytes and no control characters", "namespace");
  }
  return name;
}

Result<void> check_text(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "the text is empty");
  }
  if (text.size() > text_bytes_max) {
    return fail(ErrorCode::limit, "the text has {} bytes; at most {} fit into a block: split it",
                text.size(), text_bytes_max);
  }
  if (const auto at = first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid_argument, "not UTF-8 at byte {}: convert the text first", *at);
  }
  if (const std::size_t at = text.find('\0'); at != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "a NUL character at byte {}: remove it", at);
  }
  return {};
}

Result<json> parse_json_line(std::string_view line) {
  if (line.size() > line_bytes_max) {
    return fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max);
  }
  if (const auto at = first_invalid_utf8(line)) {
    return fail(ErrorCode::invalid_argument, "not UTF-8 at byte {}: convert the text first", *at);
  }
  if (const std::size_t at = line.find('\0'); at != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "a NUL character at byte {}: remove it", at);
  }
  if (nesting(line) > json_depth_max) {
    return fail(ErrorCode::limit, "JSON nested deeper than {} levels", json_depth_max);
  }
  json value;
  try {
    value = json::parse(line.begin(), line.end());
  } catch (const json::parse_error& error) {
    if (std::string_view(error.what()).find("surrogate") != std::string_view::npos) {
      return fail(ErrorCode::invalid_argument,
                  "half of a surrogate pair (\\uD800 to \\uDFFF) at byte {}: write the character "
                  "itself",
                  error.byte);
    }
    return fail(ErrorCode::invalid_argument, "not valid JSON at byte {}", error.byte);
  } catch (const json::out_of_range&) {  // a number that no double can hold
    return fail(ErrorCode::invalid_argument, "not valid JSON at byte {}", line.size());
  }
  if (!value.is_object()) return fail(ErrorCode::invalid_argument, "not a JSON object");
  return value;
}

Result<ImportItem> parse_import_line(std::string_view line, const Zone& zone,
                                     const std::string& chain) {
  MBE_ASSIGN(const json object, parse_json_line(line));
  ImportItem item;
  MBE_ASSIGN(item.id, id_member(object, "id"));
  MBE_ASSIGN(item.chain, chain_member(object, chain));
  MBE_ASSIGN(item.text, checked_text(object, "text"));
  MBE_ASSIGN(item.speaker, optional_text(object, "speaker"));
  MBE_ASSIGN(item.session, optional_text(object, "group"));
  MBE_ASSIGN(item.kind, kind_member(object));
  MBE_ASSIGN(item.time_ms, time_member(object, "time", zone));
  return item;
}

Result<ImportItem> parse_block_memory_line(std::string_view line, const Zone& zone,
                                           const std::string& chain) {
  MBE_ASSIGN(const json object, parse_json_line(line));
  ImportItem item;
  item.chain = chain;
  MBE_ASSIGN(const std::string hash, text_member(object, "hash"));
  MBE_ASSIGN(item.id, optional_text(object, "source"));
  if (item.id.empty()) item.id = "block:" + hash;
  MBE_ASSIGN(item.text, checked_text(object, "context"));
  MBE_ASSIGN(item.speaker, optional_text(object, "speaker"));
  MBE_ASSIGN(item.session, optional_text(object, "session"));
  MBE_ASSIGN(item.kind, kind_member(object));
  MBE_ASSIGN(item.time_ms, time_member(object, "timestamp", zone));
  return item;
}

}  // namespace mbe::importers
