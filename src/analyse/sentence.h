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
  std::size_t first_finding = 0;  ///< findings [first_finding, last_finding)
  std::size_t last_finding = 0;
  bool korean = false;
  bool english = false;
  bool mark = false;  ///< ends with a question mark
  bool asks = false;  ///< is a question
  bool requests = false;
};

/// Longer sentences are cut at white space, at twice this length anywhere: rules that look back
/// within a sentence stay cheap whatever comes in.
inline constexpr std::size_t sentence_bytes_max = 1500;

/// Cuts at line ends and at . ? ! followed by white space or the end. O(n).
[[nodiscard]] std::vector<Sentence> cut_sentences(std::string_view text);

/// Numbers the clauses of a Korean sentence, applies 안 and 못, hands states down linked clauses,
/// and settles asks, requests and every token's state. tokens [first, last) must be filled.
void settle(const Lexicon& lexicon, Sentence& sentence, std::vector<Token>& tokens);

}  // namespace mbe::analyse
