// Any bytes: the reader of attribute segments, of sets and of flags answers corrupt or reads within
// them; raw, and as the sections of a file whose checksums fit.
#include <cstdint>
#include <string>
#include <utility>

#include "index/attribute/flags.h"
#include "index/attribute/segment.h"

namespace {

void read_all(const mbe::AttributeSegment& segment) {
  for (std::uint32_t record = 0; record < segment.sequences().size(); ++record) {
    (void)segment.numbers(record);
    const auto ordinals = segment.ordinals(record);
    for (const std::uint32_t one : ordinals.ok() ? *ordinals : std::vector<std::uint32_t>{}) {
      (void)segment.value(one);
    }
    (void)segment.turn(record);
  }
  for (auto at = segment.dictionary().begin();;) {
    const auto more = at.next();
    if (!more.ok() || !*more) break;
    (void)segment.with_key(at.key());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mbe::AttributeSegment;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)mbe::FlagHistory::parse(bytes);
  if (const auto set = mbe::SequenceSet::parse(bytes)) (void)set->to_vector();
  auto raw = mbe::SegmentFile::from_memory(AttributeSegment::form(), bytes);
  if (raw.ok()) (void)AttributeSegment::parse(*raw);
  if (size < 1) return 0;
  const std::uint32_t count = 1u + data[0] % 50u;
  mbe::SegmentBuilder builder(AttributeSegment::form(), {count, 0, count - 1});
  std::string sequences;
  for (std::uint32_t i = 0; i < count; ++i) {
    sequences.append(reinterpret_cast<const char*>(&i), sizeof i);
  }
  builder.add(mbe::section_bounds, std::string(sizeof(mbe::RecordBounds), '\0'));
  builder.add(mbe::section_sequences, sequences);
  builder.add(mbe::section_numbers, std::string(count * sizeof(mbe::RecordNumbers), '\0'));
  std::size_t at = 1;
  for (const std::uint32_t section :
       {mbe::section_forward_ends, mbe::section_turns, mbe::section_forward,
        mbe::section_dictionary, mbe::section_dictionary_heads, mbe::section_sets}) {
    if (at + 2 > size) break;
    std::size_t length = data[at] | std::size_t{data[at + 1]} << 8;
    const bool column = section == mbe::section_forward_ends || section == mbe::section_turns;
    if (section == mbe::section_forward_ends) length = count * 4ul;
    if (section == mbe::section_turns) length = count * sizeof(mbe::RecordTurn);
    at += 2;
    std::string part = bytes.substr(std::min(at, size), length);
    if (column) part.resize(length);
    at += std::min(length, size - at);
    builder.add(section, std::move(part));
  }
  auto file = mbe::SegmentFile::from_memory(AttributeSegment::form(), builder.finish());
  if (!file.ok()) return 0;
  const auto segment = AttributeSegment::parse(*std::move(file));
  if (segment.ok()) {
    read_all(**segment);
    (void)AttributeSegment::merge(std::span(&*segment, 1), mbe::SequenceSet{});
  }
  return 0;
}
