// Chooses which memories enter a prompt: the greedy knapsack by relevance per token, near repeats
// collapsed onto the most relevant one. Pure. Formula: docs/formulas/budget.md.
#pragma once

#include <string>
#include <vector>

#include "compose/composer.h"

namespace mbe {

/// Share of common character bigrams (Dice, 0 … 1) of two texts, blanks and case of ASCII ignored.
/// O(n log n).
[[nodiscard]] double bigram_overlap(std::string_view a, std::string_view b);

/// Texts that overlap by this much say the same; only one of them is worth its tokens.
inline constexpr double near_duplicate_overlap = 0.85;

struct Chosen {
  std::size_t index;  ///< into the items given
  std::string text;   ///< the whole text, or its beginning with the cut mark
  bool cut = false;
};

/// What an item costs when printed.
struct BudgetContext {
  const PromptRequest& request;
  const PromptTemplates& words;
  const TokenMeter& counter;

  /// Tokens of the item, fence included, when it shows `text`.
  [[nodiscard]] std::size_t cost(const PromptItem& item, std::string_view text) const;
};

/// Picks items for at most `tokens`. `keep_order`: first come first served (pinned items) instead
/// of relevance per token. An item that does not fit whole is cut when at least a third of it fits
/// and nothing else was cut. The result is ordered by index.
[[nodiscard]] std::vector<Chosen> choose(const std::vector<PromptItem>& items, std::size_t tokens,
                                         bool keep_order, const BudgetContext& context);

}  // namespace mbe
