// What is known of each block besides its words: who, when, which session, kind, trust, tags,
// keywords, flags. Filters become sets of sequences; values are looked up by sequence. Derived and
// disposable: on `corrupt` the caller deletes the directory and appends again from the log.
// Invariant: a record is exactly what the block and the flag changes up to the watermark say.
// One writer at a time; snapshots are unchanging, usable from any thread without a lock.
// Bytes: docs/format/attribute.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "block/payload.h"
#include "index/common/sequence_set.h"
#include "index/common/watermark.h"

namespace mbe {

class FileSystem;

inline constexpr std::size_t attribute_bytes_max = 1024;   ///< of one text value; longer: limit
inline constexpr std::size_t attribute_values_max = 4096;  ///< tags, and keywords, of one record

/// Set and cleared by later blocks (pin, hide, supersede …).
enum class Flag : std::uint8_t { pinned, hidden, superseded };
inline constexpr std::size_t flag_count = 3;

/// Fields whose values are listed and counted.
enum class Field : std::uint8_t {
  tag,
  keyword,
  speaker,
  session,
  source,
  kind,
  trust,
  day,
  channel,
  writer
};

struct AttributeRecord {
  std::uint64_t sequence = 0;
  Kind kind = Kind::utterance;
  Trust trust = Trust::owner;
  std::string speaker = {};
  std::string session = {};  ///< empty: none
  std::string source = {};   ///< id in the system it came from; empty: none
  std::string channel = {};
  std::string writer = {};  ///< who put it into the log; empty: the owner of the home's files
  std::int32_t day = 0;     ///< days since 1970-01-01 in the caller's zone, of the event
  float importance = 0;     ///< 0 … 1, kept in thousandths
  TimeMs recorded_ms = 0;
  std::optional<TimeMs> event_ms = {};
  std::vector<std::string> tags = {};      ///< ids; a set: order and repeats are lost
  std::vector<std::string> keywords = {};  ///< concept ids or normal forms; likewise
  bool operator==(const AttributeRecord&) const = default;
  /// When it happened if known, else when it was recorded.
  [[nodiscard]] TimeMs time_ms() const { return event_ms.value_or(recorded_ms); }
};

/// All conditions hold together; an empty one holds always. Lists are any-of unless named all_.
struct AttributeFilter {
  std::vector<std::string> any_tags = {}, all_tags = {}, no_tags = {};
  std::vector<std::string> any_keywords = {}, all_keywords = {};
  std::vector<std::string> speakers = {}, sessions = {}, sources = {}, channels = {};
  std::vector<std::string> writers = {};
  std::vector<Kind> kinds = {};
  std::vector<Trust> trusts = {};
  std::optional<TimeMs> from_ms = {}, until_ms = {};          ///< of time_ms(), both ends included
  std::optional<std::int32_t> from_day = {}, until_day = {};  ///< both ends included
  std::optional<TimeMs> recorded_until_ms = {};      ///< as-of: see AttributeSnapshot::as_of
  std::optional<std::uint64_t> sequence_until = {};  ///< included; flags are those of that moment
  float importance_min = 0;
  std::vector<Flag> with_flags = {}, without_flags = {};
  [[nodiscard]] bool operator==(const AttributeFilter&) const = default;
};

struct ValueCount {
  std::string value;
  std::uint64_t count = 0;
  bool operator==(const ValueCount&) const = default;
};

/// Turns of the same session beside one: nearest first.
struct Neighbours {
  std::vector<std::uint64_t> before;
  std::vector<std::uint64_t> after;
  bool operator==(const Neighbours&) const = default;
};

/// A record as recall weighs it: of its texts only who said it and where.
struct AttributeTurn {
  Kind kind = Kind::utterance;
  TimeMs time_ms = 0;  ///< AttributeRecord::time_ms
  std::string speaker = {};
  std::string session = {};
  Neighbours beside = {};
};

class AttributeSnapshot {
 public:
  virtual ~AttributeSnapshot() = default;

  /// The sequences that satisfy all conditions. Errors: corrupt.
  [[nodiscard]] virtual Result<SequenceSet> select(const AttributeFilter& filter) const = 0;
  /// Nothing if the sequence is not here. Errors: corrupt.
  [[nodiscard]] virtual Result<std::optional<AttributeRecord>> record(
      std::uint64_t sequence) const = 0;
  /// What is here of these sequences, which rise. A text that stands in many is read once: a fifth
  /// of the time of record() for each. Errors: corrupt.
  [[nodiscard]] virtual Result<void> each_record(
      std::span<const std::uint64_t> sequences,
      const std::function<void(const AttributeRecord&)>& visit) const = 0;

  /// The numbers of a record without its texts: for features over many candidates.
  struct Numbers {
    Kind kind = Kind::utterance;
    Trust trust = Trust::owner;
    float importance = 0;
    TimeMs recorded_ms = 0;
    std::optional<TimeMs> event_ms = {};
    std::int32_t day = 0;
    std::uint8_t flags = 0;  ///< bit n: Flag n, as of now
    [[nodiscard]] TimeMs time_ms() const { return event_ms.value_or(recorded_ms); }
    /// Whether the record carries the flag now.
    [[nodiscard]] bool has(Flag flag) const {
      return (flags >> static_cast<unsigned>(flag) & 1u) != 0;
    }
    bool operator==(const Numbers&) const = default;
  };
  /// In the order given; nothing where a sequence is not here. Errors: corrupt.
  [[nodiscard]] virtual Result<std::vector<std::optional<Numbers>>> numbers(
      std::span<const std::uint64_t> sequences) const = 0;

  /// Sequences with that value of a text field (tag, keyword, speaker, session, source, channel,
  /// writer),
  /// ascending in the set. Errors: corrupt; invalid_argument (kind, trust, day: use select).
  [[nodiscard]] virtual Result<SequenceSet> with_value(Field field,
                                                       std::string_view value) const = 0;
  /// All values of a field with their number of blocks, most first, ties by value; kind and trust
  /// as their names, day as a decimal number. Errors: corrupt.
  [[nodiscard]] virtual Result<std::vector<ValueCount>> values(Field field) const = 0;

  /// Up to `count` turns before and after in the same session; none for a block without session.
  [[nodiscard]] virtual Result<Neighbours> neighbours(std::uint64_t sequence,
                                                      std::size_t count) const = 0;
  /// In the order given, each with its neighbours(sequence, count); nothing where a sequence is not
  /// here. What several share is read once. Errors: corrupt.
  [[nodiscard]] virtual Result<std::vector<std::optional<AttributeTurn>>> turns(
      std::span<const std::uint64_t> sequences, std::size_t count) const = 0;

  /// The last sequence whose recorded time, taken as the running maximum, is at or before `time`;
  /// nothing if all were later. Removed blocks leave no trace in it.
  [[nodiscard]] virtual Result<std::optional<std::uint64_t>> as_of(TimeMs time) const = 0;

  /// Sequences that carry the flag now, or carried it after block `sequence_until` was applied.
  [[nodiscard]] virtual SequenceSet flagged(Flag flag) const = 0;
  [[nodiscard]] virtual SequenceSet flagged(Flag flag, std::uint64_t sequence_until) const = 0;

  /// Every sequence that has a record here, and their number.
  [[nodiscard]] virtual SequenceSet all() const = 0;
  [[nodiscard]] virtual std::uint64_t record_count() const = 0;
};

class AttributeIndex {
 public:
  virtual ~AttributeIndex() = default;

  /// Opens the index in `directory` (created at the first flush). Maps the segments.
  /// Errors: io; corrupt (delete `directory` and append again).
  [[nodiscard]] static Result<std::unique_ptr<AttributeIndex>> open(FileSystem& fs,
                                                                    const std::string& directory);

  /// Adds records with rising sequences above every earlier one; `covered` is not below the last.
  /// An empty batch moves the watermark. Errors: invalid_argument (sequence not rising, importance
  /// outside 0 … 1), limit (sequence_limit, attribute_bytes_max, attribute_values_max); io, corrupt
  /// as flush (a full tail is flushed by itself).
  virtual Result<void> append(std::span<const AttributeRecord> records,
                              const Watermark& covered) = 0;

  /// Block `by` sets or clears a flag of block `sequence` (which need not have a record). Calls
  /// come with rising `by` (equal ones in the order of the calls), before the append that covers
  /// `by`. Errors: invalid_argument (`by` steps back), limit (sequence_limit).
  virtual Result<void> set_flag(std::uint64_t sequence, Flag flag, bool value,
                                std::uint64_t by) = 0;

  /// Hides the records from every later snapshot, and undoes flag changes about or by them.
  virtual void remove(std::span<const std::uint64_t> sequences) = 0;
  /// Rewrites the files that hold removed records; when it returns none contains anything of them.
  virtual Result<void> purge() = 0;
  /// Writes tail and flags, merges small files, replaces the manifest. Errors: io (what is on disk
  /// is unchanged), corrupt.
  virtual Result<void> flush() = 0;
  /// No file is written from now on, whatever is called: another process owns the directory and
  /// this index keeps its additions in memory.
  virtual void keep_private() = 0;
  /// Reads every byte. Errors: corrupt, io.
  [[nodiscard]] virtual Result<void> verify() const = 0;

  /// What was appended so far, without what was removed.
  [[nodiscard]] virtual std::shared_ptr<const AttributeSnapshot> snapshot() const = 0;
  /// How far the index follows the log, tail included; nothing while it is empty.
  [[nodiscard]] virtual std::optional<Watermark> covered() const = 0;
  /// How far what is on disk follows the log.
  [[nodiscard]] virtual std::optional<Watermark> persisted() const = 0;
  /// Bytes of the files, and records that are only in memory.
  [[nodiscard]] virtual std::uint64_t bytes_on_disk() const = 0;
  [[nodiscard]] virtual std::uint64_t tail_records() const = 0;
};

}  // namespace mbe
