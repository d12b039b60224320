// Two statements of one person beside each other: is the later one the earlier said again, or does
// it speak against it? The core of block_merger and of conflicts. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyse/analysis.h"

namespace mbe {

/// What of a text is compared.
struct Statement {
  std::vector<std::string> words;     ///< lemmas, stems and concepts; sorted
  std::vector<std::string> amounts;   ///< numbers and dates; sorted
  std::vector<std::string> asserted;  ///< ids of keywords that are said to be so; sorted
  std::vector<std::string> denied;    ///< ids of those that are not
  std::vector<std::string> tags;
  /// Says something that lasts: no question, chatter, deed or bare mood, nothing about today.
  bool comparable = false;
};

/// Reads an analysis as a statement made at `said_ms`.
[[nodiscard]] Statement statement_of(const Analysis& analysis, TimeMs said_ms);

inline constexpr double restated_from = 0.8;  ///< share of common words, see common_share
inline constexpr double conflict_from = 0.5;

/// Common words over all words of both (Jaccard), 0 … 1.
[[nodiscard]] double common_share(const Statement& a, const Statement& b);

/// The share of common words, if one says the other again: comparable both, at least restated_from,
/// with the same amounts, tags, assertions and denials.
[[nodiscard]] std::optional<double> restates(const Statement& a, const Statement& b);

/// How two statements differ that speak of the same.
enum class Conflict { amount, denial, mood };
/// Comparable both, at least conflict_from of their words in common, and: other amounts, or one
/// denies what the other asserts, or one is positive and the other negative.
[[nodiscard]] std::optional<Conflict> conflict_between(const Statement& a, const Statement& b);

}  // namespace mbe
