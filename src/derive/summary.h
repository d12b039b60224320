// Which sentences of many tell most of them: the core of block_summary. Extractive and
// deterministic: nothing is worded anew, so that nothing can be said that nobody said. Pure.
// Formula: SumBasic (Nenkova, Vanderwende, Microsoft Research TR-2005-101), weighted by importance.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mbe {

/// One sentence that may stand for others.
struct Telling {
  std::vector<std::string> words;  ///< normal forms; repeats count once
  float importance = 0;            ///< 0 … 1, of the block it stands in
};

/// Places of at most `count` sentences, rising. Each pick is the one whose words are the most
/// frequent in the mean - frequency p = sentences with the word / sentences -, times
/// (1 + importance); the words of a pick then count p squared, so that the next says something
/// else. One that shares `same` of its words with a pick is passed over. Ties go to the earlier.
/// O(count * words).
[[nodiscard]] std::vector<std::size_t> most_telling(std::span<const Telling> sentences,
                                                    std::size_t count);

}  // namespace mbe
