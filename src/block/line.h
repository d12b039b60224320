// The stored form of a block: `{"h":H,"hash":"…","sealed":"…"}` LF. Splitting and checking a line
// needs no key. Format: docs/format/block.md. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/header.h"

namespace mbe {

inline constexpr std::size_t payload_bytes_max = 1U << 20;
inline constexpr std::size_t line_bytes_max = (2U << 20) - 1;  ///< LF included
inline constexpr char scrubbed = '~';  ///< stands for each sealed character of a scrubbed block

/// The parts of a line, as views into it.
struct LineParts {
  std::string_view header;  ///< bytes of H
  std::string_view hash;    ///< 64 hexadecimal digits
  std::string_view sealed;  ///< S
};

/// A line whose own hashes hold.
struct CheckedLine {
  LineParts parts;
  Header header;
  Digest hash{};
  bool is_scrubbed = false;  ///< `sealed` is all `~`: right only for an erased block
};

/// Writes a line. `sealed` is base64.
void append_line(std::string& out, std::string_view header, const Digest& hash,
                 std::string_view sealed);

/// Splits a line, its LF included, by its fixed text. Errors: corrupt.
[[nodiscard]] Result<LineParts> split_line(std::string_view line);

/// Splits, parses H, checks `hash`; `sealed` is not looked at. Errors: corrupt.
[[nodiscard]] Result<CheckedLine> check_header(std::string_view line);
/// check_header, and `body` against the sealed characters unless they are scrubbed. Some 1 µs for
/// a line of 1 KB. Errors: corrupt.
[[nodiscard]] Result<CheckedLine> check_line(std::string_view line);

/// The same line with its sealed characters replaced by `~`. Needs a well-formed line.
[[nodiscard]] std::string scrub_line(std::string_view line);

}  // namespace mbe
