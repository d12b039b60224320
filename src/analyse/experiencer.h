// Whose feeling a word tells of: the speaker's own or somebody else's. Pure; any thread. Rules:
// docs/vocabulary.md, sections 1 and 3.
#pragma once

#include <vector>

#include "analyse/concepts.h"

namespace mbe::analyse {

/// True if a person other than the speaker is the subject of the finding's verb (엄마가 슬퍼했다).
/// all: the findings of the same sentence. O(words before it).
[[nodiscard]] bool is_other(const Lexicon& lexicon, const Sentence& sentence,
                            const std::vector<Token>& tokens, const std::vector<Finding>& all,
                            const Finding& finding);

/// "왜 이렇게 힘들지?", "Why am I so tired?": asking why without a "you" asserts the feeling.
[[nodiscard]] bool asks_oneself(const Lexicon& lexicon, const Sentence& sentence,
                                const std::vector<Token>& tokens);

}  // namespace mbe::analyse
