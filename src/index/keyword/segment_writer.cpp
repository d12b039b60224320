#include "index/keyword/segment_writer.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <unordered_map>

#include "index/common/encoding.h"
#include "index/keyword/bm25.h"

namespace mbe {
namespace {

template <class T>
std::string raw_bytes(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

std::size_t class_of(std::string_view key) {
  return static_cast<std::size_t>(length_class(static_cast<TermKind>(key[0])));
}

struct Posting {
  std::uint32_t term;
  std::uint32_t document;
  std::uint32_t count;
};

struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
};
using TermNumbers = std::unordered_map<std::string, std::uint32_t, KeyHash, std::equal_to<>>;

// Numbers the terms in order of appearance and collects all postings by document.
std::vector<Posting> collect(std::span<const KeywordDocument> documents, TermNumbers& numbers,
                             KeywordSegmentWriter& writer) {
  std::vector<Posting> postings;
  std::string key;
  for (std::uint32_t document = 0; document < documents.size(); ++document) {
    std::uint64_t lengths[2] = {0, 0};
    for (const Term& term : documents[document].terms) {
      key.assign(1, static_cast<char>(term.kind));
      key.append(term.text, 0, term_bytes_max);
      auto at = numbers.find(std::string_view(key));
      if (at == numbers.end()) {
        at = numbers.emplace(key, static_cast<std::uint32_t>(numbers.size())).first;
      }
      const std::uint32_t count = std::min(term.count, length_max);
      postings.push_back({.term = at->second, .document = document, .count = count});
      lengths[static_cast<std::size_t>(length_class(term.kind))] += count;
    }
    writer.add_document(documents[document].sequence, lengths[0], lengths[1]);
  }
  return postings;
}

// Stable by term number, so documents keep rising.
std::vector<std::uint32_t> group_by_term(std::vector<Posting>& postings, std::size_t terms) {
  std::vector<std::uint32_t> begins(terms + 1, 0);
  for (const Posting& posting : postings) ++begins[posting.term + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::uint32_t> at = begins;
  std::vector<Posting> grouped(postings.size());
  for (const Posting& posting : postings) grouped[at[posting.term]++] = posting;
  postings = std::move(grouped);
  return begins;
}

// One input of a merge, at its current term.
struct Input {
  const KeywordSegment* segment;
  Dictionary::Iterator at;
  std::vector<std::uint32_t> renumbered;  ///< of each old local number; dropped: gone
};
constexpr std::uint32_t gone = ~0u;

std::vector<std::uint32_t> take_documents(const KeywordSegment& segment, const SequenceSet& without,
                                          KeywordSegmentWriter& writer) {
  std::vector<std::uint32_t> renumbered(segment.documents(), gone);
  for (std::uint32_t i = 0; i < segment.documents(); ++i) {
    const std::uint64_t sequence = segment.sequence(i);
    if (!without.empty() && without.contains(sequence)) continue;
    renumbered[i] = writer.documents();
    writer.add_document(sequence, segment.lengths(LengthClass::word)[i],
                        segment.lengths(LengthClass::bigram)[i]);
  }
  return renumbered;
}

Result<void> take_postings(const Input& input, std::vector<std::uint32_t>& documents,
                           std::vector<std::uint32_t>& counts) {
  PostingReader reader;
  MBE_TRY(input.segment->open_postings(input.at.entry(), reader));
  for (std::uint32_t block = 0; block < reader.blocks(); ++block) {
    if (!reader.load(block)) return input.segment->file().corrupt("postings");
    for (std::size_t i = 0; i < reader.documents().size(); ++i) {
      const std::uint32_t document = input.renumbered[reader.documents()[i]];
      if (document == gone) continue;
      documents.push_back(document);
      counts.push_back(reader.counts()[i]);
    }
  }
  return {};
}

}  // namespace

void KeywordSegmentWriter::add_document(std::uint64_t sequence, std::uint64_t words,
                                        std::uint64_t bigrams) {
  sequences_.push_back(static_cast<std::uint32_t>(sequence));
  const std::uint64_t lengths[2] = {words, bigrams};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto kept = static_cast<std::uint16_t>(std::min<std::uint64_t>(lengths[i], length_max));
    lengths_[i].push_back(kept);
    totals_.total[i] += kept;
    totals_.documents[i] += kept > 0 ? 1 : 0;
  }
}

void KeywordSegmentWriter::add_term(std::string_view key, std::span<const std::uint32_t> documents,
                                    std::span<const std::uint32_t> counts) {
  if (documents.size() == 1) {
    return dictionary_.add_single(key, pack_single(documents[0], counts[0]));
  }
  const std::size_t before = postings_.size();
  append_postings(postings_, documents, counts, lengths_[class_of(key)]);
  dictionary_.add_list(key, documents.size(), postings_.size() - before);
}

std::string KeywordSegmentWriter::finish() {
  SegmentBuilder out(KeywordSegment::form(), {.items = sequences_.size(),
                                              .first_sequence = sequences_.front(),
                                              .last_sequence = sequences_.back()});
  out.add(section_totals, raw_bytes(std::span<const LengthTotals>(&totals_, 1)));
  out.add(section_sequences, raw_bytes(std::span<const std::uint32_t>(sequences_)));
  out.add(section_word_lengths, raw_bytes(std::span<const std::uint16_t>(lengths_[0])));
  out.add(section_bigram_lengths, raw_bytes(std::span<const std::uint16_t>(lengths_[1])));
  out.add(section_dictionary, dictionary_.take_groups());
  out.add(section_dictionary_heads, dictionary_.take_heads());
  out.add(section_postings, std::move(postings_));
  return out.finish();
}

std::string KeywordSegment::build(std::span<const KeywordDocument> documents) {
  KeywordSegmentWriter writer;
  TermNumbers numbers;
  std::vector<Posting> postings = collect(documents, numbers, writer);
  const std::vector<std::uint32_t> begins = group_by_term(postings, numbers.size());
  std::vector<const TermNumbers::value_type*> terms;
  for (const auto& term : numbers) terms.push_back(&term);
  std::ranges::sort(terms, {}, [](const auto* term) { return std::string_view(term->first); });
  std::vector<std::uint32_t> members;
  std::vector<std::uint32_t> counts;
  for (const auto* term : terms) {
    members.clear();
    counts.clear();
    for (std::uint32_t i = begins[term->second]; i < begins[term->second + 1]; ++i) {
      if (!members.empty() && members.back() == postings[i].document) {
        counts.back() = std::min(counts.back() + postings[i].count, length_max);
        continue;
      }
      members.push_back(postings[i].document);
      counts.push_back(postings[i].count);
    }
    writer.add_term(term->first, members, counts);
  }
  return writer.finish();
}

Result<std::string> KeywordSegment::merge(std::span<const Pointer> segments,
                                          const SequenceSet& without) {
  KeywordSegmentWriter writer;
  std::vector<Input> inputs;
  for (const Pointer& segment : segments) {
    inputs.push_back({.segment = segment.get(),
                      .at = segment->dictionary().begin(),
                      .renumbered = take_documents(*segment, without, writer)});
  }
  if (writer.documents() == 0) return std::string{};
  const auto later = [](const Input* a, const Input* b) {
    const int order = a->at.key().compare(b->at.key());
    return order != 0 ? order > 0 : a > b;  // equal keys: older segment first
  };
  std::priority_queue<Input*, std::vector<Input*>, decltype(later)> queue(later);
  for (Input& input : inputs) {
    MBE_ASSIGN(const bool more, input.at.next());
    if (more) queue.push(&input);
  }
  std::string key;
  std::vector<std::uint32_t> documents;
  std::vector<std::uint32_t> counts;
  while (!queue.empty()) {
    key = queue.top()->at.key();
    documents.clear();
    counts.clear();
    while (!queue.empty() && queue.top()->at.key() == key) {
      Input* input = queue.top();
      queue.pop();
      MBE_TRY(take_postings(*input, documents, counts));
      MBE_ASSIGN(const bool more, input->at.next());
      if (more) queue.push(input);
    }
    if (!documents.empty()) writer.add_term(key, documents, counts);
  }
  return writer.finish();
}

}  // namespace mbe
