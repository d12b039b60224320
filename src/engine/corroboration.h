// How far a hit can be believed: by the trust of whoever wrote it, and by others who say the same.
// It changes no score and no order. Formula and limits: docs/formulas/trust.md; the numbers:
// data/recall/trust.tsv, negations.tsv. Immutable once read: any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace mbe {

class AttributeSnapshot;

class TrustTables {
 public:
  /// Reads trust.tsv (a name of a trust and a number from 0 to 1 each line) and negations.tsv (a
  /// language and a word) of `directory` (data/recall). Errors: io (unreadable), corrupt (a line
  /// that is not so, a trust without a number).
  [[nodiscard]] static Result<TrustTables> open(const std::filesystem::path& directory);
  /// How far one statement of that trust is believed; 0 for a name that is no trust.
  [[nodiscard]] float of(const std::string& trust) const;

  /// How many words turn the text round; two that say the same have as many.
  [[nodiscard]] std::size_t negations(const std::string& text) const;

 private:
  Result<void> read_weights(const std::filesystem::path& file);
  Result<void> read_negations(const std::filesystem::path& file);

  std::map<std::string, float> weights_;
  std::vector<std::string> whole_, anywhere_;  ///< English, Korean
};

/// Of one cue's candidates, so many of the best are held beside each other.
inline constexpr std::size_t corroboration_reach = 50;

/// Whether several accounts wrote into the memory: with one alone there is nothing to compare.
/// Errors: corrupt.
[[nodiscard]] Result<bool> has_several_writers(const AttributeSnapshot& attributes);

}  // namespace mbe
