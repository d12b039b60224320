#include "index/attribute/segment.h"

#include <algorithm>

#include "index/common/encoding.h"

namespace mbe {
namespace {

template <class T>
std::span<const T> as_span(std::string_view bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

constexpr std::uint8_t kinds = 13;                                  // enumerators of Kind
constexpr std::uint8_t trusts = 6;                                  // and of Trust
constexpr std::uint64_t values_max = 2 * attribute_values_max + 5;  // of one record

}  // namespace

std::string value_key(Field field, std::string_view value) {
  std::string key(1, static_cast<char>(field));
  key += value;
  return key;
}

Result<AttributeSegment::Pointer> AttributeSegment::parse(std::shared_ptr<const SegmentFile> file) {
  std::shared_ptr<AttributeSegment> out(new AttributeSegment);
  out->file_ = std::move(file);
  MBE_TRY(out->parse_sections());
  return Pointer(std::move(out));
}

Result<void> AttributeSegment::parse_sections() {
  const std::uint64_t count = file_->info().items;
  if (count == 0 || count > records_per_segment_max) return file_->corrupt("record count");
  MBE_ASSIGN(const auto bounds, file_->checked(section_bounds, sizeof(RecordBounds)));
  bounds_ = load_number<RecordBounds>(bounds.data());
  MBE_ASSIGN(const auto sequences, file_->checked(section_sequences, count * 4));
  sequences_ = as_span<std::uint32_t>(sequences);
  if (std::ranges::adjacent_find(sequences_, std::ranges::greater_equal{}) != sequences_.end() ||
      sequences_.front() != file_->info().first_sequence ||
      sequences_.back() != file_->info().last_sequence) {
    return file_->corrupt("sequences");
  }
  if (sequences_.back() - sequences_.front() + 1 == count) {
    all_ = SequenceSet::range(sequences_.front(), std::uint64_t{sequences_.back()} + 1);
  } else {
    all_ = SequenceSet(std::vector<std::uint64_t>(sequences_.begin(), sequences_.end()));
  }
  numbers_ = file_->section(section_numbers);
  forward_ends_ = file_->section(section_forward_ends);
  forward_ = file_->section(section_forward);
  sets_ = file_->section(section_sets);
  turns_ = file_->section(section_turns);
  if (numbers_.size() != count * sizeof(RecordNumbers) || forward_ends_.size() != count * 4 ||
      turns_.size() != count * sizeof(RecordTurn)) {
    return file_->corrupt("columns");
  }
  MBE_ASSIGN(dictionary_, Dictionary::open(*file_, section_dictionary, section_dictionary_heads));
  return {};
}

std::optional<std::uint32_t> AttributeSegment::find(std::uint64_t sequence) const {
  return find_rising(sequences_, sequence);
}

Result<RecordNumbers> AttributeSegment::numbers(std::uint32_t record) const {
  const std::string_view part =
      numbers_.substr(record * sizeof(RecordNumbers), sizeof(RecordNumbers));
  if (!file_->check(part)) return file_->corrupt("page checksum");
  const auto out = load_number<RecordNumbers>(part.data());
  if (out.kind >= kinds || out.trust >= trusts) return file_->corrupt("kind or trust");
  return out;
}

Result<RecordTurn> AttributeSegment::turn(std::uint32_t record) const {
  const std::string_view part = turns_.substr(record * sizeof(RecordTurn), sizeof(RecordTurn));
  if (!file_->check(part)) return file_->corrupt("page checksum");
  const auto out = load_number<RecordTurn>(part.data());
  const bool follows =
      out.after == no_record || (out.after > record && out.after < sequences_.size());
  if (!follows || (out.before != no_record && out.before >= record)) {
    return file_->corrupt("turns of a session");
  }
  return out;
}

Result<std::span<const RecordNumbers>> AttributeSegment::all_numbers() const {
  if (!file_->check(numbers_)) return file_->corrupt("page checksum");
  return as_span<RecordNumbers>(numbers_);
}

Result<std::vector<std::uint32_t>> AttributeSegment::ordinals(std::uint32_t record) const {
  const std::string_view ends =
      forward_ends_.substr(record == 0 ? 0 : (record - 1) * 4ul, record == 0 ? 4 : 8);
  if (!file_->check(ends)) return file_->corrupt("page checksum");
  const std::uint32_t begin = record == 0 ? 0 : load_number<std::uint32_t>(ends.data());
  const auto end = load_number<std::uint32_t>(ends.data() + ends.size() - 4);
  if (begin > end || end > forward_.size()) return file_->corrupt("forward list");
  const std::string_view list = forward_.substr(begin, end - begin);
  if (!file_->check(list)) return file_->corrupt("page checksum");
  ByteReader reader(list);
  std::vector<std::uint32_t> out;
  while (reader.left() > 0 && out.size() < values_max) {
    out.push_back(static_cast<std::uint32_t>(reader.varint()));
  }
  if (!reader.ok() || reader.left() > 0) return file_->corrupt("forward list");
  return out;
}

Result<Dictionary::Item> AttributeSegment::value(std::uint32_t ordinal) const {
  MBE_ASSIGN(Dictionary::Item at, dictionary_.at(ordinal));
  if (at.key.empty()) return file_->corrupt("dictionary");
  return at;
}

Result<SequenceSet> AttributeSegment::with(const DictionaryEntry& entry) const {
  if (entry.count == 1) {
    if (entry.single >= sequences_.size()) return file_->corrupt("record number");
    return SequenceSet{sequences_[entry.single]};
  }
  if (entry.offset > sets_.size() || entry.size > sets_.size() - entry.offset) {
    return file_->corrupt("set offset");
  }
  const std::string_view bytes = sets_.substr(entry.offset, entry.size);
  if (!file_->check(bytes)) return file_->corrupt("page checksum");
  std::optional<SequenceSet> out = SequenceSet::parse(bytes);
  if (!out) return file_->corrupt("set");
  return *std::move(out);
}

Result<SequenceSet> AttributeSegment::with_key(std::string_view key) const {
  MBE_ASSIGN(const std::optional<DictionaryEntry> entry, dictionary_.find(key));
  return entry ? with(*entry) : SequenceSet{};
}

}  // namespace mbe
