// What a cue asks for, read once: weighted query terms, concepts with their relations, flags and
// dates.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "index/keyword/index.h"
#include "recall/recall.h"

namespace mbe {

struct CueReading {
  std::vector<QueryTerm> terms;     ///< words, numbers and bigrams, without speakers' names
  std::vector<QueryTerm> concepts;  ///< concepts of the cue and their relations
  KeywordPlan terms_plan;           ///< both, looked up in the view's keywords
  KeywordPlan concepts_plan;
  std::vector<std::string> tags;  ///< moods and situations, polarity and question left out
  double terms_idf = 0;           ///< sum of weight * idf over `terms`
  double concepts_idf = 0;        ///< sum over the cue's own concepts
  SequenceSet questions;          ///< blocks of the store that ask
  bool asks_current = false, asks_quantity = false, asks_when = false;
  std::vector<std::string> named_speakers;           ///< those the cue names, unless it names all
  std::map<std::string, float, std::less<>> agents;  ///< 0 … 1: how surely they are assistants
};

/// Errors: corrupt.
[[nodiscard]] Result<CueReading> read_cue(const RecallView& view, const RecallCue& cue,
                                          const CueWords& words);

}  // namespace mbe
