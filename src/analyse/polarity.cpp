#include "analyse/polarity.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace mbe::analyse {
namespace {

struct PolarityCue {
  int value;
  bool feeling;
  bool conceded;  ///< stands in an "although" clause
  std::uint32_t at;
};

/// Good or bad by its nature, 0 if it is no cue.
int nature(const Lexicon& lexicon, const Finding& finding) {
  if (lexicon.is_concept(finding.target)) return lexicon.meaning(finding.target).polarity;
  if (finding.target == lexicon.cue(Cue::good) || finding.target == lexicon.cue(Cue::approve) ||
      finding.target == lexicon.cue(Cue::achieve)) {
    return 1;
  }
  if (finding.target == lexicon.cue(Cue::bad)) return -1;
  return 0;
}

/// 너무 배고파, 배고파 죽겠다, so hungry: a word of degree in its clause, or 죽겠다 after it.
bool strengthened(const Lexicon& lexicon, const Reading& reading, const Finding& finding) {
  const auto& head = reading.head(finding);
  if (head.word_class == WordClass::adjective && head.has(Form::progressive)) return true;
  const auto& sentence = reading.sentences[finding.sentence];
  for (auto i = sentence.first; i < finding.first; ++i) {
    const auto& token = reading.tokens[i];
    if (token.clause != head.clause) continue;
    const auto stop =
        token.foreign ? lexicon.stop_english(token.root) : lexicon.stop_korean(token.lemma);
    if (stop == Stop::degree) return true;
  }
  return false;
}

/// A cue counts as it is if asserted; a negated good one is bad; anything else does not count.
int value_of(const Lexicon& lexicon, const Reading& reading, const Finding& finding) {
  const int value = nature(lexicon, finding);
  if (value == 0 || !finding.carried) return 0;
  if (lexicon.is_concept(finding.target) && lexicon.meaning(finding.target).complaint &&
      !strengthened(lexicon, reading, finding)) {
    return 0;
  }
  if (finding.target == lexicon.cue(Cue::approve)) {
    return finding.state == State::asserted || finding.state == State::negated ? 1 : 0;
  }
  if (finding.state == State::negated || (finding.absent && finding.state == State::asserted)) {
    return value > 0 ? -1 : 0;
  }
  return finding.state == State::asserted ? value : 0;
}

/// The token after which a contrast begins, 0 if there is none.
std::uint32_t last_contrast(const Lexicon& lexicon, const Reading& reading) {
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < reading.tokens.size(); ++i) {
    if (reading.tokens[i].has(Form::contrast)) at = i + 1;
  }
  for (const auto& finding : reading.findings) {
    if (finding.target == lexicon.cue(Cue::contrast)) at = std::max(at, finding.last);
  }
  return at;
}

}  // namespace

int find_polarity(const Lexicon& lexicon, const Reading& reading) {
  std::vector<PolarityCue> cues;
  for (const auto& finding : reading.findings) {
    const int value = value_of(lexicon, reading, finding);
    if (value == 0) continue;
    const bool feeling = lexicon.is_concept(finding.target) && finding.own &&
                         lexicon.kind(finding.target) == Kind::emotion;
    cues.push_back({value, feeling, reading.head(finding).has(Form::concessive), finding.head});
  }
  if (cues.empty()) return 0;
  const auto later = [](const PolarityCue& a, const PolarityCue& b) { return a.at < b.at; };
  std::stable_sort(cues.begin(), cues.end(), later);
  const auto contrast = last_contrast(lexicon, reading);
  if (contrast > 0 && cues.back().at >= contrast) return cues.back().value;
  const auto plain = [](const PolarityCue& cue) { return !cue.conceded; };
  if (std::any_of(cues.begin(), cues.end(), plain)) std::erase_if(cues, std::not_fn(plain));
  for (auto cue = cues.rbegin(); cue != cues.rend(); ++cue) {
    if (cue->feeling) return cue->value;
  }
  return cues.back().value;
}

}  // namespace mbe::analyse
