// Reads records as turns of a conversation. What several of them share - a speaker's and a
// session's name, where a session goes on in other segments - is decoded once. One thread; the
// state must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "index/attribute/segment.h"
#include "index/common/segment_stack.h"

namespace mbe {

class TurnReader {
 public:
  using State = SegmentStack<AttributeSegment>::State;
  /// `beside`: neighbours on each side.
  TurnReader(const State& state, std::size_t beside) : state_(state), beside_(beside) {}

  /// A record by its segment and local number. Errors: corrupt.
  [[nodiscard]] Result<AttributeTurn> read(std::size_t segment, std::uint32_t record);

 private:
  /// A speaker or a session.
  struct Text {
    std::string key;
    std::map<std::size_t, SequenceSet> elsewhere;  ///< its blocks in other segments, once asked for
  };
  [[nodiscard]] Result<Text*> text(std::size_t segment, std::uint32_t ordinal);
  /// Adds the turns beside a record that lie in its own segment.
  [[nodiscard]] Result<void> collect_here(std::size_t segment, RecordTurn turn, bool after,
                                          std::vector<std::uint64_t>& out) const;
  /// Adds those of the segments before or after.
  [[nodiscard]] Result<void> collect_elsewhere(std::uint64_t sequence, std::size_t segment,
                                               Text& session, bool after,
                                               std::vector<std::uint64_t>& out) const;

  const State& state_;
  std::size_t beside_;
  std::unordered_map<std::uint64_t, Text> texts_;  ///< by segment and ordinal
};

}  // namespace mbe
