// What the analyser makes of one utterance: terms for the index, keywords and tags for people,
// an importance, dates and intentions. A plain value: pure function of text, event time and
// lexicon version; no I/O, no model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace mbe {

enum class Language : std::uint8_t { korean, english, other };

/// What a term is; each class is a vocabulary of its own in the keyword index.
enum class TermKind : std::uint8_t {
  lemma,       ///< Korean dictionary form, or ICU word of another script
  stem,        ///< English Snowball stem
  bigram,      ///< two neighbouring Hangul or CJK characters
  number,      ///< digits with their unit folded: 650만원 -> 6500000
  date,        ///< a day or month, absolute: 2026-11-22, 2026-11
  concept_id,  ///< id of a concept from data/lexicon
};

struct Term {
  TermKind kind;
  std::string text;         ///< normal form; never shown to a person
  std::uint32_t count = 1;  ///< occurrences in the text
};

/// One of at most 8 normalised concepts a person would write down.
struct Keyword {
  std::string id;     ///< concept id, or the normal form where no concept fits
  std::string label;  ///< in the utterance's language
  bool is_concept = false;
  bool asserted = true;  ///< false: negated, feared, hypothetical or asked
};

/// A date that was mentioned, resolved against the event time. Both ends included.
struct DateMention {
  std::string text;
  TimeMs from_ms;
  TimeMs until_ms;
};

enum class IntentionState : std::uint8_t { intended, done, dropped };

/// A goal, plan or promise of the speaker, or the news that one was done or dropped.
struct Intention {
  IntentionState state;
  bool stated = true;  ///< false: something was merely done, which may have been intended before
  std::string text;    ///< the clause, verbatim
  std::vector<std::string>
      concepts;  ///< ids of keywords that name it, for matching with later news
};

struct Analysis {
  std::uint32_t version = 0;  ///< of the analyser and its lexicons; sealed in the block
  Language language = Language::other;
  std::vector<Term> terms;        ///< sorted by (kind, text); no repeats
  std::vector<Keyword> keywords;  ///< most important first, at most keywords_max
  /// Concepts a word may stand for in the right company (무너지다: failure of a plan, fall of a
  /// house), where the text names no concept at all. For a cue; no keywords of a block.
  std::vector<std::string> possible_concepts;
  std::vector<std::string> tags;  ///< ids from data/lexicon/tags.tsv, polarity first
  float importance = 0;           ///< 0 … 1, docs/formulas/importance.md
  std::vector<DateMention> dates;
  std::vector<Intention> intentions;
  bool is_question = false;
  bool is_chatter = false;  ///< greeting, laughter, placeholder: nothing to remember
};

inline constexpr std::size_t keywords_max = 8;

}  // namespace mbe
