#include "analyse/korean_lattice.h"

#include <algorithm>
#include <limits>

namespace mbe::analyse {
namespace {

constexpr std::size_t steps_kept = 1U << 15U;  // half a megabyte: fits a processor's own cache
constexpr std::uint16_t lists_kept = 0x80;  // beyond, a list's number would look like a lead byte
constexpr std::size_t group_characters_max = 24;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr unsigned rank_bits = 16;  // of a rank that are the place in the order
constexpr DictionaryToken edge;     ///< before the text and after it

std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(bytes, text.size());
}

}  // namespace

KoreanLattice::KoreanLattice(const KoreanDictionary& dictionary)
    : dictionary_(dictionary),
      steps_(steps_kept),
      rights_(dictionary.left_size()),
      ranks_(dictionary.left_size()),
      ids_(dictionary.left_size()),
      slot_of_right_(dictionary.left_size()),
      bests_(dictionary.right_size()),
      slot_of_left_(dictionary.right_size()) {}

WordList::State KoreanLattice::step(std::uint16_t list, std::int32_t base,
                                    std::string_view character) {
  const WordList& words = dictionary_.lists()[list];
  if (character.size() > 3 || list >= lists_kept) return words.step(base, character);
  std::uint32_t key = list;
  for (const char c : character) key = key << 8U | static_cast<unsigned char>(c);
  const std::uint32_t mixed =
      (static_cast<std::uint32_t>(base) * 0x9E3779B1U) ^ (key * 0x85EBCA6BU);
  CachedStep& kept = steps_[mixed >> 17U];
  if (kept.base != base || kept.character != key) {
    kept = {base, key, words.step(base, character)};
  }
  return kept.to;
}

/// All words that begin here, as mecab finds them: shorter ones first.
void KoreanLattice::find_words(std::string_view text, std::size_t begin) {
  matches_.clear();
  const auto lists = dictionary_.lists();
  for (std::uint16_t list = 0; list < lists.size(); ++list) {
    WordList::State state = lists[list].root();
    for (std::size_t at = begin; at < text.size();) {
      const auto character = text.substr(at, character_bytes(text.substr(at)));
      state = step(list, state.base, character);
      if (state.base == 0) break;
      at += character.size();
      if (state.value < 0) continue;
      matches_.push_back({lists[list].readings(state.value), static_cast<std::uint32_t>(at), list});
    }
  }
  find_unknown(text, begin);
}

void KoreanLattice::add_unknown(CharacterClass first, std::size_t end) {
  matches_.push_back(
      {dictionary_.unknown_readings(first.main()), static_cast<std::uint32_t>(end), unknown_list});
}

/// Words by their characters' classes: a run of the class, and its first few characters.
void KoreanLattice::find_unknown(std::string_view text, std::size_t begin) {
  const CharacterClass first = dictionary_.character(text.substr(begin));
  if (!matches_.empty() && !first.always()) return;
  const std::size_t second = begin + character_bytes(text.substr(begin));
  std::size_t group_end = text.size() + 1;  // of a group that was looked for
  if (first.grouped()) {
    std::size_t more = 0;
    group_end = second;
    for (CharacterClass last = first; group_end < text.size(); ++more) {
      const CharacterClass next = dictionary_.character(text.substr(group_end));
      if (!last.shares(next)) break;
      last = next;
      group_end += character_bytes(text.substr(group_end));
    }
    if (more <= group_characters_max) add_unknown(first, group_end);
  }
  std::size_t end = second;
  for (std::uint32_t length = 1; length <= first.length_max(); ++length) {
    if (end == group_end) continue;
    add_unknown(first, end);
    if (end >= text.size() || !first.shares(dictionary_.character(text.substr(end)))) break;
    end += character_bytes(text.substr(end));
  }
  if (matches_.empty()) add_unknown(first, end);
}

/// Of the nodes that end here only the cheapest of each right id can be on the best path; where
/// costs are equal, the first in mecab's order.
void KoreanLattice::gather_ending(std::size_t at) {
  std::size_t count = 0;
  for (std::uint32_t id = ending_[at]; id != none;) {
    const Node& node = nodes_[id];
    const std::uint16_t right = node.token->right;
    const std::int64_t rank = std::int64_t{node.cost} * (1 << rank_bits);
    const std::size_t slot = slot_of_right_[right];
    const bool repeated = slot < count && rights_[slot] == right;
    const bool kept = !repeated || rank + static_cast<std::int64_t>(slot) < ranks_[slot];
    if (repeated && kept) ranks_[slot] = never / 2;  // the cheaper one comes later in the order
    if (kept) {
      slot_of_right_[right] = static_cast<std::uint16_t>(count);
      rights_[count] = right;
      ranks_[count] = rank + static_cast<std::int64_t>(count);
      ids_[count++] = id;
    }
    id = node.beside;
  }
  ending_count_ = count;
  best_count_ = 0;
}

const KoreanLattice::Best& KoreanLattice::best_before(std::uint16_t left) {
  const std::size_t slot = slot_of_left_[left];
  if (slot < best_count_ && bests_[slot].left == left) return bests_[slot];
  const std::int16_t* const connection = dictionary_.connections(left).data();
  std::int64_t lowest = never;
  for (std::size_t i = 0; i < ending_count_; ++i) {
    const std::int64_t rank = ranks_[i] + std::int64_t{connection[rights_[i]]} * (1 << rank_bits);
    lowest = rank < lowest ? rank : lowest;
  }
  slot_of_left_[left] = static_cast<std::uint16_t>(best_count_);
  Best& best = bests_[best_count_++];
  best = {left, ids_[static_cast<std::uint16_t>(lowest)],
          static_cast<std::int32_t>(lowest >> rank_bits)};
  return best;
}

/// The cheapest way to each word that begins here.
void KoreanLattice::connect(std::size_t begin) {
  for (auto match = matches_.rbegin(); match != matches_.rend(); ++match) {
    std::uint32_t& newest = ending_[match->end];
    for (auto token = match->readings.rbegin(); token != match->readings.rend(); ++token) {
      if (!dictionary_.connects(*token)) continue;
      const Best& best = best_before(token->left);
      const auto id = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({&*token, best.before, newest, best.cost + token->cost,
                        static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(match->end),
                        match->list});
      newest = id;
    }
  }
}

void KoreanLattice::read_back(std::size_t size) {
  while (ending_[size] == none) --size;
  gather_ending(size);
  for (auto id = best_before(edge.left).before; id != 0; id = nodes_[id].before) {
    const Node& node = nodes_[id];
    const bool known = node.list != unknown_list;
    const WordList& list = known ? dictionary_.lists()[node.list] : dictionary_.unknown();
    const bool after_space = node.begin > nodes_[node.before].end;
    words_.push_back(
        {node.begin, node.end, node.token->cost, after_space, known, list.feature(*node.token)});
  }
  std::reverse(words_.begin(), words_.end());
}

const std::vector<LatticeWord>& KoreanLattice::cut(std::string_view text) {
  words_.clear();
  nodes_.assign(1, {});
  nodes_[0].token = &edge;
  ending_.assign(text.size() + 1, none);
  ending_[0] = 0;
  const CharacterClass space = dictionary_.character(" ");
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (ending_[at] == none) continue;
    std::size_t begin = at;
    for (CharacterClass last = space; begin < text.size();) {
      const CharacterClass next = dictionary_.character(text.substr(begin));
      if (!last.shares(next)) break;
      last = next;
      begin += character_bytes(text.substr(begin));
    }
    if (begin == text.size()) break;
    find_words(text, begin);
    gather_ending(at);
    connect(begin);
  }
  read_back(text.size());
  return words_;
}

}  // namespace mbe::analyse
