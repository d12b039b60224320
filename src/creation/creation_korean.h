// Whether a Korean sentence asks for something new to be made: 시 하나 써줘, 초안 작성 부탁해, 표가
// 하나 필요해. Endings are matched on the letters (spaced and misspelt in any way); who does it,
// what is made and what binds to what come from the morphemes. Words: data/echo/creation.tsv. Pure;
// any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "analyse/korean_tagger.h"
#include "creation/creation_clause.h"
#include "creation/creation_words.h"

namespace mbe::creation {

/// What the sentence asks to make, if it does. morphemes: of `text`, normalised, without quoted
/// parts. earlier: the last artefact that the utterance named before; that of this sentence is put
/// there. O(n × words of the sections).
[[nodiscard]] std::optional<Thing> find_korean(const Words::Side& words, std::string_view text,
                                               std::span<const analyse::Morpheme> morphemes,
                                               std::optional<Thing>& earlier);

}  // namespace mbe::creation
