// The key state of a chain: what is alive of each epoch's tree, which erasure it has carried out,
// and what must not be stored again. Kept sealed under a wrap key of its own generation, and that
// under the root: overwriting the old wrap key forgets the old state. Format: docs/format/keys.md.
// Pure but for nonces; a value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "block/key_tree.h"

namespace mbe {

struct KeyState {
  std::string chain;
  std::uint64_t generation = 0;
  std::optional<std::uint64_t> applied;  ///< sequence of the last erase block carried out
  std::vector<std::uint64_t> unpurged;   ///< erase blocks up to `applied` not known to be purged
  std::map<std::uint32_t, KeyTree> epochs;
  Bytes32 refuse_key{};
  std::vector<Digest> refused;  ///< ascending HMACs of folded texts
  auto operator<=>(const KeyState&) const = default;
};

/// The leaf of a sequence in its epoch.
[[nodiscard]] inline std::uint32_t leaf_of(std::uint64_t sequence) {
  return static_cast<std::uint32_t>(sequence % epoch_leaves);
}

/// Errors of parse: corrupt.
[[nodiscard]] std::string serialise_key_state(const KeyState& state);
[[nodiscard]] Result<KeyState> parse_key_state(std::string_view bytes);

/// The bytes of `keys/state.<generation>`. Errors of open: corrupt (another key, chain or
/// generation, or any byte changed).
[[nodiscard]] std::string seal_key_state(const KeyState& state, const Bytes32& wrap_key);
[[nodiscard]] Result<KeyState> open_key_state(std::string_view file, const Bytes32& wrap_key,
                                              std::string_view chain, std::uint64_t generation);

/// The bytes of `keys/wrap.<generation>`. Errors of open: as above.
[[nodiscard]] std::string seal_wrap_key(const Bytes32& wrap_key, const Bytes32& root,
                                        std::string_view chain, std::uint64_t generation);
[[nodiscard]] Result<Bytes32> open_wrap_key(std::string_view file, const Bytes32& root,
                                            std::string_view chain, std::uint64_t generation);

/// What stands for a folded text in `refused`.
[[nodiscard]] Digest refusal_of(const KeyState& state, std::string_view folded);

}  // namespace mbe
