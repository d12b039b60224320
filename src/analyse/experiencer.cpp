#include "analyse/experiencer.h"

#include <algorithm>

namespace mbe::analyse {

bool is_other(const Lexicon& lexicon, const Sentence& sentence, const std::vector<Token>& tokens,
              const std::vector<Finding>& all, const Finding& finding) {
  const auto& head = tokens[finding.head];
  if (!sentence.korean && head.root.ends_with("ing") && head.word_class != WordClass::verb) {
    return false;  // a heartbreaking day: the thing makes the speaker feel so
  }
  const auto person_at = [&](std::size_t i) {
    const auto& token = tokens[i];
    if (token.word_class == WordClass::name) return true;
    if (token.word_class == WordClass::pronoun) {
      const auto stop =
          sentence.korean ? lexicon.stop_korean(token.lemma) : lexicon.stop_english(token.root);
      return stop == Stop::person;
    }
    return std::any_of(all.begin(), all.end(), [&](const Finding& other) {
      return other.first <= i && i < other.last && lexicon.is_concept(other.target) &&
             lexicon.kind(other.target) == Kind::person;
    });
  };
  if (sentence.korean) {
    const bool feels_outward = head.word_class == WordClass::adjective ||
                               head.lemma.ends_with("되다") || !head.predicate || finding.extended;
    if (feels_outward) return false;
    for (auto i = finding.first; i > sentence.first; --i) {
      const auto& token = tokens[i - 1];
      if (token.clause != head.clause) break;
      const bool subject = token.role == Role::subject || token.role == Role::topic;
      if (token.word_class == WordClass::pronoun && subject && !person_at(i - 1)) return false;
      if (subject && person_at(i - 1)) return true;
    }
    return false;
  }
  for (auto i = finding.first; i > sentence.first; --i) {
    const auto& token = tokens[i - 1];
    if (token.clause != head.clause) break;
    if (token.root == "i" || token.root == "we" || token.root == "me" || token.root == "us")
      return false;
    if (token.word_class == WordClass::verb && token.predicate &&
        lexicon.stop_english(token.lemma) != Stop::light && i != finding.first) {
      continue;
    }
    if (token.root == "he" || token.root == "she" || token.root == "they" || token.root == "you" ||
        person_at(i - 1)) {
      return true;
    }
  }
  return false;
}

bool asks_oneself(const Lexicon& lexicon, const Sentence& sentence,
                  const std::vector<Token>& tokens) {
  bool why = false;
  for (auto i = sentence.first; i < sentence.last; ++i) {
    const auto& token = tokens[i];
    const auto& word = sentence.korean ? token.lemma : token.root;
    if (word == "왜" || word == "why") why = true;
    const auto stop = sentence.korean ? lexicon.stop_korean(word) : lexicon.stop_english(word);
    if (word == "너" || word == "당신" || word == "you" || stop == Stop::person) return false;
    if (!sentence.korean && (word == "he" || word == "she" || word == "they")) return false;
  }
  return why;
}

}  // namespace mbe::analyse
