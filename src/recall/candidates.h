// The blocks that may answer a cue, with everything that is known of each before it is weighed.
#pragma once

#include <algorithm>
#include <vector>

#include "recall/cue_reading.h"

namespace mbe {

struct Candidate {
  std::uint64_t sequence = 0;
  AttributeTurn said;  ///< with up to two turns on each side
  KeywordParts parts;
  double concept_score = 0;  ///< matched idf of concepts, by weight
  float turn = 0, context = 0, turn_hub = 0, context_hub = 0;  ///< cosines
  VectorHit best;  ///< its best vector, where the vector arm found it
  std::array<std::uint32_t, arm_count> arm_rank{};
};

/// A turn beside a candidate; as such it is evidence, not a candidate.
struct Beside {
  std::uint64_t sequence = 0;
  KeywordParts parts;
  float turn = 0;
};

struct Gathered {
  CueReading reading;
  std::vector<Candidate> candidates;  ///< by sequence
  std::vector<Beside> beside;         ///< of all candidates, by sequence
  std::uint64_t newest = 1;           ///< last sequence of the store, at least 1
  float best_cosines = 0;             ///< mean of the best context cosines, see store_cosines

  /// A turn that stands beside some candidate. O(log n).
  [[nodiscard]] const Beside& beside_of(std::uint64_t sequence) const {
    return *std::ranges::lower_bound(beside, sequence, {}, &Beside::sequence);
  }
};

/// Candidates of every arm asked for, their neighbours in the session added. At most a few hundred.
/// Errors: corrupt, invalid_argument (a vector of another dim).
[[nodiscard]] Result<Gathered> gather_candidates(const RecallView& view, const RecallCue& cue,
                                                 const CueWords& words, std::span<const float> hub);

}  // namespace mbe
