// A sorted map from byte strings to postings, front-coded in groups of 16 with an index of group
// heads by their first eight bytes; read in place from a mapped segment.
// Invariant: keys rise; the postings of consecutive keys lie end to end. Any thread.
// Bytes: docs/format/keyword.md, "Dictionary".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/common/segment_file.h"

namespace mbe {

inline constexpr std::size_t dictionary_key_max = 1025;

/// What the dictionary says of a key: with count 1 the value itself, else where its postings are.
struct DictionaryEntry {
  std::uint64_t count = 0;
  std::uint64_t single = 0;  ///< valid if count is 1
  std::uint64_t offset = 0;  ///< valid if count is above 1: bytes in the postings section
  std::uint64_t size = 0;
};

class DictionaryBuilder {
 public:
  /// Keys rise strictly. One of: a single value; a postings list of `count` > 1 entries, which the
  /// caller appends to the postings section in the order of the calls.
  void add_single(std::string_view key, std::uint64_t value) { add(key, 1, value, 0); }
  void add_list(std::string_view key, std::uint64_t count, std::uint64_t size) {
    add(key, count, size, size);
  }
  /// The two sections.
  [[nodiscard]] std::string take_groups() { return std::move(groups_); }
  [[nodiscard]] std::string take_heads() { return std::move(heads_); }

 private:
  void add(std::string_view key, std::uint64_t count, std::uint64_t value, std::uint64_t size);
  std::string groups_;
  std::string heads_;
  std::string last_;
  std::uint64_t added_ = 0;
  std::uint64_t postings_ = 0;
};

class Dictionary {
 public:
  Dictionary() = default;
  /// Checks the heads only. Errors: corrupt.
  [[nodiscard]] static Result<Dictionary> open(const SegmentFile& file,
                                               std::uint32_t groups_section,
                                               std::uint32_t heads_section);
  /// Errors: corrupt.
  [[nodiscard]] Result<std::optional<DictionaryEntry>> find(std::string_view key) const;

  /// Walks all entries in order. `file` must outlive it.
  class Iterator {
   public:
    /// Moves to the next entry (at first: the first one). False at the end; Errors: corrupt.
    [[nodiscard]] Result<bool> next();
    [[nodiscard]] const std::string& key() const { return key_; }
    [[nodiscard]] const DictionaryEntry& entry() const { return entry_; }

   private:
    friend class Dictionary;
    explicit Iterator(const Dictionary& dictionary) : dictionary_(&dictionary) {}
    const Dictionary* dictionary_;
    std::size_t group_ = 0;
    std::string_view left_;
    std::uint64_t postings_ = 0;
    std::string key_;
    std::string last_;  ///< the key before: they ascend, or the file is corrupt
    DictionaryEntry entry_;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(*this); }
  /// An iterator whose first next() gives an entry at or before the first key >= `key`, at most one
  /// group away. Errors: corrupt.
  [[nodiscard]] Result<Iterator> near(std::string_view key) const;
  struct Item {
    std::string key;
    DictionaryEntry entry;
  };
  /// An entry by its number in the order. Errors: corrupt (there is none).
  [[nodiscard]] Result<Item> at(std::size_t number) const;

 private:
  struct Head {
    std::uint64_t prefix;    ///< first eight bytes of the key, big-endian, zero-filled
    std::uint64_t postings;  ///< where the group's first list starts
    std::uint64_t offset;    ///< of the group
  };
  [[nodiscard]] Head head(std::size_t group) const;
  [[nodiscard]] std::string_view group_bytes(std::size_t group) const;
  [[nodiscard]] std::size_t groups() const { return heads_.size() / sizeof(Head); }
  /// The number of groups that start at or before the key.
  [[nodiscard]] Result<std::size_t> groups_upto(std::string_view key) const;
  [[nodiscard]] Result<bool> starts_after(std::size_t group, std::string_view key) const;

  const SegmentFile* file_ = nullptr;
  std::string_view groups_;
  std::string_view heads_;
};

}  // namespace mbe
