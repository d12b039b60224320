// What one open chain is made of. The members of Memory are spread over memory_*.cpp by concern;
// this is what they share. Invariant: chain before derived before vectors - each follows the one
// before it and may be thrown away without loss.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "analyse/analyser.h"
#include "analyse/normal_text.h"
#include "base/clock.h"
#include "engine/corroboration.h"
#include "engine/derived.h"
#include "engine/plain_copies.h"
#include "engine/upkeep.h"
#include "engine/vectors.h"
#include "mbe/engine.h"
#include "recall/recall.h"
#include "store/chain.h"
#include "working/working_memory.h"

namespace mbe {

struct Memory::Parts {
  std::string name;
  std::string directory;  ///< of the chain
  std::string home;
  FileSystem& files;
  const Clock& clock;
  const Analyser& analyser;
  const Ranker& ranker;
  const TrustTables& trust;
  std::unique_ptr<Chain> chain;
  std::unique_ptr<Derived> derived;
  std::unique_ptr<Vectors> vectors;
  std::unique_ptr<WorkingMemory> working;
  std::unique_ptr<Upkeep> upkeep;

  /// Block `sequence`, readable. Errors: not_found (beyond the head), denied (erased), unavailable
  /// (its key is missing), corrupt.
  [[nodiscard]] Result<Block> readable(std::uint64_t sequence) const;
  /// Follows the log, then the indexes as they stand.
  [[nodiscard]] Result<DerivedSnapshot> current() const;
  /// The payload of something said now, analysed. Errors: invalid_argument, limit, denied (a
  /// refused statement).
  [[nodiscard]] Result<Payload> payload_of(const RememberRequest& request,
                                           Analysis& analysis) const;
  /// Whether an answer only repeats what it rests on. Errors: io, not_found (a reference).
  [[nodiscard]] Result<bool> retells(const RememberRequest& request,
                                     const Analysis& analysis) const;
  /// Appends and hands the analysis to the indexes.
  [[nodiscard]] Result<RememberReceipt> append(const Payload& payload, Analysis analysis) const;
  /// Everything that rests on these blocks, by their references; the blocks themselves not.
  [[nodiscard]] Result<SequenceSet> resting_on(const SequenceSet& blocks) const;
  /// Step 3 of forgetting: removes every derived trace; returns what it could not reach. blocks:
  /// what is erased, where it is still known; null when an erasure is gone on with.
  [[nodiscard]] Result<std::vector<std::string>> purge(const std::vector<std::uint64_t>& sequences,
                                                       const std::vector<std::string>& texts,
                                                       const std::vector<BlockView>* blocks) const;
  /// The plain copies of this chain that lie in the home.
  [[nodiscard]] PlainCopies plain_copies() const { return {files, home, name}; }
};

/// UTF-8, not empty, no NUL, at most the limit. Errors: invalid_argument, limit.
[[nodiscard]] Result<void> check_text(std::string_view text);

/// What stands among the refused texts for a source id whose block was forgotten: importing it
/// again does not bring it back. No folded text begins so.
[[nodiscard]] std::string folded_source(std::string_view id);

}  // namespace mbe
