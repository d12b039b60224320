// Reads records as turns of a conversation. What several of them share - a speaker, a session and
// its members - is decoded once. One thread; the state must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

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
  struct Text {
    AttributeSegment::Value value;
    std::optional<SequenceSet> having;  ///< of its segment, once asked for
  };
  [[nodiscard]] Result<Text*> text(std::size_t segment, std::uint32_t ordinal);
  [[nodiscard]] Result<void> collect(std::uint64_t sequence, std::size_t segment,
                                     const Text& session, bool after,
                                     std::vector<std::uint64_t>& out) const;

  const State& state_;
  std::size_t beside_;
  std::unordered_map<std::uint64_t, Text> texts_;  ///< by segment and ordinal
};

}  // namespace mbe
