// Which line of which transcript: the source id of the block that holds it, the same whether a boot
// read the line or Echo wrote it. A line's number in its part never changes: one that was forgotten
// leaves `[--:--:--]` in its place. Pure values. Format: docs/format/transcript.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/datetime.h"

namespace mbe {

/// What stands where a line was forgotten. Who said it and when is gone too.
inline constexpr std::string_view forgotten_line = "[--:--:--]";

struct LineId {
  std::string user;  ///< folder; empty: none
  CivilDate day{};
  unsigned part = 0;
  std::uint64_t ordinal = 0;  ///< of the utterance in its part, from 1
  std::string digest;         ///< line_digest
  auto operator<=>(const LineId&) const = default;
};

/// Eight hexadecimal digits of the SHA-256 of speaker and text, as they are read back.
[[nodiscard]] std::string line_digest(std::string_view speaker, std::string_view text);

/// `memory/mina/day2024-03-09/part1:17:0a1b2c3d`.
[[nodiscard]] std::string to_source(const LineId& line);
/// Nothing for a source that is no line of a transcript.
[[nodiscard]] std::optional<LineId> parse_line_source(std::string_view source);

/// `2024-03-09`, and back.
[[nodiscard]] std::string day_name(const CivilDate& day);
/// See day_name.
[[nodiscard]] std::optional<CivilDate> parse_day(std::string_view name);

}  // namespace mbe
