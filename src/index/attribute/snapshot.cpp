#include "index/attribute/snapshot.h"

#include <algorithm>
#include <map>
#include <utility>

#include "index/attribute/turn_reader.h"

namespace mbe {
namespace {

/// Texts that take the place of others, whose room they use again.
class Texts {
 public:
  explicit Texts(std::vector<std::string>& texts) : texts_(texts) {}
  void add(std::string_view text) {
    if (size_ == texts_.size()) texts_.emplace_back();
    texts_[size_++] = text;
  }
  void finish() { texts_.resize(size_); }

 private:
  std::vector<std::string>& texts_;
  std::size_t size_ = 0;
};

/// The text of a record that has one of its kind at most.
std::string* single_text(AttributeRecord& record, Field field) {
  switch (field) {
    case Field::speaker:
      return &record.speaker;
    case Field::session:
      return &record.session;
    case Field::source:
      return &record.source;
    case Field::channel:
      return &record.channel;
    case Field::writer:
      return &record.writer;
    default:
      return nullptr;
  }
}

std::optional<TimeMs> event_of(const RecordNumbers& numbers) {
  return numbers.event_ms == no_event ? std::nullopt : std::optional(numbers.event_ms);
}

float importance_of(const RecordNumbers& numbers) {
  return static_cast<float>(numbers.importance) / 1000.0f;
}

}  // namespace

std::optional<SegmentedAttributeSnapshot::Place> SegmentedAttributeSnapshot::find(
    std::uint64_t sequence) const {
  if (state_->removed.contains(sequence)) return std::nullopt;
  const auto& segments = state_->segments;
  const auto at = std::ranges::lower_bound(segments, sequence, {}, [](const auto& segment) {
    return segment->file().info().last_sequence;
  });
  if (at == segments.end()) return std::nullopt;
  const std::optional<std::uint32_t> record = (*at)->find(sequence);
  if (!record) return std::nullopt;
  return Place{static_cast<std::size_t>(at - segments.begin()), *record};
}

SequenceSet SegmentedAttributeSnapshot::all() const {
  SequenceSet out;
  for (const auto& segment : state_->segments) out |= segment->all();
  return out - state_->removed;
}

Result<SequenceSet> SegmentedAttributeSnapshot::select(const AttributeFilter& filter) const {
  std::optional<std::uint64_t> until = filter.sequence_until;
  if (filter.recorded_until_ms) {
    MBE_ASSIGN(const auto last, as_of(*filter.recorded_until_ms));
    if (!last) return SequenceSet{};
    until = std::min(until.value_or(*last), *last);
  }
  SequenceSet out;
  for (const auto& segment : state_->segments) {
    MBE_ASSIGN(const SequenceSet part, select_in(*segment, filter));
    out |= part;
  }
  out -= state_->removed;
  if (until) out &= SequenceSet::range(0, *until + 1);
  for (const Flag flag : filter.with_flags) out &= until ? flags_->at(flag, *until) : flagged(flag);
  for (const Flag flag : filter.without_flags) {
    out -= until ? flags_->at(flag, *until) : flagged(flag);
  }
  return out;
}

Result<void> SegmentedAttributeSnapshot::read(std::uint64_t sequence, const Place& place,
                                              ReadKeys& keys, AttributeRecord& out) const {
  const AttributeSegment& segment = *state_->segments[place.segment];
  MBE_ASSIGN(const RecordNumbers numbers_of, segment.numbers(place.record));
  MBE_ASSIGN(const std::vector<std::uint32_t> ordinals, segment.ordinals(place.record));
  out.sequence = sequence;
  out.kind = static_cast<Kind>(numbers_of.kind);
  out.trust = static_cast<Trust>(numbers_of.trust);
  out.day = numbers_of.day;
  out.importance = importance_of(numbers_of);
  out.recorded_ms = numbers_of.recorded_ms;
  out.event_ms = event_of(numbers_of);
  // An empty text is no value: it never matches.
  for (auto* text : {&out.speaker, &out.session, &out.source, &out.channel, &out.writer}) {
    text->clear();
  }
  Texts tags(out.tags);
  Texts keywords(out.keywords);
  for (const std::uint32_t ordinal : ordinals) {
    auto known = keys.find(ordinal);
    if (known == keys.end()) {
      MBE_ASSIGN(Dictionary::Item found, segment.value(ordinal));
      known = keys.emplace(ordinal, std::move(found.key)).first;
    }
    const auto field = static_cast<Field>(known->second[0]);
    const std::string_view value = std::string_view(known->second).substr(1);
    if (field == Field::tag) tags.add(value);
    if (field == Field::keyword) keywords.add(value);
    if (std::string* const text = single_text(out, field)) *text = value;
  }
  tags.finish();
  keywords.finish();
  return {};
}

Result<std::optional<AttributeRecord>> SegmentedAttributeSnapshot::record(
    std::uint64_t sequence) const {
  const std::optional<Place> place = find(sequence);
  if (!place) return std::optional<AttributeRecord>{};
  ReadKeys keys;
  AttributeRecord out;
  MBE_TRY(read(sequence, *place, keys, out));
  return std::optional(std::move(out));
}

Result<void> SegmentedAttributeSnapshot::each_record(
    std::span<const std::uint64_t> sequences,
    const std::function<void(const AttributeRecord&)>& visit) const {
  ReadKeys keys;
  AttributeRecord record;
  std::size_t segment = 0;
  for (const std::uint64_t sequence : sequences) {
    const std::optional<Place> place = find(sequence);
    if (!place) continue;
    if (std::exchange(segment, place->segment) != place->segment) keys.clear();
    MBE_TRY(read(sequence, *place, keys, record));
    visit(record);
  }
  return {};
}

Result<std::vector<std::optional<AttributeSnapshot::Numbers>>> SegmentedAttributeSnapshot::numbers(
    std::span<const std::uint64_t> sequences) const {
  std::vector<std::optional<Numbers>> out(sequences.size());
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::optional<Place> place = find(sequences[i]);
    if (!place) continue;
    MBE_ASSIGN(const RecordNumbers stored,
               state_->segments[place->segment]->numbers(place->record));
    Numbers& at = out[i].emplace();
    at.kind = static_cast<Kind>(stored.kind);
    at.trust = static_cast<Trust>(stored.trust);
    at.importance = importance_of(stored);
    at.recorded_ms = stored.recorded_ms;
    at.event_ms = event_of(stored);
    at.day = stored.day;
    for (std::size_t flag = 0; flag < flag_count; ++flag) {
      const bool set = flags_->now(static_cast<Flag>(flag)).contains(sequences[i]);
      at.flags = static_cast<std::uint8_t>(at.flags | (set ? 1u << flag : 0u));
    }
  }
  return out;
}

Result<SequenceSet> SegmentedAttributeSnapshot::with_value(Field field,
                                                           std::string_view value) const {
  if (field == Field::kind || field == Field::trust || field == Field::day) {
    return fail(ErrorCode::invalid_argument,
                "kind, trust and day are not looked up by text; use a filter");
  }
  SequenceSet out;
  if (value.empty()) return out;
  for (const auto& segment : state_->segments) {
    MBE_ASSIGN(const SequenceSet part, segment->with_key(value_key(field, value)));
    out |= part;
  }
  return out - state_->removed;
}

Result<std::vector<ValueCount>> SegmentedAttributeSnapshot::values(Field field) const {
  std::map<std::string, std::uint64_t, std::less<>> counts;
  const std::string first = value_key(field, "");
  for (const auto& segment : state_->segments) {
    MBE_ASSIGN(auto at, segment->dictionary().near(first));
    for (;;) {
      MBE_ASSIGN(const bool more, at.next());
      if (!more || at.key()[0] > first[0]) break;
      if (at.key()[0] < first[0]) continue;
      std::uint64_t count = at.entry().count;
      if (!state_->removed.empty()) {
        MBE_ASSIGN(const SequenceSet with, segment->with_key(at.key()));
        count = (with - state_->removed).size();
      }
      if (count > 0) counts[at.key().substr(1)] += count;
    }
  }
  std::vector<ValueCount> out;
  for (const auto& [value, count] : counts) out.push_back({value, count});
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.count > b.count; });
  return out;
}

Result<std::vector<std::optional<AttributeTurn>>> SegmentedAttributeSnapshot::turns(
    std::span<const std::uint64_t> sequences, std::size_t count) const {
  TurnReader reader(*state_, count);
  std::vector<std::optional<AttributeTurn>> out(sequences.size());
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::optional<Place> place = find(sequences[i]);
    if (!place) continue;
    MBE_ASSIGN(out[i], reader.read(place->segment, place->record));
  }
  return out;
}

Result<Neighbours> SegmentedAttributeSnapshot::neighbours(std::uint64_t sequence,
                                                          std::size_t count) const {
  MBE_ASSIGN(auto found, turns(std::span(&sequence, 1), count));
  return found.front() ? std::move(found.front()->beside) : Neighbours{};
}

Result<std::optional<std::uint64_t>> SegmentedAttributeSnapshot::as_of(TimeMs time) const {
  std::optional<std::uint64_t> last;
  for (const auto& segment : state_->segments) {
    const auto sequences = segment->sequences();
    const bool look = segment->bounds().recorded_max > time;
    std::span<const RecordNumbers> numbers_of;
    if (look) {
      MBE_ASSIGN(numbers_of, segment->all_numbers());
    } else if (state_->removed.empty()) {
      last = sequences.back();
      continue;
    }
    for (std::size_t i = 0; i < sequences.size(); ++i) {
      if (state_->removed.contains(sequences[i])) continue;
      if (look && numbers_of[i].recorded_ms > time) return last;
      last = sequences[i];
    }
  }
  return last;
}

}  // namespace mbe
