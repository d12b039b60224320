// Ranks a chain's blocks against a cue: each arm gathers candidates, fusion and reranking turn
// their evidence into one calibrated score. Reads index snapshots only, never the log. Invariant:
// the same snapshots and cue give the same order; ties by higher sequence last. Pure over its
// inputs; any thread. Formulas: docs/formulas/recall.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analyser.h"
#include "index/attribute/index.h"
#include "index/keyword/index.h"
#include "index/vector/index.h"

namespace mbe {

/// Ways a block can come to mind. `keyword` covers concept keywords and terms.
enum class Arm : std::uint8_t { keyword, tag, vector, time, waypoint };
[[nodiscard]] constexpr std::uint8_t arm_bit(Arm arm) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(arm));
}
inline constexpr std::uint8_t all_arms = 31;

/// A block that was on the person's mind a moment ago.
struct WaypointHint {
  std::uint64_t sequence = 0;
  float relevance = 0;  ///< 0 … 1
};

struct RecallView {
  const KeywordSnapshot& keyword;
  const AttributeSnapshot& attributes;
  const VectorSnapshot* vector = nullptr;  ///< null: no vectors yet
  const Analyser& analyser;
};

struct RecallCue {
  std::string_view text;
  const Analysis& analysis;           ///< of `text`
  std::span<const float> vector;      ///< query embedding, empty if there is none
  TimeMs now_ms = 0;                  ///< what "yesterday" is counted from
  std::size_t top_k = 10;             ///< 1 … 1,000
  std::uint8_t arms = all_arms;
  const SequenceSet* allowed = nullptr;  ///< only these may be hits; null: all
  std::span<const WaypointHint> waypoints;
};

/// What each arm found of a hit: its rank in that arm from 1 (0: not found by it) and its share of
/// the score; the shares add up to the score.
struct ArmPart {
  std::uint32_t rank = 0;
  float share = 0;
};

struct RankedHit {
  std::uint64_t sequence = 0;
  float score = 0;        ///< 0 … 1, calibrated: comparable across queries
  ArmPart parts[5];       ///< by Arm
  float cosine = 0;       ///< of the best vector, 0 without one
  std::uint32_t span_begin = 0;  ///< of the best window of a long text, bytes
  std::uint32_t span_end = 0;
  std::vector<std::uint64_t> neighbours;  ///< turns beside it that were evidence for it
};

/// Below this a hit is more likely noise than memory; fitted on the evaluation sets.
[[nodiscard]] float default_threshold();

/// At most top_k hits, best first. Without a threshold. Errors: invalid_argument (top_k), corrupt.
[[nodiscard]] Result<std::vector<RankedHit>> rank(const RecallView& view, const RecallCue& cue);

/// How alike two sentences are, 0 … 1: cosine and shared terms. docs/formulas/similarity.md.
/// Vectors may be empty; then terms alone decide.
[[nodiscard]] float similarity(const Analysis& a, const Analysis& b, std::span<const float> vector_a,
                               std::span<const float> vector_b);

}  // namespace mbe
