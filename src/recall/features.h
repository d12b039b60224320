// The evidence a candidate has, as numbers. Each feature belongs to one arm, so that the
// explanation of a score can name it. Definitions: docs/formulas/recall.md.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mbe {

enum class Feature : std::uint8_t {
  lexical,           ///< BM25 over words and half-weighted bigrams, / 10
  coverage,          ///< share of the cue's idf that the block holds, 0 … 1
  window_coverage,   ///< what two turns before and after hold beyond that
  session_coverage,  ///< what the session's candidates hold together
  precision,         ///< matched idf over the block's length
  previous,          ///< words of the question this turn answers
  speaker,           ///< 1: the cue names this block's speaker and not all speakers
  quantity,          ///< 1: the cue asks how much, the block has a number
  association,       ///< idf share of the cue's concepts, related ones by their weight
  length,            ///< log(1 + words) / 3
  tag,               ///< idf share of the cue's mood and situation tags
  turn,              ///< cosine of the block's own vector
  context,           ///< cosine of its vector among its neighbours
  turn_hub,          ///< cosine of its own vector to the mean question
  context_hub,       ///< the same of its vector among its neighbours
  neighbour,         ///< how much a neighbouring turn's cosine exceeds its own
  feedback,          ///< cosine to the centre of the best five, where there are no sessions
  date,              ///< nearness of its day to the dates the cue names, 0 … 1
  moment,            ///< 1: the cue asks when, the block names a time
  recency,           ///< the cue asks for the present: share of the candidates that are older
  change,            ///< the cue asks for the present, the block says that something changed
  agent,             ///< 1: said by an assistant
  question,          ///< 1: it is itself a question
  waypoint,          ///< relevance it had in the conversation a moment ago
  matched,           ///< coverage, in and outside sessions; calibrates recall without vectors
  passage_lexical,   ///< lexical of a long text: one vector of a whole passage says less than words
  passage_coverage,  ///< matched of a long text
  passage_turn,      ///< turn above the cosine of unrelated sentences, of a long text
  terse_association,  ///< association or matched, where the cue is a word or two and no question
};
inline constexpr std::size_t feature_count = 29;

using FeatureRow = std::array<float, feature_count>;

/// Name as in weights.json.
[[nodiscard]] std::string_view feature_name(Feature feature);

/// The feature's place in a FeatureRow.
[[nodiscard]] constexpr std::size_t index_of(Feature feature) {
  return static_cast<std::size_t>(feature);
}

}  // namespace mbe
