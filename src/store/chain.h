// Chain: one memory's log as the engine sees it: payloads in, receipts out, blocks by sequence.
// Joins a BlockStore (lines) with the chain's key state (what opens them) and carries out erasure.
// Invariant: a block a receipt was given for is readable until it is named by an erasure, and never
// after. Any thread may call any member; several processes may open one chain.
// Made by open_chain (store/local/open_chain.h). Formats: docs/format/.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "block/header.h"
#include "block/payload.h"
#include "store/block_store.h"

namespace mbe {

class KeyStore;

enum class BlockState : std::uint8_t { ok, erased, key_missing, corrupt };
/// `ok`, `erased`, `key-missing`, `corrupt`.
[[nodiscard]] std::string_view block_state_name(BlockState state);

struct Block {
  std::uint64_t sequence = 0;
  Digest hash{};
  Header header;  ///< all but `sequence` unset where corrupt
  BlockState state = BlockState::corrupt;
  Payload payload;  ///< only where ok
};

/// An erasure in the log.
struct Erasure {
  std::uint64_t sequence = 0;         ///< of its erase block
  std::vector<SequenceRange> ranges;  ///< what it names
  bool done = false;                  ///< purged, and its done block is in the log
};

/// Step 3 of forgetting, supplied by the engine: removes every derived trace of the ranges and
/// returns what it could not reach, for people. Must bear being repeated.
using Purge = std::function<Result<std::vector<std::string>>(const Erasure&)>;

struct EraseRequest {
  std::vector<SequenceRange> ranges;
  std::string reason;  ///< goes, sealed, into the erase block
  std::string writer;
  std::vector<std::string> refuse;  ///< folded texts and sources never to be stored again
};

struct VerifyOptions {
  bool open_payloads = false;  ///< also open every seal with its key, not only hashes and bodies
  std::function<void(std::uint64_t sequence)> progress;  ///< called now and then
  std::stop_token cancel;
};

struct VerifyReport {
  std::uint64_t blocks = 0;  ///< checked
  std::uint64_t bytes = 0;
  std::uint64_t erased = 0;
  std::uint64_t key_missing = 0;  ///< only with open_payloads
  bool cancelled = false;
  std::optional<std::uint64_t> first_bad;  ///< sequence of the first bad block
  std::vector<Error> problems;             ///< empty = the chain is whole
  [[nodiscard]] bool ok() const { return problems.empty() && !cancelled; }
};

class Chain {
 public:
  struct Parts {
    const Clock& clock;
    std::string id;
    std::unique_ptr<BlockStore> blocks;
    std::unique_ptr<KeyStore> keys;
    bool read_only = false;
    Payload genesis;  ///< used only when the store is empty and not read-only
    /// Gives up a reserve of disk space so that an erasure can be written; false if there is none.
    std::function<bool()> free_space = [] { return false; };
  };
  /// Writes genesis into an empty store; carries out the key step of every erasure that is in the
  /// log and not yet applied, so that nothing erased is ever readable. Purges that still lack their
  /// done block are left to resume_erasures.
  /// Errors: unavailable (no key opens the key state; nothing to read in an empty read-only chain),
  /// corrupt, io, denied (wrong chain).
  [[nodiscard]] static Result<std::unique_ptr<Chain>> open(Parts parts);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool read_only() const { return read_only_; }
  /// Damage below the acknowledged head, found at open: then nothing can be appended.
  [[nodiscard]] std::optional<Damage> damage() const { return blocks_->damage(); }

  /// Appends one block and returns once it is on disk. recorded_ms and clock_stepped_back are set
  /// here, whatever the caller put there. Cost: its sealing (some 6 µs) and a share of one fsync.
  /// Errors: invalid_argument (text that is not UTF-8, importance outside 0 … 1, `data` not a JSON
  /// object, a reference to a block that is not there), denied (a reference to an erased block;
  /// read-only), limit (payload above 1 MiB), busy (another process held the log for 5 s), io
  /// (disk full or failing; the block is not there), corrupt (the chain is damaged).
  [[nodiscard]] Result<Receipt> append(const Payload& payload,
                                       Durability durability = Durability::synced);
  /// The same for many, in order, in groups of at most 256 blocks or 4 MiB, one fsync a group. An
  /// entry that is refused does not stop the others. For an import give some thousands at a time
  /// and analyse the next batch in another thread meanwhile.
  [[nodiscard]] Result<std::vector<Result<Receipt>>> append_many(
      std::span<const Payload> payloads, Durability durability = Durability::synced);

  /// Never empty once open: genesis is 0. Cheap; sees other processes only after refresh().
  [[nodiscard]] Head head() const;
  /// Takes in what other processes appended or erased. Microseconds when there is nothing new.
  [[nodiscard]] Result<void> refresh();

  /// One block. O(1), some 10 µs. Errors: not_found (beyond the head), io. Damage is a state of the
  /// block, not an error.
  [[nodiscard]] Result<Block> read(std::uint64_t sequence) const;
  /// Blocks from `from` to `to`, both included, clipped to the head, in order; stops when `visit`
  /// returns false. Several scans may run at once. Errors: io.
  [[nodiscard]] Result<void> scan(std::uint64_t from, std::uint64_t to,
                                  const std::function<bool(const Block&)>& visit) const;
  /// The hash of a block without opening it. Errors: not_found, corrupt.
  [[nodiscard]] Result<Digest> hash_of(std::uint64_t sequence) const;

  /// Named by an erasure up to the head as last seen. O(log ranges).
  [[nodiscard]] bool is_erased(std::uint64_t sequence) const;
  /// All erasures up to the head, in order.
  [[nodiscard]] std::vector<Erasure> erasures() const;
  /// Steps 1 to 4 of forgetting: erase block, key state, purge, done block. When it returns the
  /// ranges are gone for every reader. Errors: invalid_argument (no or bad ranges, genesis, an
  /// erase block, beyond the head), those of append; an error of `purge` leaves the erasure without
  /// its done block, to be resumed.
  [[nodiscard]] Result<Erasure> erase(const EraseRequest& request, const Purge& purge);
  /// Runs step 3 and 4 of every erasure that lacks its done block; to be called after open, before
  /// the first recall. Returns those it finished.
  [[nodiscard]] Result<std::vector<Erasure>> resume_erasures(const Purge& purge);
  /// Step 5: overwrites the sealed characters of erased blocks. When idle; takes a copy of each
  /// segment concerned.
  [[nodiscard]] Result<void> scrub();

  /// True if any text was forgotten with `refuse`.
  [[nodiscard]] bool refuses_texts() const;
  /// True if this folded text was forgotten with `refuse`. Cost: one HMAC.
  [[nodiscard]] bool is_refused(std::string_view folded) const;

  /// Checks every byte of the log and the key state; repairs nothing.
  [[nodiscard]] VerifyReport verify(const VerifyOptions& options = {}) const;

  /// When idle for a second: makes the head record durable, saves the offsets. Also done at close.
  [[nodiscard]] Result<void> checkpoint();

 private:
  class LineSealer;
  struct View;
  explicit Chain(Parts parts);

  [[nodiscard]] Result<void> write_genesis(const Payload& genesis);
  /// Takes in the erase blocks the store has and the view has not.
  [[nodiscard]] Result<void> update_view() const;
  [[nodiscard]] std::shared_ptr<const View> view() const;
  /// Step 2: punctures the keys of every erasure in the log not yet applied.
  [[nodiscard]] Result<void> apply_erasures();
  /// Steps 3 and 4 of one erasure.
  [[nodiscard]] Result<void> finish_erasure(const Erasure& erasure, const Purge& purge);
  [[nodiscard]] Result<std::vector<SequenceRange>> erasable(
      const std::vector<SequenceRange>& ranges) const;
  [[nodiscard]] Result<Receipt> append_draft(const Draft& draft, Durability durability);
  [[nodiscard]] bool has_done_block(std::uint64_t erase_sequence) const;
  void mark_done(std::uint64_t erase_sequence);
  /// Runs `step`; if the disk fails it, gives up the reserve and runs it once more.
  [[nodiscard]] Result<void> with_reserve(const std::function<Result<void>()>& step);
  /// Appends one block so; its sequence.
  [[nodiscard]] Result<std::uint64_t> append_with_reserve(const Draft& draft);
  [[nodiscard]] Result<void> refuse(const std::vector<std::string>& folded_texts);

  const Clock& clock_;
  std::string id_;
  bool read_only_;
  std::unique_ptr<BlockStore> blocks_;
  std::unique_ptr<KeyStore> keys_;
  std::function<bool()> free_space_;
  std::unique_ptr<LineSealer> sealer_;
  mutable std::mutex view_mutex_;         ///< of view_
  mutable std::mutex view_update_mutex_;  ///< one update at a time
  mutable std::shared_ptr<const View> view_;
  std::mutex erase_mutex_;  ///< one erasure at a time in this process
  std::size_t scrubbed_erasures_ = 0;
};

}  // namespace mbe
