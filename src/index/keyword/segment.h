// One unchanging part of the keyword index: up to 32,768 documents with consecutive local numbers
// in the order of their sequences. Built from documents, or merged from neighbouring segments. Any
// thread. Bytes: docs/format/keyword.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "index/common/dictionary.h"
#include "index/common/segment_file.h"
#include "index/common/sequence_set.h"
#include "index/keyword/index.h"
#include "index/keyword/postings.h"

namespace mbe {

/// Local numbers have 15 bits; a purge rewrites at most this many documents.
inline constexpr std::uint32_t documents_per_segment_max = 32768;

/// Sums over the documents of a segment or of an index.
struct LengthTotals {
  std::uint64_t total[2] = {0, 0};      ///< terms, by LengthClass
  std::uint64_t documents[2] = {0, 0};  ///< documents that have any
};

/// Key of a term in the dictionary: its kind, then its text.
[[nodiscard]] std::string term_key(TermKind kind, std::string_view text);

class KeywordSegment {
 public:
  using Pointer = std::shared_ptr<const KeywordSegment>;

  [[nodiscard]] static FileForm form() { return {.magic = "MBEKEYWD", .version = 1}; }
  /// Errors: corrupt.
  [[nodiscard]] static Result<Pointer> parse(std::shared_ptr<const SegmentFile> file);
  /// Bytes of a segment; `documents` rise, are at most documents_per_segment_max and valid.
  [[nodiscard]] static std::string build(std::span<const KeywordDocument> documents);
  /// Bytes of the segment that holds what these hold, `without` some; empty if nothing is left.
  /// Errors: corrupt.
  [[nodiscard]] static Result<std::string> merge(std::span<const Pointer> segments,
                                                 const SequenceSet& without);

  [[nodiscard]] const SegmentFile& file() const { return *file_; }
  /// Whether any of these sequences is here.
  [[nodiscard]] bool holds(const SequenceSet& any) const;
  /// Number of documents; local numbers lie below it.
  [[nodiscard]] std::uint32_t documents() const {
    return static_cast<std::uint32_t>(file_->info().items);
  }
  [[nodiscard]] const LengthTotals& totals() const { return totals_; }
  /// The sequence of a local number below documents().
  [[nodiscard]] std::uint64_t sequence(std::uint32_t document) const;
  /// The local number of a sequence. O(log n).
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t sequence) const;
  [[nodiscard]] std::span<const std::uint16_t> lengths(LengthClass of) const {
    return lengths_[static_cast<std::size_t>(of)];
  }
  [[nodiscard]] const Dictionary& dictionary() const { return dictionary_; }
  /// Errors: corrupt.
  [[nodiscard]] Result<void> open_postings(const DictionaryEntry& entry,
                                           PostingReader& reader) const;

 private:
  KeywordSegment() = default;
  std::shared_ptr<const SegmentFile> file_;
  LengthTotals totals_;
  std::span<const std::uint32_t> sequences_;
  std::span<const std::uint16_t> lengths_[2];
  Dictionary dictionary_;
  std::string_view postings_;
};

}  // namespace mbe
