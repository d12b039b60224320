// The one polarity of an utterance: which cue decides (docs/vocabulary.md, section 3, Polarity).
// Pure; any thread.
#pragma once

#include "analyse/lexicon.h"
#include "analyse/reading.h"

namespace mbe::analyse {

/// −1 negative, 0 neutral, +1 positive.
[[nodiscard]] int find_polarity(const Lexicon& lexicon, const Reading& reading);

}  // namespace mbe::analyse
