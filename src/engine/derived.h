// The derived indexes of one chain and how they follow its log. Invariant: what a snapshot shows is
// what the log said up to covered(); files are written by the one process that holds the derived
// lock, others keep a private tail in memory. Any thread; writers take turns inside.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyse/analyser.h"
#include "fs/file_system.h"
#include "index/attribute/index.h"
#include "index/keyword/index.h"
#include "mbe/types.h"
#include "recall/cue_words.h"
#include "store/chain.h"

namespace mbe {

/// What an erasure means for whatever else is derived.
struct ErasedBlocks {
  std::vector<SequenceRange> ranges;  ///< all that the erasure names
  SequenceSet known;                  ///< of them, those the attribute index had
  std::vector<std::uint64_t> beside;  ///< the turns beside these
};

/// An unchanging view of keyword and attribute index at the same point of the log.
struct DerivedSnapshot {
  std::shared_ptr<const KeywordSnapshot> keyword;
  std::shared_ptr<const AttributeSnapshot> attributes;
};

class Derived {
 public:
  /// Opens keyword and attribute index in `directory`/derived; damaged ones are deleted and made
  /// anew by the next follow(). Errors: io.
  [[nodiscard]] static Result<std::unique_ptr<Derived>> open(FileSystem& files,
                                                             const std::string& directory,
                                                             Chain& chain, const Analyser& analyser,
                                                             const CueWords& words, bool read_only);

  /// Called by follow() for each erasure it meets, whoever asked for it, before the erased blocks
  /// leave these indexes and before the watermark passes the erasure: what else holds something of
  /// them goes here. Set once, before the first follow().
  using OnErased = std::function<Result<void>(const ErasedBlocks&)>;
  void on_erased(OnErased callback) { on_erased_ = std::move(callback); }

  /// Hands over what was just appended, so that follow() need not open and analyse it again.
  /// Forgotten beyond offers_max blocks.
  void offer(const Receipt& receipt, Payload payload, Analysis analysis);

  /// Takes in every published block that is not in the indexes yet, and removes what an erasure
  /// among them names, from disk too. Cost: that of the new blocks. Errors: io, corrupt (of the
  /// log), those of on_erased.
  Result<void> follow(const Progress& progress = {});
  /// As of the last follow().
  [[nodiscard]] DerivedSnapshot snapshot() const;

  /// Writes what is only in memory, if this process may. Errors: io.
  Result<void> flush();
  /// Throws both indexes away and follows the log from its start. Errors: busy (another process
  /// holds the derived lock), io.
  Result<void> rebuild(const Progress& progress);

  /// True if files that this process writes hold blocks of which the log says that they are erased;
  /// the next follow() removes them.
  [[nodiscard]] bool holds_erased() const;

  [[nodiscard]] bool may_write() const { return lock_ != nullptr; }
  /// Bytes of an index's files on disk; what is only in memory does not count.
  [[nodiscard]] std::uint64_t keyword_bytes() const;
  [[nodiscard]] std::uint64_t attribute_bytes() const;

  static constexpr std::size_t offers_max = 65'536;

 private:
  struct Offer {
    Digest hash{};
    Payload payload;
    Analysis analysis;
  };
  struct Batch;

  Derived(FileSystem& files, std::string directory, Chain& chain, const Analyser& analyser,
          const CueWords& words);
  Result<void> open_indexes();
  Result<void> discard();
  [[nodiscard]] Result<bool> fits(const std::optional<Watermark>& covered) const;
  [[nodiscard]] Result<std::uint64_t> first_missing();
  Result<void> take_offers(std::uint64_t& next, Batch& batch);
  [[nodiscard]] std::optional<Offer> take_offer(std::uint64_t sequence);
  [[nodiscard]] bool has_offer(std::uint64_t sequence) const;
  void drop_offers(std::uint64_t first, std::uint64_t last);
  Result<void> add(Batch& batch, std::uint64_t sequence, const Digest& hash, const Payload& payload,
                   const Analysis& analysis);
  Result<void> store(Batch& batch);
  Result<void> carry_out(const Block& erase_block, Batch& batch);
  [[nodiscard]] Result<bool> same_analysis() const;

  FileSystem& files_;
  std::string directory_;
  Chain& chain_;
  const Analyser& analyser_;
  const CueWords& words_;
  std::unique_ptr<File> lock_;  ///< held: this process writes derived files

  mutable std::mutex mutex_;
  std::unique_ptr<KeywordIndex> keyword_;
  std::unique_ptr<AttributeIndex> attributes_;
  mutable std::mutex offers_mutex_;  ///< of offers_ alone: an append never waits for an index
  std::unordered_map<std::uint64_t, Offer> offers_;
  OnErased on_erased_ = [](const ErasedBlocks&) { return Result<void>(); };
  DerivedSnapshot current_;
};

}  // namespace mbe
