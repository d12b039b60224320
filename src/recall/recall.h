// Ranks a chain's blocks against a cue: arms gather candidates, evidence about each becomes a row
// of features, a fitted linear model turns the row into one calibrated score. Reads index snapshots
// only, never the log. Invariant: the same snapshots and cue give the same order; ties by lower
// sequence. Immutable after open; any thread. Formulas and measured gains: docs/formulas/recall.md;
// weights: data/recall/weights.json, made by tools/fit_recall.py.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analyser.h"
#include "index/attribute/index.h"
#include "index/keyword/index.h"
#include "index/vector/index.h"
#include "recall/cue_words.h"
#include "recall/features.h"

namespace mbe {

/// Ways a block can come to mind. `keyword` covers concepts and terms.
enum class Arm : std::uint8_t { keyword, tag, vector, time, waypoint };
inline constexpr std::size_t arm_count = 5;
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
  const Analysis& analysis;       ///< of `text`
  std::span<const float> vector;  ///< query embedding of unit length, empty if there is none
  std::string_view model_id;      ///< which model made it
  std::size_t top_k = 10;         ///< 1 … 1,000
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
  float score = 0;  ///< 0 … 1, calibrated: comparable across queries
  std::array<ArmPart, arm_count> parts{};
  std::uint32_t span_begin = 0;  ///< of the best window of a long text, bytes
  std::uint32_t span_end = 0;
};

/// What fitting needs: one row of features a candidate, unordered.
struct FeatureTable {
  std::vector<std::uint64_t> sequences;
  std::vector<FeatureRow> rows;
  float best_cosines = 0;  ///< mean of the best context cosines of the store
  float hub_cosine = 0;    ///< of the cue to the mean question
};

/// How the fitted sum becomes a score: sigmoid(cosines * m + hub * h + bias) says how sure an
/// answer is, m the mean of the best context cosines, h the cue's cosine to the mean question; a
/// hit behind the best keeps exp(slope * (its sum - the best sum)) of it. Without vectors the share
/// of the cue's words that the best hit holds takes their place.
struct Calibration {
  float cosines = 0, hub = 0, bias = 0;
  float words = 0, words_bias = 0;
  float slope = 1;
  float threshold = 0;
  float company = 0;  ///< how much a session's candidates lift each other, see add_company
};

struct Gathered;

class Ranker {
 public:
  /// Reads cues.tsv, weights.json and hub.json of `directory` (data/recall).
  /// Errors: io (unreadable), corrupt (not what is expected; the file is named).
  [[nodiscard]] static Result<Ranker> open(const std::filesystem::path& directory);

  /// At most top_k hits, best first, without a threshold. Errors: invalid_argument (top_k),
  /// corrupt.
  [[nodiscard]] Result<std::vector<RankedHit>> rank(const RecallView& view,
                                                    const RecallCue& cue) const;
  /// The evidence behind rank(). Errors: as rank.
  [[nodiscard]] Result<FeatureTable> features(const RecallView& view, const RecallCue& cue) const;

  /// Below this score a hit is more likely noise than memory.
  [[nodiscard]] float threshold() const { return calibration_.threshold; }
  [[nodiscard]] const CueWords& words() const { return words_; }

  /// How alike two sentences are, 0 … 1. Vectors may be empty; then shared terms alone decide.
  [[nodiscard]] float similarity(const Analysis& a, const Analysis& b,
                                 std::span<const float> vector_a,
                                 std::span<const float> vector_b) const;

 private:
  /// The fitted sum; only its order within one cue means anything.
  [[nodiscard]] float evidence_of(const FeatureRow& row) const;
  /// How sure it is that the store holds an answer at all, 0 … 1.
  [[nodiscard]] float answerable(const RecallCue& cue, float best_cosines,
                                 const FeatureRow& best) const;
  /// Fitted sums of a session's candidates lift all of them: company * ln sum exp(sum - best sum).
  /// Of a block without a session nothing is known: it takes the mean of the others' lift.
  void add_company(const Gathered& gathered, std::vector<float>& evidence) const;
  [[nodiscard]] RankedHit hit_of(std::uint64_t sequence, const FeatureRow& row, float score) const;
  [[nodiscard]] std::span<const float> hub_for(const RecallCue& cue) const;

  CueWords words_;
  std::array<float, feature_count> weights_{};
  Calibration calibration_;
  std::string hub_model_;
  std::vector<float> hub_;  ///< mean vector of questions under hub_model_
};

}  // namespace mbe
