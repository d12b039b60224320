// Readers of files with one thing a line: JSON lines, block memories, the reference MCP memory
// server's memory.jsonl, and plain text. A line that is wrong costs itself alone.
#pragma once

#include <memory>

#include "importers/reader.h"

namespace mbe::importers {

/// JSON lines (docs/guide/cli.md), or with Format::block_memory what `mbe export` writes.
[[nodiscard]] std::unique_ptr<Reader> json_lines_reader(Input input, const Settings& settings,
                                                        Format format);
/// Entities with observations, and relations between them. Source of the form:
/// https://www.npmjs.com/package/@modelcontextprotocol/server-memory.
[[nodiscard]] std::unique_ptr<Reader> mcp_memory_reader(Input input, const Settings& settings);
/// One utterance a line; one that begins with two blanks continues the one above. `[2026-11-22
/// 14:03]` before it is its time, and a name and a colon behind that is who said it.
[[nodiscard]] std::unique_ptr<Reader> plain_text_reader(Input input, const Settings& settings);
/// Notes: one item for each passage, with its headings; days from the front matter, a heading or
/// the file's name.
[[nodiscard]] std::unique_ptr<Reader> markdown_reader(Input input, const Settings& settings);

/// One utterance of a plain text file: its time and speaker, if they stand before it.
struct TextUtterance {
  std::string_view time, speaker, text;
  std::optional<TimeMs> time_ms;
};
/// Parts of the line.
[[nodiscard]] TextUtterance parse_text_utterance(std::string_view line, const Zone& zone);

/// A day at the beginning of a text, `2026-11-22`.
[[nodiscard]] std::optional<CivilDate> leading_day(std::string_view text);

}  // namespace mbe::importers
