// The layer over Korean morphemes: stem and suffix joined (진행 + 하 → 진행하다), dictionary forms
// restored, particles turned into roles, endings and auxiliaries turned into Forms by
// data/lexicon/forms_ko.tsv. Immutable after open(); any thread.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "analyse/korean_tagger.h"
#include "analyse/table.h"
#include "analyse/token.h"
#include "base/result.h"

namespace mbe::analyse {

class KoreanReader {
 public:
  /// Reads forms_ko.tsv, ko_stems.tsv and ko_readings.tsv below `lexicon`. Errors: io, corrupt.
  [[nodiscard]] static Result<KoreanReader> open(const std::filesystem::path& lexicon);

  /// Appends the words of one text. morphemes: of that text, in order. `text` is what was tagged.
  /// Clause and sentence numbers are left at 0; state is left at asserted. O(n).
  void read(std::string_view text, std::span<const Morpheme> morphemes,
            std::vector<Token>& out) const;

 private:
  class Reading;
  struct Other {
    std::string surface;  ///< how the inflected word begins
    std::string lemma;
  };
  StringMap<Forms> forms_;        ///< canonical ending sequence → Forms
  StringSet bridges_;             ///< "previous next": a stem that only continues the tail there
  std::size_t pattern_max_ = 1;   ///< longest pattern, in endings
  StringMap<std::string> stems_;  ///< dictionary form as tagged → real one
  StringMap<std::vector<Other>> readings_;  ///< lemma → other lemmas of the same surface
};

}  // namespace mbe::analyse
