// Whether an English sentence asks for something new to be made: write me a poem, could you draft
// …, I need a cover letter, a haiku, please. A verb of making counts only where an order or a
// request can begin; then its object decides. Words: data/echo/creation.tsv. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "creation/creation_clause.h"
#include "creation/creation_words.h"

namespace mbe::creation {

/// What the sentence asks to make, if it does. text: normalised (lower case), without quoted parts.
/// earlier: the last artefact that the utterance named before; that of this sentence is put there.
/// O(n × longest phrase).
[[nodiscard]] std::optional<Thing> find_english(const Words& words, std::string_view text,
                                                std::optional<Thing>& earlier);

}  // namespace mbe::creation
