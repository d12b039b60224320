// Text of an export as UTF-8. Which of the two encodings a file has is decided once, from its
// beginning: a line that is damaged in a UTF-8 file is not taken for Korean Windows' code page.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mbe::importers {

enum class Encoding : std::uint8_t { utf8, cp949 };

/// Of a file that begins so; a cut character at the end counts for nothing.
[[nodiscard]] Encoding detect_encoding(std::string_view head);

/// The text in UTF-8. A byte that belongs to no character, and NUL, becomes U+FFFD; `damaged` is
/// then their number, else 0.
[[nodiscard]] std::string decode(std::string_view bytes, Encoding encoding, std::size_t& damaged);

}  // namespace mbe::importers
