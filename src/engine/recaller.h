// One recall over an open chain: analyses and embeds the cue, asks the ranking, opens the hits.
// Lives on the stack of one call; borrows the chain's parts.
#pragma once

#include "engine/memory_parts.h"
#include "recall/recall.h"

namespace mbe {

/// A ranked cue with the snapshots it was ranked on.
struct RankedCue {
  DerivedSnapshot indexes;
  Vectors::Query query;
  std::vector<RankedHit> ranked;
  std::optional<Message> note;  ///< why vectors did not take part
  std::int64_t embed_us = 0, search_us = 0;
};

class Recaller {
 public:
  explicit Recaller(const Memory::Parts& parts) : parts_(parts) {}

  /// Ranks without a threshold; `only`, where given, narrows what the filter leaves.
  /// Errors: invalid_argument (cue, top_k, arms, filter), io, corrupt.
  [[nodiscard]] Result<RankedCue> rank_cue(const RecallRequest& request,
                                           const SequenceSet* only) const;
  /// The evidence behind rank_cue, for fitting. Errors: as rank_cue.
  [[nodiscard]] Result<FeatureTable> features(const RecallRequest& request,
                                              RankedCue& recalled) const;
  /// Opens a hit. Errors: io.
  [[nodiscard]] Result<RecallHit> hit_of(const RankedHit& ranked, const RankedCue& from,
                                         bool with_neighbours) const;
  /// Says of each hit how far it can be believed, and who else says it among the best candidates
  /// (corroboration.h). Errors: io, corrupt.
  [[nodiscard]] Result<void> weigh(std::vector<RecallHit>& hits, const RankedCue& from) const;

 private:
  /// Calls `use` with the view and the cue of a request; fills snapshots and times.
  template <class Use>
  auto with_cue(const RecallRequest& request, const SequenceSet* only, RankedCue& out,
                const Use& use) const
      -> decltype(use(std::declval<RecallView>(), std::declval<RecallCue>()));

  const Memory::Parts& parts_;
};

}  // namespace mbe
