// Writes the sections of a keyword segment: documents first, then terms in rising order. Used by
// build and merge alone. Bytes: docs/format/keyword.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/keyword/segment.h"

namespace mbe {

inline constexpr std::uint32_t section_totals = 1;
inline constexpr std::uint32_t section_sequences = 2;
inline constexpr std::uint32_t section_word_lengths = 3;
inline constexpr std::uint32_t section_bigram_lengths = 4;
inline constexpr std::uint32_t section_dictionary = 5;
inline constexpr std::uint32_t section_dictionary_heads = 6;
inline constexpr std::uint32_t section_postings = 7;

class KeywordSegmentWriter {
 public:
  /// Documents in rising order; lengths are cut at length_max.
  void add_document(std::uint64_t sequence, std::uint64_t words, std::uint64_t bigrams);
  /// Terms in rising order of keys, after all documents; local numbers rise.
  void add_term(std::string_view key, std::span<const std::uint32_t> documents,
                std::span<const std::uint32_t> counts);
  [[nodiscard]] std::uint32_t documents() const {
    return static_cast<std::uint32_t>(sequences_.size());
  }
  /// Bytes of the segment; the writer is spent.
  [[nodiscard]] std::string finish();

 private:
  std::vector<std::uint32_t> sequences_;
  std::vector<std::uint16_t> lengths_[2];
  LengthTotals totals_;
  DictionaryBuilder dictionary_;
  std::string postings_;
};

}  // namespace mbe
