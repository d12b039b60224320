// Sentences and clauses: cutting a text, and settling for every word how it is said, by the table
// in docs/vocabulary.md, section 1. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyse/lexicon.h"
#include "analyse/token.h"

namespace mbe::analyse {

struct Sentence {
  std::uint32_t begin = 0;  ///< bytes of the normal text
  std::uint32_t end = 0;
  std::size_t first = 0;  ///< tokens [first, last)
  std::size_t last = 0;
  bool korean = false;
  bool english = false;
  bool mark = false;  ///< ends with a question mark
  bool asks = false;  ///< is a question
  bool requests = false;
};

/// Cuts at line ends and at . ? ! followed by white space or the end. O(n).
[[nodiscard]] std::vector<Sentence> cut_sentences(std::string_view text);

/// Numbers the clauses of a Korean sentence, applies 안 and 못, hands states down linked clauses,
/// and settles asks, requests and every token's state. tokens [first, last) must be filled.
void settle(const Lexicon& lexicon, Sentence& sentence, std::vector<Token>& tokens);

}  // namespace mbe::analyse
