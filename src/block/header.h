// H, the clear part of a block: what the chain is hashed over. Canonical: one header has exactly
// one byte string, and a reader refuses any other. Format: docs/format/block.md.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace mbe {

inline constexpr unsigned block_format_version = 1;
inline constexpr std::size_t chain_id_length = 26;  ///< 128 bits in base32
inline constexpr std::size_t erased_ranges_max = 4'096;
inline constexpr std::uint64_t sequence_max = 999'999'999'999'999;  ///< 15 decimal digits

enum class BlockClass : std::uint8_t { data, erase, genesis, restore };

/// Sequences from `first` to `last`, both included.
struct SequenceRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  auto operator<=>(const SequenceRange&) const = default;
};

struct Header {
  std::string chain;  ///< 26 characters of [a-z2-7]
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;
  Digest prev{};  ///< hash of the block before; of genesis, digest of the chain id
  /// Every block up to this one was on disk when this one was made; of genesis 0, and says nothing.
  std::uint64_t synced = 0;
  BlockClass block_class = BlockClass::data;
  std::vector<SequenceRange> erases;  ///< of an erase block: ascending, apart; of others empty
  Digest body{};                      ///< SHA-256 of the sealed characters
  Digest commit{};                    ///< HMAC that binds the payload while its key lives
  auto operator<=>(const Header&) const = default;
};

/// A new random name of a chain.
[[nodiscard]] std::string new_chain_id();
[[nodiscard]] bool is_chain_id(std::string_view text);
/// `prev` of a genesis block.
[[nodiscard]] Digest genesis_prev(std::string_view chain);

/// The bytes of H up to, not including, `,"body"`: the associated data of the seal.
[[nodiscard]] std::string associated_data(const Header& header);
/// The bytes of H, given its associated data.
void append_header(std::string& out, std::string_view associated, const Digest& body,
                   const Digest& commit);
/// Reads H. Errors: corrupt (not the canonical bytes of a header of this version).
[[nodiscard]] Result<Header> parse_header(std::string_view bytes);

/// SHA-256("MBE1" ‖ 0x00 ‖ bytes of H): the block's hash.
[[nodiscard]] Digest block_hash(std::string_view header_bytes);

}  // namespace mbe
