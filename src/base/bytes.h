// Byte strings and their text forms. Bytes are std::string for owned and std::string_view for
// borrowed data: blocks are text lines, and one type avoids casts at every border.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mbe {

/// 32 bytes: a SHA-256 digest, a key or a seed.
using Bytes32 = std::array<unsigned char, 32>;

/// The bytes of a fixed array as a view; valid while the array lives.
[[nodiscard]] std::string_view view(const Bytes32& bytes);

/// Lower-case hexadecimal, two characters a byte.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Exactly 64 lower-case hexadecimal digits, or nothing.
[[nodiscard]] std::optional<Bytes32> bytes32_from_hex(std::string_view hex);

/// Base32 of RFC 4648 in lower case without padding: names of chains.
[[nodiscard]] std::string to_base32(std::string_view bytes);

}  // namespace mbe
