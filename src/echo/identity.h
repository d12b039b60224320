// ECHO_IDENTITY: who Echo is, fixed from its manifests and its memory, signed, kept as a block.
// Invariant: a version is never rewritten; only evolve adds one, and all stay readable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "echo/manifests.h"
#include "echo/signer.h"
#include "mbe/engine.h"

namespace mbe {

struct Identity {
  std::uint64_t version = 0;
  std::uint64_t block_index = 0;
  TimeMs fixed_ms = 0;
  std::string name, origin;
  std::string sentence;   ///< in Echo's words: the first declaration, else its name and origin
  bool is_sound = false;  ///< signed by this home's key, and not altered since
  Json data;              ///< all of it, as signed
};

/// {"version", "name", "origin", "sentence", "fixed", "sound", "block_index", "data"}.
[[nodiscard]] Json identity_json(const Identity& identity);

/// All versions, oldest first, each checked with the home's public key. Errors: io.
[[nodiscard]] Result<std::vector<Identity>> identities(Memory& memory, const Signer& signer);

/// Stores the manifests that are not in the log yet and adds a version made from them and from what
/// the memory holds. Errors: denied (there is one and not `evolve`), unavailable (no manifest), io.
[[nodiscard]] Result<Identity> fix_identity(Memory& memory, const Manifests& manifests,
                                            const Signer& signer, bool evolve);

}  // namespace mbe
