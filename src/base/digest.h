// Digests and keyed digests. SHA-256 by OpenSSL (uses the CPU's instructions), keyed ones by
// libsodium. All functions are pure and thread-safe.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/bytes.h"

namespace mbe {

using Digest = Bytes32;

/// SHA-256 (FIPS 180-4) of the parts joined end to end.
[[nodiscard]] Digest sha256(std::initializer_list<std::string_view> parts);
[[nodiscard]] Digest sha256(std::string_view bytes);

/// HMAC-SHA-256 (RFC 2104) of the parts joined end to end.
[[nodiscard]] Digest hmac_sha256(const Bytes32& key, std::initializer_list<std::string_view> parts);

/// BLAKE2b-256 keyed with 32 bytes (RFC 7693).
[[nodiscard]] Bytes32 blake2b_256(const Bytes32& key, std::string_view message);

}  // namespace mbe
