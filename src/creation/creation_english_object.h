// English words and objects for the rules of creation commands: a sentence cut into words and
// marks, contractions opened and slips mended, and what stands behind a verb of making.
// Plain values of one call; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "creation/creation_clause.h"
#include "creation/creation_words.h"

namespace mbe::creation::english {

struct Token {
  std::string word;  ///< a mark is a token of its own; every mark that ends a clause is ","
  bool mark = false;
};

/// Cuts, opens contractions (don't → do not) and mends. The last token is always a mark. O(n).
[[nodiscard]] std::vector<Token> cut_words(const Words& words, std::string_view text);

/// The artefact that a word names, in the singular or the plural, or null.
[[nodiscard]] const Word* artefact_of(const Words& words, std::string_view word);

/// What stands behind a verb.
struct Object {
  bool benefits = false;  ///< me, us …
  bool indefinite = false;
  bool definite = false;
  bool pronoun = false;
  bool described = false;  ///< something follows that says which: about, for, that …
  std::string head;        ///< the last word of the noun phrase; empty if there is none
  const Word* artefact = nullptr;
  std::size_t end = 0;  ///< the token behind the noun phrase
};

/// Reads the object that begins at token `at`.
[[nodiscard]] Object read_object(const Words& words, const std::vector<Token>& tokens,
                                 std::size_t at);

/// Tokens that the phrase (words with blanks between) covers from `at` on; 0 if it is not there.
[[nodiscard]] std::size_t phrase_at(const std::vector<Token>& tokens, std::size_t at,
                                    std::string_view phrase);

}  // namespace mbe::creation::english
