// The cheapest way to cut a Korean text into words of the dictionary: all words that begin at each
// place, then the best path by word and connection costs (Viterbi). Gives what libmecab gives, its
// choice among equal costs included, and is several times as fast: characters are found through a
// small cache instead of all over a large file, and words that connect alike are weighed once.
// Source: T. Kudo, K. Yamamoto, Y. Matsumoto, "Applying conditional random fields to Japanese
// morphological analysis", 2004. Not thread-safe: one for each thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyse/korean_dictionary.h"

namespace mbe::analyse {

/// One word of the cheapest path.
struct LatticeWord {
  std::uint32_t begin = 0;  ///< bytes of the text
  std::uint32_t end = 0;
  std::int16_t cost = 0;
  bool after_space = false;
  bool known = true;              ///< of a list; false: by its characters alone
  const char* feature = nullptr;  ///< its feature line, as long as the dictionary lives
};

class KoreanLattice {
 public:
  /// The dictionary must outlive it.
  explicit KoreanLattice(const KoreanDictionary& dictionary);

  /// Words of `text` in order; the same until the next call. text: UTF-8 of at most 65,535 bytes.
  /// O(characters × words that meet there, by distinct context).
  const std::vector<LatticeWord>& cut(std::string_view text);

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::uint16_t unknown_list = UINT16_MAX;
  /// A word on some path, with the cheapest way to it.
  struct Node {
    const DictionaryToken* token = nullptr;
    std::uint32_t before = none;  ///< the node before it on that way
    std::uint32_t beside = none;  ///< the next node that ends where this one does
    std::int32_t cost = 0;        ///< of that way
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
    std::uint16_t list = 0;  ///< of the dictionary; unknown_list: none of them
  };
  /// Words that begin at the present place: the readings of one surface.
  struct Match {
    std::span<const DictionaryToken> readings;
    std::uint32_t end;
    std::uint16_t list;
  };
  /// A step in a word list that was made before.
  struct CachedStep {
    std::int32_t base = 0;
    std::uint32_t character = 0;  ///< below the number of its list
    WordList::State to;
  };
  /// The cheapest node before words of one left id.
  struct Best {
    std::uint16_t left = 0;
    std::uint32_t before = 0;
    std::int32_t cost = 0;
  };

  void find_words(std::string_view text, std::size_t begin);
  void find_unknown(std::string_view text, std::size_t begin);
  void add_unknown(CharacterClass first, std::size_t end);
  [[nodiscard]] WordList::State step(std::uint16_t list, std::int32_t base,
                                     std::string_view character);
  void gather_ending(std::size_t at);
  [[nodiscard]] const Best& best_before(std::uint16_t left);
  void connect(std::size_t begin);
  void read_back(std::size_t size);

  const KoreanDictionary& dictionary_;
  std::vector<CachedStep> steps_;
  std::vector<Node> nodes_;            ///< the first one stands before the text
  std::vector<std::uint32_t> ending_;  ///< by place: the newest node that ends there
  std::vector<Match> matches_;
  std::vector<LatticeWord> words_;
  // Nodes that end at the present place, the cheapest one of each right id, in mecab's order; the
  // arrays have room for every id.
  std::size_t ending_count_ = 0;
  std::vector<std::uint16_t> rights_;
  std::vector<std::int64_t> ranks_;  ///< cost, then place in this order
  std::vector<std::uint32_t> ids_;
  std::vector<std::uint16_t> slot_of_right_;  ///< where a right id stands in these, if it does
  std::size_t best_count_ = 0;
  std::vector<Best> bests_;  ///< of the left ids that were asked for at the present place
  std::vector<std::uint16_t> slot_of_left_;
};

}  // namespace mbe::analyse
