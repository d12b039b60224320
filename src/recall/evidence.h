// From gathered candidates to rows of features.
#pragma once

#include <vector>

#include "recall/candidates.h"

namespace mbe {

/// One row a candidate, in their order. Pure but for reading the centre of the best vectors.
/// Errors: corrupt.
[[nodiscard]] Result<std::vector<FeatureRow>> weigh_evidence(const RecallView& view,
                                                             const RecallCue& cue,
                                                             const Gathered& gathered);

/// Attribute keywords that say what a block holds; set when it is indexed.
inline constexpr std::string_view number_mark = "#has:number";
inline constexpr std::string_view moment_mark = "#has:moment";
inline constexpr std::string_view change_mark = "#has:change";

}  // namespace mbe
