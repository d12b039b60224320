#include <algorithm>
#include <utility>

#include "index/attribute/segment.h"
#include "index/common/encoding.h"

namespace mbe {
namespace {

template <class T>
std::string raw_bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

RecordNumbers numbers_of(const AttributeRecord& record) {
  return {.recorded_ms = record.recorded_ms,
          .event_ms = record.event_ms.value_or(no_event),
          .day = record.day,
          .importance = static_cast<std::uint16_t>(record.importance * 1000 + 0.5f),
          .kind = static_cast<std::uint8_t>(record.kind),
          .trust = static_cast<std::uint8_t>(record.trust)};
}

std::vector<std::uint32_t> keys_of(const AttributeRecord& record, AttributeSegmentWriter& writer) {
  std::vector<std::uint32_t> out;
  const auto add = [&](Field field, const std::string& value) {
    if (!value.empty()) out.push_back(writer.key(value_key(field, value)));
  };
  for (const std::string& tag : record.tags) add(Field::tag, tag);
  for (const std::string& keyword : record.keywords) add(Field::keyword, keyword);
  add(Field::speaker, record.speaker);
  add(Field::session, record.session);
  add(Field::source, record.source);
  add(Field::channel, record.channel);
  add(Field::writer, record.writer);
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::uint32_t AttributeSegmentWriter::key(std::string_view key) {
  const auto known = keys_.find(key);
  if (known != keys_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(members_.size());
  keys_.emplace(std::string(key), number);
  members_.emplace_back();
  return number;
}

std::uint32_t AttributeSegmentWriter::number_key(Field field, std::int64_t value) {
  const std::int64_t id = value * 16 + static_cast<std::int64_t>(field);
  const auto known = number_keys_.find(id);
  if (known != number_keys_.end()) return known->second;
  std::string text = fmt::format("{}", value);
  if (field == Field::kind) text = kind_name(static_cast<Kind>(value));
  if (field == Field::trust) text = trust_name(static_cast<Trust>(value));
  return number_keys_[id] = key(value_key(field, text));
}

void AttributeSegmentWriter::add(std::uint64_t sequence, const RecordNumbers& numbers,
                                 std::span<const std::uint32_t> keys) {
  const auto record = static_cast<std::uint32_t>(sequences_.size());
  sequences_.push_back(static_cast<std::uint32_t>(sequence));
  numbers_.push_back(numbers);
  forward_.emplace_back(keys.begin(), keys.end());
  for (const std::uint32_t number : keys) members_[number].push_back(record);
  for (const std::uint32_t number :
       {number_key(Field::kind, numbers.kind), number_key(Field::trust, numbers.trust),
        number_key(Field::day, numbers.day)}) {
    members_[number].push_back(record);
  }
  bounds_.time_min = std::min(bounds_.time_min, numbers.time_ms());
  bounds_.time_max = std::max(bounds_.time_max, numbers.time_ms());
  bounds_.recorded_max = std::max(bounds_.recorded_max, numbers.recorded_ms);
  bounds_.day_min = std::min(bounds_.day_min, numbers.day);
  bounds_.day_max = std::max(bounds_.day_max, numbers.day);
  bounds_.importance_min = std::min(bounds_.importance_min, numbers.importance);
  bounds_.importance_max = std::max(bounds_.importance_max, numbers.importance);
}

// `fields`: of each entry of the dictionary, as the forward lists number them.
std::vector<RecordTurn> AttributeSegmentWriter::turns(std::span<const char> fields) const {
  std::vector<RecordTurn> out(forward_.size());
  std::unordered_map<std::uint32_t, std::uint16_t> last;  // record, by session
  for (std::size_t record = 0; record < out.size(); ++record) {
    RecordTurn& turn = out[record];
    for (const std::uint32_t ordinal : forward_[record]) {
      const auto field = static_cast<Field>(fields[ordinal]);
      if (field == Field::speaker) turn.speaker = ordinal;
      if (field == Field::session) turn.session = ordinal;
    }
    if (turn.session == no_ordinal) continue;
    const auto number = static_cast<std::uint16_t>(record);
    const auto [at, first] = last.try_emplace(turn.session, number);
    if (first) continue;
    turn.before = std::exchange(at->second, number);
    out[turn.before].after = number;
  }
  return out;
}

std::string AttributeSegmentWriter::finish() {
  std::vector<const std::pair<const std::string, std::uint32_t>*> order;
  for (const auto& known : keys_) {
    if (!members_[known.second].empty()) order.push_back(&known);
  }
  std::ranges::sort(order, {}, [](const auto* known) { return std::string_view(known->first); });
  DictionaryBuilder dictionary;
  std::string sets;
  std::vector<std::uint32_t> ordinals(members_.size());
  std::string fields;  // of each entry
  std::vector<std::uint64_t> sequences;
  for (std::uint32_t ordinal = 0; ordinal < order.size(); ++ordinal) {
    const auto& [key, number] = *order[ordinal];
    ordinals[number] = ordinal;
    fields += key.front();
    const std::vector<std::uint32_t>& members = members_[number];
    if (members.size() == 1) {
      dictionary.add_single(key, members[0]);
      continue;
    }
    sequences.clear();
    for (const std::uint32_t record : members) sequences.push_back(sequences_[record]);
    const std::string bytes = SequenceSet(sequences).serialise();
    dictionary.add_list(key, members.size(), bytes.size());
    sets += bytes;
  }
  std::string forward;
  std::vector<std::uint32_t> ends;
  for (std::vector<std::uint32_t>& keys : forward_) {
    for (std::uint32_t& number : keys) number = ordinals[number];
    std::ranges::sort(keys);
    for (const std::uint32_t ordinal : keys) append_varint(forward, ordinal);
    ends.push_back(static_cast<std::uint32_t>(forward.size()));
  }
  SegmentBuilder out(AttributeSegment::form(), {.items = sequences_.size(),
                                                .first_sequence = sequences_.front(),
                                                .last_sequence = sequences_.back()});
  out.add(section_bounds, {reinterpret_cast<const char*>(&bounds_), sizeof bounds_});
  out.add(section_sequences, raw_bytes(sequences_));
  out.add(section_numbers, raw_bytes(numbers_));
  out.add(section_forward_ends, raw_bytes(ends));
  out.add(section_forward, std::move(forward));
  out.add(section_dictionary, dictionary.take_groups());
  out.add(section_dictionary_heads, dictionary.take_heads());
  out.add(section_sets, std::move(sets));
  out.add(section_turns, raw_bytes(turns(fields)));
  return out.finish();
}

std::string AttributeSegment::build(std::span<const AttributeRecord> records) {
  AttributeSegmentWriter writer;
  for (const AttributeRecord& record : records) {
    const std::vector<std::uint32_t> keys = keys_of(record, writer);
    writer.add(record.sequence, numbers_of(record), keys);
  }
  return writer.finish();
}

Result<std::string> AttributeSegment::merge(std::span<const Pointer> segments,
                                            const SequenceSet& without) {
  AttributeSegmentWriter writer;
  for (const Pointer& segment : segments) {
    std::vector<std::uint32_t> numbers;  // in the writer, by ordinal here
    for (auto at = segment->dictionary().begin();;) {
      MBE_ASSIGN(const bool more, at.next());
      if (!more) break;
      numbers.push_back(writer.key(at.key()));
    }
    for (std::uint32_t record = 0; record < segment->sequences().size(); ++record) {
      const std::uint64_t sequence = segment->sequences()[record];
      if (!without.empty() && without.contains(sequence)) continue;
      MBE_ASSIGN(const RecordNumbers kept, segment->numbers(record));
      MBE_ASSIGN(std::vector<std::uint32_t> keys, segment->ordinals(record));
      for (std::uint32_t& key : keys) {
        if (key >= numbers.size()) return segment->file().corrupt("forward list");
        key = numbers[key];
      }
      writer.add(sequence, kept, keys);
    }
  }
  return writer.records() == 0 ? std::string{} : writer.finish();
}

}  // namespace mbe
