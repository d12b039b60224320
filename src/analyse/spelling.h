// Colloquial Korean spelling undone before the tagger sees it: 망햇다 → 망했다, 힘들당 → 힘들다;
// laughter and tears (ㅋㅋ, ㅠㅠ) taken out and counted. Rules: data/lexicon/ko_spelling.tsv.
// Immutable after open(); any thread.
#pragma once

#include <bitset>
#include <filesystem>
#include <string>
#include <vector>

#include "analyse/normal_text.h"
#include "analyse/table.h"
#include "base/result.h"

namespace mbe::analyse {

/// What was taken out of a text.
struct Laughter {
  std::uint32_t laughs = 0;  ///< runs of ㅋ, ㅎ
  std::uint32_t tears = 0;   ///< runs of ㅠ, ㅜ
};

class Spelling {
 public:
  /// Errors: io, corrupt (a row whose place is not any, start, end or word).
  [[nodiscard]] static Result<Spelling> open(const std::filesystem::path& file);

  /// The corrected text; origins still point into the original. O(n × rules of a syllable).
  [[nodiscard]] NormalText correct(const NormalText& text, Laughter& laughter) const;

 private:
  enum class Place : std::uint8_t { any, start, end, word };
  struct Rule {
    std::string from;
    std::string to;
    Place place;
  };
  /// The first rule that ends where `word` ends at `end`, or null.
  [[nodiscard]] const Rule* find(std::string_view word, std::size_t end) const;

  std::bitset<11172> anchors_;          ///< last syllables of all rules
  StringMap<std::vector<Rule>> rules_;  ///< by last syllable
};

}  // namespace mbe::analyse
