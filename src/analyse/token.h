// Words of an utterance as all later stages see them, whatever the language: dictionary form,
// class, place in the text, and - for predicates - how they are said (past, negated, feared, asked
// …). Plain values; no thread owns them. State rules: docs/vocabulary.md, section 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mbe::analyse {

enum class WordClass : std::uint8_t {
  noun,
  name,
  verb,
  adjective,
  adverb,
  determiner,
  pronoun,
  number,
  interjection,
  other,
};

/// What a Korean particle, or the place in an English clause, makes of a noun.
enum class Role : std::uint8_t { none, subject, topic, object, possessor, place, with, vocative };

/// How a predicate is said. Bits of Token::forms; names as in data/lexicon/forms_*.tsv.
enum class Form : std::uint32_t {
  negated = 1U << 0U,
  past = 1U << 1U,
  progressive = 1U << 2U,
  future = 1U << 3U,
  hypothetical = 1U << 4U,
  question = 1U << 5U,
  request = 1U << 6U,
  wish = 1U << 7U,
  decision = 1U << 8U,
  plan = 1U << 9U,
  promise = 1U << 10U,
  trial = 1U << 11U,
  opinion = 1U << 12U,
  seems = 1U << 13U,
  change = 1U << 14U,
  relative = 1U << 15U,
  quote = 1U << 16U,
  contrast = 1U << 17U,
  concessive = 1U << 18U,
  linked = 1U << 19U,
  routine = 1U << 20U,
  tag_question = 1U << 21U,
  copula = 1U << 22U,
  ends_clause = 1U << 23U,
  nominal = 1U << 24U,
  could_not = 1U << 25U,
  cause = 1U << 26U,
  final = 1U << 27U,
  obligation = 1U << 28U,
  received = 1U << 29U,
  imperative = 1U << 30U,
};
using Forms = std::uint32_t;
/// A form as a set of one.
[[nodiscard]] constexpr Forms bit(Form form) {
  return static_cast<Forms>(form);
}

/// The first row of the table in docs/vocabulary.md that fits.
enum class State : std::uint8_t { asserted, hypothetical, questioned, requested, future, negated };

struct Token {
  std::string lemma;     ///< 진행하다, 프로젝트, fall
  std::string root;      ///< the noun in noun + 하다; empty otherwise
  std::string extended;  ///< with its auxiliary, as one verb: 좋아지다, 보고싶다; else empty
  std::string second;    ///< another reading (걸었어: 걸다, 걷다), or the stem of an English word
  WordClass word_class = WordClass::other;
  Role role = Role::none;
  Forms forms = 0;
  State state = State::asserted;
  bool predicate = false;
  bool foreign = false;     ///< Latin letters
  bool capital = false;     ///< began with a capital in the original
  std::int16_t cost = 0;    ///< dictionary cost, high = rare; 0 unknown
  std::uint32_t begin = 0;  ///< bytes of the normal text: the word itself
  std::uint32_t end = 0;
  std::uint32_t tail_end = 0;  ///< with particles and endings
  std::uint32_t word = 0;      ///< index of the white-space word
  std::uint32_t clause = 0;
  std::uint32_t sentence = 0;

  [[nodiscard]] bool has(Form form) const { return (forms & bit(form)) != 0; }
  /// Adds a form.
  void set(Form form) { forms |= bit(form); }
};

}  // namespace mbe::analyse
