#include "index/keyword/postings.h"

#include <algorithm>
#include <bit>

#include "index/common/encoding.h"

namespace mbe {
namespace {

constexpr unsigned document_bits_max = 16;

unsigned bits_for(std::uint32_t value) {
  return static_cast<unsigned>(std::bit_width(value));
}

void append_short(std::string& out, std::span<const std::uint32_t> documents,
                  std::span<const std::uint32_t> counts) {
  std::uint32_t floor = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::uint32_t gap = documents[i] - floor;
    append_varint(out, gap << 1 | (counts[i] > 1 ? 1u : 0u));
    if (counts[i] > 1) append_varint(out, counts[i] - 2);
    floor = documents[i] + 1;
  }
}

// Gaps are to the document after the previous one, counts are less one: runs of zeros take no bits.
void append_block(std::string& heads, std::string& data, std::uint32_t floor,
                  std::span<const std::uint32_t> documents, std::span<const std::uint32_t> counts,
                  std::span<const std::uint16_t> lengths) {
  std::array<std::uint32_t, posting_block> gaps{};
  std::array<std::uint32_t, posting_block> extra{};
  std::uint32_t gap_max = 0;
  std::uint32_t extra_max = 0;
  std::uint16_t length_min = lengths[documents[0]];
  for (std::size_t i = 0; i < documents.size(); ++i) {
    gaps[i] = documents[i] - floor;
    extra[i] = counts[i] - 1;
    floor = documents[i] + 1;
    gap_max = std::max(gap_max, gaps[i]);
    extra_max = std::max(extra_max, extra[i]);
    length_min = std::min(length_min, lengths[documents[i]]);
  }
  append_number(heads, static_cast<std::uint16_t>(documents.back()));
  append_number(heads, static_cast<std::uint16_t>(extra_max + 1));
  append_number(heads, length_min);
  append_number(heads, static_cast<std::uint8_t>(bits_for(gap_max)));
  append_number(heads, static_cast<std::uint8_t>(bits_for(extra_max)));
  append_number(heads, static_cast<std::uint32_t>(data.size()));
  append_packed(data, std::span(gaps).first(documents.size()), bits_for(gap_max));
  append_packed(data, std::span(extra).first(documents.size()), bits_for(extra_max));
}

}  // namespace

std::uint64_t pack_single(std::uint32_t document, std::uint32_t count) {
  return std::uint64_t{count - 1} << 16 | document;
}

void append_postings(std::string& out, std::span<const std::uint32_t> documents,
                     std::span<const std::uint32_t> counts,
                     std::span<const std::uint16_t> lengths) {
  if (documents.size() < posting_block) return append_short(out, documents, counts);
  std::string heads;
  std::string data;
  std::uint32_t floor = 0;
  for (std::size_t at = 0; at < documents.size(); at += posting_block) {
    const std::size_t size = std::min<std::size_t>(posting_block, documents.size() - at);
    append_block(heads, data, floor, documents.subspan(at, size), counts.subspan(at, size),
                 lengths);
    floor = documents[at + size - 1] + 1;
  }
  out += heads;
  out += data;
}

bool PostingReader::open(const DictionaryEntry& entry, std::string_view list,
                         std::uint32_t documents) {
  count_ = entry.count;
  documents_end_ = documents;
  loaded_ = none;
  heads_ = {};
  if (count_ > documents) return false;
  if (count_ == 1) {
    documents_[0] = static_cast<std::uint32_t>(entry.single & 0xffff);
    counts_[0] = static_cast<std::uint32_t>((entry.single >> 16 & 0xffff) + 1);
    return close_short();
  }
  if (count_ < posting_block) return open_short(list);
  blocks_ = static_cast<std::uint32_t>((count_ + posting_block - 1) / posting_block);
  if (list.size() < std::size_t{blocks_} * head_bytes) return false;
  heads_ = list.substr(0, std::size_t{blocks_} * head_bytes);
  data_ = list.substr(heads_.size());
  return true;
}

bool PostingReader::open_short(std::string_view list) {
  ByteReader reader(list);
  std::uint64_t floor = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const std::uint64_t value = reader.varint();
    const std::uint64_t document = floor + (value >> 1);
    const std::uint64_t count = (value & 1) != 0 ? reader.varint() + 2 : 1;
    if (!reader.ok() || value >> 1 >= documents_end_ || document >= documents_end_ ||
        count > 65535) {
      return false;
    }
    documents_[i] = static_cast<std::uint32_t>(document);
    counts_[i] = static_cast<std::uint32_t>(count);
    floor = document + 1;
  }
  return close_short();
}

// Rare terms are nearly always essential: a bound by the shortest length there can be will do.
bool PostingReader::close_short() {
  size_ = static_cast<std::uint32_t>(count_);
  blocks_ = 1;
  loaded_ = 0;
  if (documents_[size_ - 1] >= documents_end_) return false;
  const auto counts_end = counts_.begin() + size_;
  short_head_ = {.last_document = documents_[size_ - 1],
                 .count_max = *std::max_element(counts_.begin(), counts_end),
                 .length_min = 1};
  return true;
}

BlockHead PostingReader::head(std::uint32_t block) const {
  if (heads_.empty()) return short_head_;
  const char* at = heads_.data() + std::size_t{block} * head_bytes;
  return {.last_document = load_number<std::uint16_t>(at),
          .count_max = load_number<std::uint16_t>(at + 2),
          .length_min = load_number<std::uint16_t>(at + 4)};
}

bool PostingReader::load(std::uint32_t block) {
  if (block == loaded_) return true;
  loaded_ = none;
  const char* at = heads_.data() + std::size_t{block} * head_bytes;
  const unsigned gap_bits = load_number<std::uint8_t>(at + 6);
  const unsigned count_bits = load_number<std::uint8_t>(at + 7);
  const std::size_t offset = load_number<std::uint32_t>(at + 8);
  size_ = block + 1 == blocks_ ? static_cast<std::uint32_t>((count_ - 1) % posting_block + 1)
                               : posting_block;
  const std::size_t gaps = packed_bytes(size_, gap_bits);
  if (gap_bits > document_bits_max || count_bits > document_bits_max || offset > data_.size() ||
      gaps + packed_bytes(size_, count_bits) > data_.size() - offset) {
    return false;
  }
  unpack(data_.data() + offset, gap_bits, std::span(documents_).first(size_));
  unpack(data_.data() + offset + gaps, count_bits, std::span(counts_).first(size_));
  std::uint32_t next = block == 0 ? 0 : last_document(block - 1) + 1;
  for (std::uint32_t i = 0; i < size_; ++i) {
    next += documents_[i];
    documents_[i] = next++;
    ++counts_[i];
  }
  if (documents_[size_ - 1] >= documents_end_) return false;
  loaded_ = block;
  return true;
}

}  // namespace mbe
