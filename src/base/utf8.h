// UTF-8 at the door: validation, and decoding for code that walks code points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mbe {

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no overlong
/// forms, at most U+10FFFF), or nothing if all is well. O(n).
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// Decodes the code point at `position` of valid UTF-8 and moves `position` behind it.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& position);

/// Appends one code point as UTF-8.
void append_utf8(std::string& out, char32_t code_point);

/// The longest prefix of valid UTF-8 with at most `bytes_max` bytes that cuts no code point.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace mbe
