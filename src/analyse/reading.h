// One utterance while it is analysed: what the stages hand on to each other. A plain value of one
// call.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "analyse/analysis.h"
#include "analyse/concepts.h"
#include "analyse/normal_text.h"
#include "analyse/sentence.h"
#include "analyse/spelling.h"
#include "analyse/token.h"

namespace mbe::analyse {

struct Reading {
  std::string_view original;
  NormalText text;
  Laughter laughter;
  std::vector<Sentence> sentences;
  std::vector<Token> tokens;
  std::vector<Finding> findings;
  std::vector<bool> used;   ///< tokens that a lexicon entry took
  bool future_day = false;  ///< a day after the event time is named
  bool korean = false;      ///< the language of most sentences

  /// What was found in one sentence.
  [[nodiscard]] std::span<const Finding> found_in(std::size_t sentence) const {
    const auto& s = sentences[sentence];
    return std::span(findings).subspan(s.first_finding, s.last_finding - s.first_finding);
  }
  /// What was found in the sentence of token i.
  [[nodiscard]] std::span<const Finding> found_near(std::size_t i) const {
    return found_in(tokens[i].sentence);
  }
  [[nodiscard]] const Token& head(const Finding& finding) const { return tokens[finding.head]; }
};

}  // namespace mbe::analyse
