// BlockStore: where the sealed lines of one chain live. The contract every driver keeps; nothing in
// it assumes files. Sequences are dense from 0; a line is acknowledged once append returned it, and
// from then on every reader of every process gets those bytes until it is scrubbed.
// Any thread may call any member. The suite every driver passes: store/block_store_contract.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "block/header.h"
#include "block/payload.h"

namespace mbe {

/// The newest acknowledged block.
struct Head {
  std::uint64_t sequence = 0;
  Digest hash{};
  auto operator<=>(const Head&) const = default;
};

/// What an append gives back once the block is as durable as was asked.
struct Receipt {
  std::uint64_t sequence = 0;
  Digest hash{};
  TimeMs recorded_ms = 0;  ///< what the block says of itself
  bool clock_stepped_back = false;
  auto operator<=>(const Receipt&) const = default;
};

/// When an append returns: `synced` = on disk; `os` = handed to the operating system (survives the
/// process, not the machine).
enum class Durability : std::uint8_t { synced, os };

/// A block to be: what goes in, before its place is known. Borrowed until append returns.
struct Draft {
  BlockClass block_class = BlockClass::data;
  std::vector<SequenceRange> erases;
  const Payload* payload = nullptr;
};

/// Where a line will stand. Given by the driver once it knows the head.
struct Position {
  std::uint64_t sequence = 0;
  Digest prev{};             ///< hash of the block before; unused at 0
  std::uint32_t epoch = 0;   ///< epoch of the block before; 0 at 0
  std::uint64_t synced = 0;  ///< newest block known to be on disk
};

struct SealedBlock {
  Digest hash{};
  std::uint32_t epoch = 0;
  TimeMs recorded_ms = 0;
  bool clock_stepped_back = false;
};

/// Makes lines. The driver calls it while no other writer can append, in order of position; again
/// from the start of the group when the place was lost to another writer (optimistic drivers).
class Sealer {
 public:
  virtual ~Sealer() = default;
  /// Called before a group's first line, after the driver has seen all foreign blocks. An error
  /// refuses the whole group.
  [[nodiscard]] virtual Result<void> begin_group(const Position& first, std::size_t count) = 0;
  /// Appends one line with its LF to `out`. An error refuses this draft only and leaves `out` as it
  /// was.
  [[nodiscard]] virtual Result<SealedBlock> seal(const Position& at, const Draft& draft,
                                                 std::string& out) = 0;
};

/// Damage at or below what was acknowledged: the chain is read-only.
struct Damage {
  std::uint64_t sequence = 0;  ///< first block that is missing or broken
  std::string where;           ///< for a person: file and offset, or table and key
};

class BlockStore {
 public:
  virtual ~BlockStore() = default;

  /// Appends drafts in order; returns one entry for each: its receipt, or why it was refused.
  /// Shares its sync with every append that waits at the same time. Errors of the whole: busy (the
  /// writer's place was not free for the configured wait), io (nothing of what failed is
  /// acknowledged), corrupt (the store is damaged), denied (opened read-only).
  [[nodiscard]] virtual Result<std::vector<Result<Receipt>>> append(std::span<const Draft> drafts,
                                                                    Sealer& sealer,
                                                                    Durability durability) = 0;

  /// Nothing while the store is empty. Does not look at other processes: refresh does.
  [[nodiscard]] virtual std::optional<Head> head() const = 0;
  /// Takes in what other processes acknowledged. Cheap when there is nothing. Errors: io, corrupt.
  [[nodiscard]] virtual Result<void> refresh() = 0;

  /// The line of one block, with its LF; valid while the store lives. O(1).
  /// Errors: not_found (beyond the head), corrupt (damaged away), io.
  [[nodiscard]] virtual Result<std::string_view> read(std::uint64_t sequence) const = 0;

  /// Sequences of all blocks of class erase up to the head, ascending, without the first `skip`.
  [[nodiscard]] virtual std::vector<std::uint64_t> erase_blocks(std::size_t skip) const = 0;

  /// Replaces the sealed characters of these blocks by as many `~` for every reader to come,
  /// durably. May be repeated. Errors: io, busy, denied.
  [[nodiscard]] virtual Result<void> scrub(std::span<const SequenceRange> ranges) = 0;

  /// What a driver alone can check: every byte belongs to exactly one line of the chain, the head
  /// record agrees. Gives each line in order to `visit`; stops when it returns false. Changes
  /// nothing. Errors: corrupt (names the first bad place), io.
  using VisitLine = std::function<bool(std::uint64_t sequence, std::string_view line)>;
  [[nodiscard]] virtual Result<void> verify(const VisitLine& visit) const = 0;

  /// To be called when idle for a second and before close: makes the head record durable and saves
  /// what speeds up the next open.
  [[nodiscard]] virtual Result<void> checkpoint() = 0;

  /// Set when damage at or below the acknowledged head was found at open.
  [[nodiscard]] virtual std::optional<Damage> damage() const = 0;
};

}  // namespace mbe
