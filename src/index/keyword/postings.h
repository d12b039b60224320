// Postings of one term in one segment: rising local document numbers with counts. Three forms by
// length: one posting inside the dictionary, a short list of varints, blocks of 128 bit-packed ones
// with heads that bound what a block can score.
// Invariant: a reader never hands out a document at or above `documents`; what would is corrupt.
// A reader belongs to one thread. Bytes: docs/format/keyword.md, "Postings".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "index/common/dictionary.h"
#include "index/common/encoding.h"

namespace mbe {

inline constexpr std::uint32_t posting_block = 128;

/// The single posting inside a dictionary entry, and back. count: 1 … length_max.
[[nodiscard]] std::uint64_t pack_single(std::uint32_t document, std::uint32_t count);

/// Appends a list of two or more. `lengths` gives a document's length of the term's class.
void append_postings(std::string& out, std::span<const std::uint32_t> documents,
                     std::span<const std::uint32_t> counts, std::span<const std::uint16_t> lengths);

/// Upper bounds of one block.
struct BlockHead {
  std::uint32_t last_document = 0;
  std::uint32_t count_max = 0;
  std::uint32_t length_min = 0;
};

class PostingReader {
 public:
  PostingReader() = default;
  /// `list`: the bytes of the entry (checked by the caller), followed by packed_slack bytes.
  /// False if the list is malformed.
  [[nodiscard]] bool open(const DictionaryEntry& entry, std::string_view list,
                          std::uint32_t documents);

  [[nodiscard]] std::uint32_t blocks() const { return blocks_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Bounds of a block below blocks(); of a short list those of the whole.
  [[nodiscard]] BlockHead head(std::uint32_t block) const;
  /// head().last_document, without reading the rest.
  [[nodiscard]] std::uint32_t last_document(std::uint32_t block) const {
    return heads_.empty() ? short_head_.last_document
                          : load_number<std::uint16_t>(heads_.data() + block * head_bytes);
  }
  /// Decodes a block (kept until another is loaded). False if it is malformed.
  [[nodiscard]] bool load(std::uint32_t block);
  [[nodiscard]] std::uint32_t loaded() const { return loaded_; }
  /// Of the loaded block.
  [[nodiscard]] std::span<const std::uint32_t> documents() const {
    return {documents_.data(), size_};
  }
  [[nodiscard]] std::span<const std::uint32_t> counts() const { return {counts_.data(), size_}; }

 private:
  static constexpr std::uint32_t none = ~0u;
  static constexpr std::size_t head_bytes = 12;
  bool open_short(std::string_view list);
  bool close_short();

  std::uint64_t count_ = 0;
  std::uint32_t blocks_ = 0;
  std::uint32_t documents_end_ = 0;
  std::uint32_t loaded_ = none;
  std::uint32_t size_ = 0;
  std::string_view heads_;  ///< empty for the short forms
  std::string_view data_;
  BlockHead short_head_;
  std::array<std::uint32_t, posting_block> documents_;
  std::array<std::uint32_t, posting_block> counts_;
};

}  // namespace mbe
