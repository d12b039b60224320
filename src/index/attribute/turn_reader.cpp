#include "index/attribute/turn_reader.h"

#include <ranges>

namespace mbe {

Result<TurnReader::Text*> TurnReader::text(std::size_t segment, std::uint32_t ordinal) {
  const auto [at, added] = texts_.try_emplace(std::uint64_t{segment} << 32 | ordinal);
  if (added) {
    MBE_ASSIGN(at->second.value, state_.segments[segment]->value(ordinal));
  }
  return &at->second;
}

Result<void> TurnReader::collect(std::uint64_t sequence, std::size_t segment, const Text& session,
                                 bool after, std::vector<std::uint64_t>& out) const {
  const auto& segments = state_.segments;
  std::uint64_t at = sequence;
  for (std::size_t number = segment; number < segments.size() && out.size() < beside_;) {
    SequenceSet other;
    if (number != segment) {
      MBE_ASSIGN(other, segments[number]->with_key(session.value.key));
    }
    const SequenceSet& members = number == segment ? *session.having : other;
    while (out.size() < beside_) {
      const auto next = after ? members.next_after(at) : members.last_before(at);
      if (!next) break;
      at = *next;
      if (!state_.removed.contains(at)) out.push_back(at);
    }
    number = after ? number + 1 : number - 1;  // below 0 wraps and ends the loop
  }
  return {};
}

Result<AttributeTurn> TurnReader::read(std::size_t segment, std::uint32_t record) {
  const AttributeSegment& from = *state_.segments[segment];
  MBE_ASSIGN(const RecordNumbers numbers, from.numbers(record));
  AttributeTurn out{.kind = static_cast<Kind>(numbers.kind), .time_ms = numbers.time_ms()};
  MBE_ASSIGN(const std::vector<std::uint32_t> ordinals, from.ordinals(record));
  // Ordinals rise with the field: who and where stand near the end.
  for (const std::uint32_t ordinal : ordinals | std::views::reverse) {
    MBE_ASSIGN(auto* const found, text(segment, ordinal));
    const auto field = static_cast<Field>(found->value.key.front());
    if (field < Field::speaker) break;
    if (field == Field::speaker) out.speaker = found->value.key.substr(1);
    if (field != Field::session) continue;
    out.session = found->value.key.substr(1);
    if (!found->having) {
      MBE_ASSIGN(found->having, from.with(found->value.entry));
    }
    const std::uint64_t sequence = from.sequences()[record];
    MBE_TRY(collect(sequence, segment, *found, false, out.beside.before));
    MBE_TRY(collect(sequence, segment, *found, true, out.beside.after));
  }
  return out;
}

}  // namespace mbe
