#include "index/keyword/segment.h"

#include <algorithm>

#include "index/common/encoding.h"
#include "index/keyword/bm25.h"
#include "index/keyword/segment_writer.h"

namespace mbe {
namespace {

template <class T>
std::span<const T> as_span(std::string_view bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

}  // namespace

std::string term_key(TermKind kind, std::string_view text) {
  std::string key(1, static_cast<char>(kind));
  key += text.substr(0, term_bytes_max);
  return key;
}

Result<KeywordSegment::Pointer> KeywordSegment::parse(std::shared_ptr<const SegmentFile> file) {
  std::shared_ptr<KeywordSegment> out(new KeywordSegment);
  const std::uint64_t count = file->info().items;
  if (count == 0 || count > documents_per_segment_max) return file->corrupt("document count");
  MBE_ASSIGN(const std::string_view totals, file->checked(section_totals, sizeof(LengthTotals)));
  out->totals_ = load_number<LengthTotals>(totals.data());
  MBE_ASSIGN(const std::string_view sequences, file->checked(section_sequences, count * 4));
  out->sequences_ = as_span<std::uint32_t>(sequences);
  MBE_ASSIGN(const std::string_view words, file->checked(section_word_lengths, count * 2));
  MBE_ASSIGN(const std::string_view bigrams, file->checked(section_bigram_lengths, count * 2));
  out->lengths_[0] = as_span<std::uint16_t>(words);
  out->lengths_[1] = as_span<std::uint16_t>(bigrams);
  if (std::ranges::adjacent_find(out->sequences_, std::ranges::greater_equal{}) !=
          out->sequences_.end() ||
      out->sequences_.front() != file->info().first_sequence ||
      out->sequences_.back() != file->info().last_sequence) {
    return file->corrupt("sequences");
  }
  out->file_ = std::move(file);
  MBE_ASSIGN(out->dictionary_,
             Dictionary::open(*out->file_, section_dictionary, section_dictionary_heads));
  out->postings_ = out->file_->section(section_postings);
  return Pointer(std::move(out));
}

bool KeywordSegment::holds(const SequenceSet& any) const {
  const auto candidates =
      any.between(file_->info().first_sequence, file_->info().last_sequence + 1);
  return std::ranges::any_of(candidates, [this](auto at) { return find(at).has_value(); });
}

std::uint64_t KeywordSegment::sequence(std::uint32_t document) const {
  return sequences_[document];
}

std::optional<std::uint32_t> KeywordSegment::find(std::uint64_t sequence) const {
  return find_rising(sequences_, sequence);
}

Result<void> KeywordSegment::open_postings(const DictionaryEntry& entry,
                                           PostingReader& reader) const {
  std::string_view list;
  if (entry.count > 1) {
    if (entry.offset > postings_.size() || entry.size > postings_.size() - entry.offset) {
      return file_->corrupt("postings offset");
    }
    list = postings_.substr(entry.offset, entry.size);
    if (!file_->check(list)) return file_->corrupt("page checksum");
  }
  if (!reader.open(entry, list, documents())) {
    return file_->corrupt("postings");
  }
  return {};
}

}  // namespace mbe
