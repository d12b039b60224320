// One unchanging part of the attribute index: up to 32,768 records with consecutive local numbers
// in the order of their sequences. Values live in one dictionary (field, value) with a set of
// sequences each; numbers in columns. Any thread. Bytes: docs/format/attribute.md.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/attribute/index.h"
#include "index/common/dictionary.h"
#include "index/common/segment_file.h"
#include "index/common/sequence_set.h"

namespace mbe {

inline constexpr std::uint32_t records_per_segment_max = 32768;
inline constexpr TimeMs no_event = std::numeric_limits<TimeMs>::min();

/// The numbers of a record, as stored.
struct RecordNumbers {
  TimeMs recorded_ms = 0;
  TimeMs event_ms = no_event;
  std::int32_t day = 0;
  std::uint16_t importance = 0;  ///< thousandths
  std::uint8_t kind = 0;
  std::uint8_t trust = 0;
  [[nodiscard]] TimeMs time_ms() const { return event_ms == no_event ? recorded_ms : event_ms; }
};

inline constexpr std::uint32_t no_ordinal = ~0u;
inline constexpr std::uint16_t no_record = 0xffff;

/// Who said a record and where, as stored: numbers of dictionary entries, and the records of the
/// same session before and after it in this segment.
struct RecordTurn {
  std::uint32_t speaker = no_ordinal;
  std::uint32_t session = no_ordinal;
  std::uint16_t before = no_record;
  std::uint16_t after = no_record;
};

/// Smallest and largest of a segment: whole segments pass or fail a range by them.
struct RecordBounds {
  TimeMs time_min = std::numeric_limits<TimeMs>::max();
  TimeMs time_max = std::numeric_limits<TimeMs>::min();
  TimeMs recorded_max = std::numeric_limits<TimeMs>::min();
  std::int32_t day_min = std::numeric_limits<std::int32_t>::max();
  std::int32_t day_max = std::numeric_limits<std::int32_t>::min();
  std::uint16_t importance_min = std::numeric_limits<std::uint16_t>::max();
  std::uint16_t importance_max = 0;
  std::uint32_t unused = 0;
};

/// Key of a value in the dictionary: its field, then its text.
[[nodiscard]] std::string value_key(Field field, std::string_view value);

class AttributeSegment {
 public:
  using Pointer = std::shared_ptr<const AttributeSegment>;

  [[nodiscard]] static FileForm form() { return {.magic = "MBEATTRI", .version = 3}; }
  /// Errors: corrupt.
  [[nodiscard]] static Result<Pointer> parse(std::shared_ptr<const SegmentFile> file);
  /// Rising, valid, 1 … records_per_segment_max.
  [[nodiscard]] static std::string build(std::span<const AttributeRecord> records);
  /// Errors: corrupt. Empty if nothing is left.
  [[nodiscard]] static Result<std::string> merge(std::span<const Pointer> segments,
                                                 const SequenceSet& without);

  [[nodiscard]] const SegmentFile& file() const { return *file_; }
  [[nodiscard]] bool holds(const SequenceSet& any) const { return !(all_ & any).empty(); }
  [[nodiscard]] const SequenceSet& all() const { return all_; }
  [[nodiscard]] std::span<const std::uint32_t> sequences() const { return sequences_; }
  /// The local number of a sequence. O(log n); without gaps O(1).
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t sequence) const;
  [[nodiscard]] const RecordBounds& bounds() const { return bounds_; }
  /// Errors: corrupt.
  [[nodiscard]] Result<RecordNumbers> numbers(std::uint32_t record) const;
  [[nodiscard]] Result<std::span<const RecordNumbers>> all_numbers() const;
  /// Numbers in the dictionary of the keys of a record's texts, rising. Errors: corrupt.
  [[nodiscard]] Result<std::vector<std::uint32_t>> ordinals(std::uint32_t record) const;
  /// Who said it and where. Errors: corrupt.
  [[nodiscard]] Result<RecordTurn> turn(std::uint32_t record) const;
  /// A key, never empty, and which records have it, by its number in the dictionary. Errors:
  /// corrupt.
  [[nodiscard]] Result<Dictionary::Item> value(std::uint32_t ordinal) const;
  /// The sequences with a value. Errors: corrupt.
  [[nodiscard]] Result<SequenceSet> with(const DictionaryEntry& entry) const;
  [[nodiscard]] const Dictionary& dictionary() const { return dictionary_; }
  /// The sequences with a value; empty if it does not occur. Errors: corrupt.
  [[nodiscard]] Result<SequenceSet> with_key(std::string_view key) const;

 private:
  AttributeSegment() = default;
  [[nodiscard]] Result<void> parse_sections();

  std::shared_ptr<const SegmentFile> file_;
  RecordBounds bounds_;
  std::span<const std::uint32_t> sequences_;
  SequenceSet all_;
  std::string_view numbers_;
  std::string_view turns_;
  std::string_view forward_ends_;
  std::string_view forward_;
  Dictionary dictionary_;
  std::string_view sets_;
};

/// Writes the sections of a segment; used by build and merge alone.
class AttributeSegmentWriter {
 public:
  /// Number of a key for add(); the same for equal keys.
  [[nodiscard]] std::uint32_t key(std::string_view key);
  /// Records in rising order; `keys` of its texts, without repeats. Kind, trust and day keys are
  /// added from the numbers.
  void add(std::uint64_t sequence, const RecordNumbers& numbers,
           std::span<const std::uint32_t> keys);
  [[nodiscard]] std::size_t records() const { return sequences_.size(); }
  [[nodiscard]] std::string finish();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  std::uint32_t number_key(Field field, std::int64_t value);
  std::vector<RecordTurn> turns(std::span<const char> fields) const;

  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> keys_;
  std::unordered_map<std::int64_t, std::uint32_t> number_keys_;
  std::vector<std::vector<std::uint32_t>> members_;  ///< records, by key
  std::vector<std::uint32_t> sequences_;
  std::vector<RecordNumbers> numbers_;
  std::vector<std::vector<std::uint32_t>> forward_;  ///< keys, by record
  RecordBounds bounds_;
};

inline constexpr std::uint32_t section_bounds = 1;
inline constexpr std::uint32_t section_sequences = 2;
inline constexpr std::uint32_t section_numbers = 3;
inline constexpr std::uint32_t section_forward_ends = 4;
inline constexpr std::uint32_t section_forward = 5;
inline constexpr std::uint32_t section_dictionary = 6;
inline constexpr std::uint32_t section_dictionary_heads = 7;
inline constexpr std::uint32_t section_sets = 8;
inline constexpr std::uint32_t section_turns = 9;

}  // namespace mbe
