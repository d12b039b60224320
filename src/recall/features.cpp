#include "recall/features.h"

namespace mbe {

std::string_view feature_name(Feature feature) {
  constexpr std::string_view names[feature_count] = {
      "lexical",     "coverage", "window_coverage", "session_coverage", "precision", "previous",
      "speaker",     "quantity", "association",     "length",           "tag",       "turn",
      "context",     "turn_hub", "context_hub",     "neighbour",        "feedback",  "date",
      "moment",      "recency",  "change",          "agent",            "question",  "waypoint",
      "matched"};
  return names[index_of(feature)];
}

}  // namespace mbe
