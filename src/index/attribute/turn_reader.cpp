#include "index/attribute/turn_reader.h"

namespace mbe {

Result<TurnReader::Text*> TurnReader::text(std::size_t segment, std::uint32_t ordinal) {
  const auto [at, added] = texts_.try_emplace(std::uint64_t{segment} << 32 | ordinal);
  if (added) {
    MBE_ASSIGN(Dictionary::Item item, state_.segments[segment]->value(ordinal));
    at->second.key = std::move(item.key);
  }
  return &at->second;
}

Result<void> TurnReader::collect_here(std::size_t segment, RecordTurn turn, bool after,
                                      std::vector<std::uint64_t>& out) const {
  const AttributeSegment& from = *state_.segments[segment];
  while (out.size() < beside_) {
    const std::uint16_t next = after ? turn.after : turn.before;
    if (next == no_record) break;
    const std::uint64_t sequence = from.sequences()[next];
    if (!state_.removed.contains(sequence)) out.push_back(sequence);
    if (out.size() == beside_) break;
    MBE_ASSIGN(turn, from.turn(next));
  }
  return {};
}

Result<void> TurnReader::collect_elsewhere(std::uint64_t sequence, std::size_t segment,
                                           Text& session, bool after,
                                           std::vector<std::uint64_t>& out) const {
  const auto& segments = state_.segments;
  const auto step = [after](std::size_t at) { return after ? at + 1 : at - 1; };
  // Below 0 wraps and ends the loop.
  for (auto at = step(segment); at < segments.size() && out.size() < beside_; at = step(at)) {
    const auto [known, added] = session.elsewhere.try_emplace(at);
    if (added) {
      MBE_ASSIGN(known->second, segments[at]->with_key(session.key));
    }
    const SequenceSet& members = known->second;
    auto next = after ? members.next_after(sequence) : members.last_before(sequence);
    while (next && out.size() < beside_) {
      if (!state_.removed.contains(*next)) out.push_back(*next);
      next = after ? members.next_after(*next) : members.last_before(*next);
    }
  }
  return {};
}

Result<AttributeTurn> TurnReader::read(std::size_t segment, std::uint32_t record) {
  const AttributeSegment& from = *state_.segments[segment];
  MBE_ASSIGN(const RecordNumbers numbers, from.numbers(record));
  MBE_ASSIGN(const RecordTurn turn, from.turn(record));
  AttributeTurn out{.kind = static_cast<Kind>(numbers.kind), .time_ms = numbers.time_ms()};
  if (turn.speaker != no_ordinal) {
    MBE_ASSIGN(const Text* const speaker, text(segment, turn.speaker));
    out.speaker = speaker->key.substr(1);
  }
  if (turn.session == no_ordinal) return out;
  MBE_ASSIGN(Text* const session, text(segment, turn.session));
  out.session = session->key.substr(1);
  for (const bool after : {false, true}) {
    auto& side = after ? out.beside.after : out.beside.before;
    MBE_TRY(collect_here(segment, turn, after, side));
    MBE_TRY(collect_elsewhere(from.sequences()[record], segment, *session, after, side));
  }
  return out;
}

}  // namespace mbe
