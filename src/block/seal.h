// Sealing: a payload becomes characters only its keys open, bound to the header they stand under.
// XChaCha20-Poly1305 hides and authenticates; the HMAC `commit` binds to one payload while the key
// lives. Format: docs/format/block.md. Pure but for the random nonce; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "block/header.h"
#include "block/line.h"

namespace mbe {

/// The two keys of one block; wiped when they go.
struct BlockKeys {
  Bytes32 seal{};
  Bytes32 commit{};
  BlockKeys() = default;
  BlockKeys(const BlockKeys&) = default;
  BlockKeys& operator=(const BlockKeys&) = default;
  ~BlockKeys();
};

/// Bytes a payload of `size` bytes is padded to: 256, 512, 1,024, 2,048, 4,096, above that by Padmé
/// (Nikitin et al., PETS 2019: at most 12 % more, log log n bits leak). At least size + 1.
[[nodiscard]] std::size_t padded_size(std::size_t size);

/// Seals `payload` under `header` (whose body and commit are set here) and appends the line.
/// Returns its hash. Some 4 µs for a chat line.
/// Errors: limit (payload above 1 MiB).
[[nodiscard]] Result<Digest> seal_block(Header& header, const BlockKeys& keys,
                                        std::string_view payload, std::string& out);

/// The payload of a checked line. Errors: corrupt (not canonical base64, the key does not fit, the
/// commitment or the padding does not).
[[nodiscard]] Result<std::string> open_block(const CheckedLine& line, const BlockKeys& keys);

}  // namespace mbe
