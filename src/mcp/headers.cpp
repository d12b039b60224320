#include "mcp/headers.h"

#include "base/base64.h"

namespace mbe::mcp {

namespace {

constexpr unsigned bad_request = 400;

/// `=?base64?…?=` stands for what no header can hold. Nothing if it is broken.
std::optional<std::string> decoded(std::string_view value) {
  constexpr std::string_view begin = "=?base64?";
  constexpr std::string_view end = "?=";
  const bool is_coded =
      value.size() >= begin.size() + end.size() && value.starts_with(begin) && value.ends_with(end);
  if (!is_coded) return std::string(value);
  value.remove_prefix(begin.size());
  value.remove_suffix(end.size());
  return from_base64(value);
}

Fault mismatch(const std::string& header) {
  return {header_mismatch, "the header " + header + " does not say what the message says", nullptr,
          bad_request};
}

/// What Mcp-Name repeats; nothing for methods without.
std::optional<std::string> named(const Message& message) {
  const char* key = message.method == "resources/read" ? "uri" : "name";
  const bool has_name = message.method == "tools/call" || message.method == "prompts/get" ||
                        message.method == "resources/read";
  if (!has_name) return std::nullopt;
  const auto value = message.params.find(key);
  const bool is_text = value != message.params.end() && value->is_string();
  return is_text ? value->get<std::string>() : std::string();
}

}  // namespace

bool is_modern(const Message& message, const Headers& headers) {
  if (!revision_of(message).empty()) return true;
  // Revisions before 2025-06-18 had no such header.
  return !headers.version.empty() && !is_legacy(headers.version) && headers.version != "2025-03-26";
}

std::optional<Fault> check_headers(const Message& message, const Headers& headers) {
  if (headers.version.empty()) return mismatch("MCP-Protocol-Version");
  const std::string revision = revision_of(message);
  if (!revision.empty() && revision != headers.version) return mismatch("MCP-Protocol-Version");
  if (revision.empty() && headers.version != modern_revision) {
    return Core::unsupported(headers.version);
  }
  if (headers.method != message.method) return mismatch("Mcp-Method");
  const auto name = named(message);
  if (name && decoded(headers.name) != *name) return mismatch("Mcp-Name");
  return std::nullopt;
}

}  // namespace mbe::mcp
