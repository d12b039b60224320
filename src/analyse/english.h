// English words: contractions opened, dictionary forms by an irregular table and regular endings,
// Snowball stems, a guess at the word class from neighbours, and how each word is said (negated,
// wished, asked …) by the phrases of data/lexicon/forms_en.tsv. Immutable after open(); any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/lexicon.h"
#include "analyse/token.h"
#include "base/result.h"

namespace mbe::analyse {

class EnglishReader {
 public:
  /// Reads forms_en.tsv below `directory`. `lexicon` must outlive the reader.
  /// Errors: io, corrupt (a row with an unknown form or scope).
  [[nodiscard]] static Result<EnglishReader> open(const std::filesystem::path& directory,
                                                  const Lexicon& lexicon);

  /// Appends the words of text[begin, end), one sentence. original_is_upper(i) tells whether byte i
  /// of the text was a capital. Sets word class, clause and forms; state is left at asserted. O(n).
  void read(std::string_view text, std::size_t begin, std::size_t end,
            const std::vector<bool>& upper, std::vector<Token>& out) const;

  /// Dictionary form of one lower-case word; the word itself if nothing better is known.
  [[nodiscard]] std::string lemma(std::string_view word) const;

  /// How far a phrase of forms_en.tsv reaches.
  enum class Scope : std::uint8_t { self, next, rest, sentence };

 private:
  explicit EnglishReader(const Lexicon& lexicon) : lexicon_(&lexicon) {}
  void classify(std::vector<Token>& out, std::size_t from) const;
  void apply_forms(std::string_view text, std::vector<Token>& out, std::size_t from) const;
  [[nodiscard]] bool known(std::string_view word) const;

  struct Rule {
    Forms forms = 0;
    Scope scope = Scope::self;
  };
  const Lexicon* lexicon_;
  StringMap<Rule> rules_;
  std::size_t rule_words_max_ = 1;
};

}  // namespace mbe::analyse
