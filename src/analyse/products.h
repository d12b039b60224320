// The last stage: index terms, importance, intentions. Formulas: docs/formulas/importance.md.
// Pure; any thread.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analysis.h"
#include "analyse/lexicon.h"
#include "analyse/reading.h"

namespace mbe::analyse {

/// Collects terms; sorts and counts them once at the end.
class TermBag {
 public:
  /// Once for each occurrence. text: lives until take().
  void add(TermKind kind, std::string_view text) { found_.push_back({kind, text}); }
  /// The same for a text that nobody else keeps.
  void keep(TermKind kind, std::string text) { add(kind, kept_.emplace_back(std::move(text))); }
  /// Sorted by (kind, text), repeats counted; leaves the bag empty.
  [[nodiscard]] std::vector<Term> take();

 private:
  struct Found {
    TermKind kind;
    std::string_view text;
  };
  std::vector<Found> found_;
  std::deque<std::string> kept_;
};

/// Content lemmas and English stems of all words. stem: Snowball.
void word_terms(const Lexicon& lexicon, const Reading& reading,
                const std::function<std::string(std::string_view)>& stem, TermBag& bag);
/// Bigrams of neighbouring Hangul or CJK characters inside a word.
void bigram_terms(std::string_view text, TermBag& bag);

/// 0 … 1: 1 − ∏(1 − weight) over the features that are present, weakened for mere questions.
/// chatter: is_chatter of the same utterance. numbers: amounts found. All else is in `analysis`.
[[nodiscard]] float importance_of(const Lexicon& lexicon, const Reading& reading,
                                  const Analysis& analysis, std::size_t numbers);

/// True if nothing but greetings, laughter and fillers is said.
[[nodiscard]] bool is_chatter(const Lexicon& lexicon, const Reading& reading,
                              const std::vector<Keyword>& keywords);

/// Concepts of those senses of the words that ask for company; each once, in order of the text.
[[nodiscard]] std::vector<std::string> find_possible_concepts(const Lexicon& lexicon,
                                                              const Reading& reading);

/// Goals, plans and promises of the speaker, and news that one was done or dropped.
[[nodiscard]] std::vector<Intention> find_intentions(const Lexicon& lexicon, const Reading& reading,
                                                     const std::vector<Keyword>& keywords);

}  // namespace mbe::analyse
