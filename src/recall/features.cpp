#include "recall/features.h"

namespace mbe {

std::string_view feature_name(Feature feature) {
  // clang-format off
  constexpr std::string_view names[feature_count] = {
      "lexical", "coverage", "window_coverage", "session_coverage", "precision", "previous",
      "speaker", "quantity", "association", "length", "tag", "turn", "context", "turn_hub",
      "context_hub", "neighbour", "feedback", "date", "moment", "recency", "change", "agent",
      "question", "waypoint", "matched", "passage_lexical", "passage_coverage", "passage_turn",
      "terse_association"};
  // clang-format on
  return names[index_of(feature)];
}

}  // namespace mbe
