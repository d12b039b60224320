// The formats that can be imported, their names, and which one a file has. Pure functions.
// What each of them looks like: docs/guide/import.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mbe::importers {

enum class Format : std::uint8_t {
  jsonl,         ///< one object a line, as docs/guide/cli.md says
  block_memory,  ///< what `mbe export` writes
  text,          ///< one utterance a line
  markdown,      ///< notes
  kakaotalk,     ///< any of its exports
  chatgpt,
  claude,
  open_webui,
  mem0,
  mcp_memory,  ///< memory.jsonl of the reference MCP memory server
};

/// Names of all formats, in the order of the enumeration.
[[nodiscard]] std::span<const std::string_view> format_names();
[[nodiscard]] std::string_view format_name(Format format);
/// Nothing for a name that is none.
[[nodiscard]] std::optional<Format> format_named(std::string_view name);

/// Bytes of a file's beginning that are enough to tell its format.
inline constexpr std::size_t head_bytes = 1U << 16;

/// By what a file begins with; its name decides between notes and plain lines. Nothing for JSON
/// that is none of these.
[[nodiscard]] std::optional<Format> detect_format(std::string_view head, std::string_view name);

}  // namespace mbe::importers
