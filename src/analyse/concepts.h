// Finding concepts and cues: the longest lexicon entry at each word, Korean on dictionary forms
// joined without blanks (so spacing and segmentation do not matter), English on a trie of words.
// Each finding knows how it is said and whether its predicate carries it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyse/lexicon.h"
#include "analyse/sentence.h"
#include "analyse/token.h"

namespace mbe::analyse {

/// One concept or cue in the text.
struct Finding {
  Target target = 0;
  State state = State::asserted;
  bool carried = true;      ///< false: only mentioned, as the object of another predicate
  bool absent = false;      ///< the subject of 없다, no, without
  bool own = true;          ///< the speaker's, not somebody else's
  bool extended = false;    ///< found with the head's auxiliary (보고 싶다 → longing)
  bool swapped = false;     ///< stands for its negated counterpart
  std::uint32_t first = 0;  ///< tokens [first, last)
  std::uint32_t last = 0;
  std::uint32_t sentence = 0;
  std::uint32_t clause = 0;
  std::uint32_t head = 0;  ///< the token whose forms count
};

/// Appends the findings of one settled sentence; marks their tokens in `used`. O(n) lookups.
void find_concepts(const Lexicon& lexicon, const Sentence& sentence, std::uint32_t sentence_index,
                   const std::vector<Token>& tokens, std::vector<bool>& used,
                   std::vector<Finding>& out);

}  // namespace mbe::analyse
