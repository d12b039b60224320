// A set of block sequences: what a filter leaves, what a search may return. A thin wrapper of a
// CRoaring bitmap, the only place that names it. Sequences are below 2^32 (sequence_limit).
// A plain value: copies are deep; concurrent const calls are safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <roaring/roaring.hh>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mbe {

/// Sequences an index accepts are below this: a chain of four thousand million blocks.
inline constexpr std::uint64_t sequence_limit = std::uint64_t{1} << 32;

class SequenceSet {
 public:
  SequenceSet() = default;
  SequenceSet(std::initializer_list<std::uint64_t> sequences);
  explicit SequenceSet(std::span<const std::uint64_t> sequences);
  /// All sequences from `first` up to, not including, `end`.
  [[nodiscard]] static SequenceSet range(std::uint64_t first, std::uint64_t end);

  /// Puts a sequence (below sequence_limit) in, takes one out; no effect if it is so already.
  /// O(log n).
  void add(std::uint64_t sequence);
  void remove(std::uint64_t sequence);
  /// Anything at or above sequence_limit is never contained. O(log n).
  [[nodiscard]] bool contains(std::uint64_t sequence) const;
  [[nodiscard]] bool empty() const { return bits_.isEmpty(); }
  [[nodiscard]] std::uint64_t size() const { return bits_.cardinality(); }

  SequenceSet& operator&=(const SequenceSet& other);
  SequenceSet& operator|=(const SequenceSet& other);
  /// Removes what is in `other`.
  SequenceSet& operator-=(const SequenceSet& other);
  [[nodiscard]] friend SequenceSet operator&(SequenceSet a, const SequenceSet& b) { return a &= b; }
  [[nodiscard]] friend SequenceSet operator|(SequenceSet a, const SequenceSet& b) { return a |= b; }
  [[nodiscard]] friend SequenceSet operator-(SequenceSet a, const SequenceSet& b) { return a -= b; }
  [[nodiscard]] bool operator==(const SequenceSet& other) const { return bits_ == other.bits_; }

  /// Ascending. O(n).
  [[nodiscard]] std::vector<std::uint64_t> to_vector() const;
  /// The members from `first` up to, not including, `end`, ascending. O(log n + result).
  [[nodiscard]] std::vector<std::uint64_t> between(std::uint64_t first, std::uint64_t end) const;
  /// Whether every sequence from `first` up to, not including, `end` is in. O(log n + containers).
  [[nodiscard]] bool contains_range(std::uint64_t first, std::uint64_t end) const;
  /// The largest member. O(1).
  [[nodiscard]] std::optional<std::uint64_t> last() const;
  /// How many members both have, without making their intersection. O(containers).
  [[nodiscard]] std::uint64_t shared_with(const SequenceSet& other) const;
  /// The smallest member above `sequence`, the largest below it. O(log n).
  [[nodiscard]] std::optional<std::uint64_t> next_after(std::uint64_t sequence) const;
  [[nodiscard]] std::optional<std::uint64_t> last_before(std::uint64_t sequence) const;

  /// CRoaring's portable form, and back; nothing for bytes that are not one (every container is
  /// checked before the library sees it). O(bytes).
  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static std::optional<SequenceSet> parse(std::string_view bytes);

 private:
  Roaring bits_;
};

}  // namespace mbe
