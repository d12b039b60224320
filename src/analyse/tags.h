// Mood and situation of an utterance, by the rules of docs/vocabulary.md, section 3: exactly one
// polarity, then emotions, then situations. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "analyse/lexicon.h"
#include "analyse/reading.h"

namespace mbe::analyse {

/// What tags and keywords both need to know of a whole utterance.
struct Outline {
  bool undertaking = false;  ///< one is named
  bool enterprise = false;   ///< a running enterprise is named
  bool failed_enterprise =
      false;  ///< failure is asserted and an enterprise named: implies an ending
};
/// What the whole utterance is about, for rules that look beyond one word. O(findings).
[[nodiscard]] Outline outline(const Lexicon& lexicon, const Reading& reading);

/// Tag ids, polarity first, each once.
[[nodiscard]] std::vector<std::string> find_tags(const Lexicon& lexicon, const Reading& reading,
                                                 const Outline& outline);

}  // namespace mbe::analyse
