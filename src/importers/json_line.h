// Lines of JSON from outside: the one door through which untrusted JSON comes in. Every refusal is
// an Error that says why, so that a caller can put the line's number before it. Invariant: nothing
// here throws, and depth and size are limited before the parser sees a byte. Pure functions.
// Format of the lines: docs/guide/cli.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "importers/zone.h"
#include "mbe/types.h"

namespace mbe::importers {

/// One JSON object. Errors: invalid_argument (empty, not UTF-8, NUL, a lone surrogate, broken, not
/// an object), limit (deeper than 64, longer than 16 MiB).
[[nodiscard]] Result<nlohmann::json> parse_json_line(std::string_view line);

/// A line of an import file: {"id","namespace","text","time","speaker","group","kind"}; the first
/// three are needed, the namespace only if `chain` is empty. id: text or a whole number.
/// Errors: those of parse_json_line; invalid_argument (a field is missing or of another type).
[[nodiscard]] Result<ImportItem> parse_import_line(std::string_view line, const Zone& zone,
                                                   const std::string& chain);
/// A line of a block_memory.jsonl (B6). Goes into `chain`.
[[nodiscard]] Result<ImportItem> parse_block_memory_line(std::string_view line, const Zone& zone,
                                                         const std::string& chain);

/// Refuses what no memory can hold: empty, not UTF-8, NUL, over a million bytes.
[[nodiscard]] Result<void> check_text(std::string_view text);

// Members of a line. Errors: invalid_argument (missing, of another type).
/// Text.
[[nodiscard]] Result<std::string> text_member(const nlohmann::json& object, const char* key);
/// An id: text, or a whole number as its digits.
[[nodiscard]] Result<std::string> id_member(const nlohmann::json& object, const char* key);
/// The chain that a line names; `chain` where it names none and that is given.
[[nodiscard]] Result<std::string> chain_member(const nlohmann::json& object,
                                               const std::string& chain);

}  // namespace mbe::importers
