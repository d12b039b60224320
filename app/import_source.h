// Reads a file to import as a stream of items and refusals, whatever its format. Memory is bounded
// by one item. Formats: jsonl (one object a line), block_memory (B6, one object a line), text (one
// utterance a line; a line that begins with two blanks continues the one above; `[2026-11-22
// 14:03]` before it is its time, and a name and a colon behind that is who said it).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "mbe/types.h"
#include "ui/line_reader.h"
#include "ui/zone.h"

namespace mbe::app {

enum class ImportFormat : std::uint8_t { jsonl, text, block_memory };

/// By the first line that is not blank.
[[nodiscard]] ImportFormat detect_format(std::string_view line);

struct ImportSettings {
  std::optional<ImportFormat> format;  ///< nothing: detect it
  Zone zone = Zone::fixed(0);
  std::string chain;  ///< of lines that name none; jsonl only: empty means a name is needed
  std::string name;   ///< of the file, for ids and sessions of plain text
};

/// An item, or the line and the reason why there is none.
using ImportStep = std::variant<ImportItem, std::pair<std::uint64_t, Error>>;

class ImportSource {
 public:
  ImportSource(LineReader reader, ImportSettings settings);
  /// The next item or refusal; nothing at the end. Errors: io.
  [[nodiscard]] Result<std::optional<ImportStep>> next();
  [[nodiscard]] const LineReader& reader() const { return reader_; }
  [[nodiscard]] std::uint64_t lines_read() const { return lines_read_; }

 private:
  [[nodiscard]] ImportStep json_step(const Line& line) const;
  [[nodiscard]] Result<ImportStep> text_step();
  [[nodiscard]] Result<std::optional<Line>> next_line();

  LineReader reader_;
  ImportSettings settings_;
  std::optional<Line> ahead_;
  std::uint64_t lines_read_ = 0;
};

/// One utterance of a plain text file: its time and speaker, if they stand before it.
[[nodiscard]] ImportItem parse_text_utterance(std::string_view line, const Zone& zone);

}  // namespace mbe::app
