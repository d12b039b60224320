// The at most eight coordinates of an utterance (docs/vocabulary.md, section 2): concepts by the
// lexicon, then names and content nouns. Order: docs/formulas/keywords.md. Pure; any thread.
#pragma once

#include <vector>

#include "analyse/lexicon.h"
#include "analyse/reading.h"
#include "analyse/tags.h"

namespace mbe::analyse {

/// At most keywords_max, most important first. O(findings × tokens).
[[nodiscard]] std::vector<Keyword> find_keywords(const Lexicon& lexicon, const Reading& reading,
                                                 const Outline& outline);

}  // namespace mbe::analyse
