// Opens the chain that lives in a directory: the one place that joins Chain with the local driver.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "store/chain.h"
#include "store/root_key.h"

namespace mbe {

struct ChainOptions {
  FileSystem& files;
  const Clock& clock;
  std::string id;            ///< of the chain; new_chain_id() for a new one
  std::string directory;     ///< `$MBE_HOME/chains/<id>`
  RootKeyProvider root_key;  ///< called once, at open
  bool read_only = false;
  Payload genesis;  ///< of a new chain: its name in `text`, kind manifest
  std::uint64_t known_count =
      0;                ///< blocks the chain is known from elsewhere to have (accounts.db)
  std::string ballast;  ///< file given up to erase on a full disk; empty: none
  std::uint32_t lock_wait_ms = 5'000;
  std::uint64_t segment_bytes_max = 64ULL << 20;
};

/// Opens or, where the directory holds no block and `read_only` is off, creates a chain.
/// Recovers a torn tail first. Damage at or below what was acknowledged gives a chain that is
/// read-only and says so in damage(). 1 M blocks: some 50 ms warm.
/// Errors: not_found (read-only and nothing there), io, busy, unavailable (no key), corrupt,
/// denied.
[[nodiscard]] Result<std::unique_ptr<Chain>> open_chain(const ChainOptions& options);

}  // namespace mbe
