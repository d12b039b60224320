#include "index/keyword/segment_search.h"

#include <algorithm>
#include <bit>

namespace mbe {
namespace {

// A seek costs about as much as adding so many postings.
constexpr std::size_t postings_per_seek = 6;
// Looking up one given document costs about as much as passing over so many postings.
constexpr std::size_t postings_per_lookup = 20;

bool better(const TopHits::Entry& a, const TopHits::Entry& b) {
  return a.score != b.score ? a.score > b.score : a.sequence < b.sequence;
}

}  // namespace

void TopHits::push(FixedScore score, std::uint64_t sequence) {
  if (heap_.size() == top_k_) {
    std::ranges::pop_heap(heap_, better);
    heap_.pop_back();
  }
  heap_.push_back({score, sequence});
  std::ranges::push_heap(heap_, better);
  if (heap_.size() == top_k_) threshold_ = heap_.front().score;
}

std::vector<KeywordHit> TopHits::take() {
  std::ranges::sort(heap_, better);
  std::vector<KeywordHit> out;
  out.reserve(heap_.size());
  for (const Entry& entry : heap_) out.push_back({entry.sequence, to_score(entry.score)});
  return out;
}

Result<SegmentSearch> SegmentSearch::open(const KeywordSegment& segment,
                                          std::span<const ScoredTerm> terms,
                                          std::span<const std::optional<DictionaryEntry>> entries) {
  SegmentSearch out(segment);
  out.cursors_.reserve(terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (!entries[i]) continue;
    Cursor& cursor = out.cursors_.emplace_back();
    cursor.term = &terms[i];
    cursor.lengths = segment.lengths(length_class(terms[i].kind)).data();
    MBE_TRY(segment.open_postings(*entries[i], cursor.reader));
  }
  return out;
}

FixedScore SegmentSearch::bound_of(Cursor& cursor, std::uint32_t block) const {
  if (cursor.bounded != block) {
    const BlockHead head = cursor.reader.head(block);
    cursor.bounded = block;
    cursor.block_bound = cursor.term->scores.score(std::max(head.count_max, 1u), head.length_min);
  }
  return cursor.block_bound;
}

// Moves to the first block that reaches the window and takes the largest bound inside it.
void SegmentSearch::bound_window(Cursor& cursor, std::uint32_t begin, std::uint32_t end) const {
  cursor.bound = 0;
  cursor.in_window = 0;
  while (cursor.block < cursor.reader.blocks() &&
         cursor.reader.last_document(cursor.block) < begin) {
    ++cursor.block;
    cursor.position = 0;
  }
  for (std::uint32_t block = cursor.block; block < cursor.reader.blocks(); ++block) {
    const std::uint32_t first = block == 0 ? 0 : cursor.reader.last_document(block - 1) + 1;
    if (first >= end) break;
    if (cursor.reader.loaded() == block) {  // short lists, and what the last window left
      const auto documents = cursor.reader.documents();
      const auto at = std::ranges::lower_bound(documents, begin);
      if (at == documents.end() || *at >= end) continue;
    }
    cursor.bound = std::max(cursor.bound, bound_of(cursor, block));
    cursor.in_window += posting_block;
  }
}

bool SegmentSearch::add_window(Cursor& cursor, std::uint32_t begin, std::uint32_t end) {
  for (; cursor.block < cursor.reader.blocks(); ++cursor.block, cursor.position = 0) {
    const std::uint32_t first =
        cursor.block == 0 ? 0 : cursor.reader.last_document(cursor.block - 1) + 1;
    if (first >= end) return true;
    if (!cursor.reader.load(cursor.block)) return false;
    const auto documents = cursor.reader.documents();
    const auto counts = cursor.reader.counts();
    std::size_t at = cursor.position;
    while (at < documents.size() && documents[at] < begin) ++at;
    const ScoreTable& scores = cursor.term->scores;
    for (; at < documents.size() && documents[at] < end; ++at) {
      add(documents[at] - begin, scores.score(counts[at], cursor.lengths[documents[at]]));
    }
    cursor.position = static_cast<std::uint32_t>(at);
    if (at < documents.size()) return true;
  }
  return true;
}

template <class Use>
void SegmentSearch::for_touched(const Use& use) {
  for (std::uint32_t word = 0; word < touched_.size(); ++word) {
    for (std::uint64_t bits = touched_[word]; bits != 0; bits &= bits - 1) {
      use(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
    }
  }
}

// Takes the documents whose sum is above `floor` as candidates.
void SegmentSearch::gather(std::uint32_t begin, FixedScore floor) {
  floor = std::max<FixedScore>(floor, 0);
  candidates_.clear();
  for_touched([&](std::uint32_t at) {
    if (sums_[at] > floor) candidates_.push_back(begin + at);
  });
}

std::optional<std::uint32_t> SegmentSearch::seek(Cursor& cursor, std::uint32_t document) const {
  PostingReader& reader = cursor.reader;
  while (cursor.block < reader.blocks() && reader.last_document(cursor.block) < document) {
    ++cursor.block;
    cursor.position = 0;
  }
  if (cursor.block == reader.blocks()) return 0;
  if (!reader.load(cursor.block)) return std::nullopt;
  const auto documents = reader.documents();
  const auto from = documents.begin() + cursor.position;
  const auto at = std::lower_bound(from, documents.end(), document);
  cursor.position = static_cast<std::uint32_t>(at - documents.begin());
  if (at == documents.end() || *at != document) return 0;
  return reader.counts()[cursor.position];
}

bool SegmentSearch::add_candidates(Cursor& cursor, std::uint32_t begin) {
  for (const std::uint32_t document : candidates_) {
    const std::optional<std::uint32_t> count = seek(cursor, document);
    if (!count) return false;
    if (*count == 0) continue;
    add(document - begin, cursor.term->scores.score(*count, cursor.lengths[document]));
  }
  return true;
}

// Adds a term's score to the candidates, by whichever way is cheaper, and drops those that the rest
// cannot lift over `floor`. Sums of other documents no longer matter.
bool SegmentSearch::refine(Cursor& cursor, std::uint32_t begin, std::uint32_t end, FixedScore rest,
                           FixedScore floor) {
  const bool all = candidates_.size() * postings_per_seek > cursor.in_window;
  if (!(all ? add_window(cursor, begin, end) : add_candidates(cursor, begin))) return false;
  std::size_t kept = 0;
  for (const std::uint32_t document : candidates_) {
    candidates_[kept] = document;
    kept += sums_[document - begin] + rest > floor ? 1u : 0u;
  }
  candidates_.resize(kept);
  return true;
}

Result<void> SegmentSearch::collect(const Admission& admission, TopHits& hits) {
  std::vector<Cursor*> order;
  for (Cursor& cursor : cursors_) order.push_back(&cursor);
  sums_.assign(window, 0);
  for (std::uint32_t begin = 0; begin < segment_->documents(); begin += window) {
    const std::uint32_t end = std::min(begin + window, segment_->documents());
    for (Cursor& cursor : cursors_) bound_window(cursor, begin, end);
    std::ranges::sort(order, {}, [](const Cursor* cursor) { return cursor->bound; });
    // The weakest terms that together stay at or below the threshold open no candidate.
    FixedScore rest = 0;
    std::size_t essential = 0;
    while (essential < order.size() && rest + order[essential]->bound <= hits.threshold()) {
      rest += order[essential++]->bound;
    }
    if (essential == order.size()) continue;
    for (std::size_t i = essential; i < order.size(); ++i) {
      if (!add_window(*order[i], begin, end)) return segment_->file().corrupt("postings");
    }
    gather(begin, hits.threshold() - rest);
    for (std::size_t i = essential; i > 0 && !candidates_.empty(); --i) {
      rest -= order[i - 1]->bound;
      if (!refine(*order[i - 1], begin, end, rest, hits.threshold())) {
        return segment_->file().corrupt("postings");
      }
    }
    for (const std::uint32_t document : candidates_) {
      const FixedScore sum = sums_[document - begin];
      if (sum <= hits.threshold()) continue;
      const std::uint64_t sequence = segment_->sequence(document);
      if (admission.admits(sequence)) hits.push(sum, sequence);
    }
    for_touched([this](std::uint32_t at) { sums_[at] = 0; });
    touched_.fill(0);
  }
  return {};
}

template <class Use>
bool SegmentSearch::for_documents(Cursor& cursor, std::span<const std::uint32_t> documents,
                                  const Use& use) {
  if (cursor.reader.count() > documents.size() * postings_per_lookup) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const std::optional<std::uint32_t> count = seek(cursor, documents[i]);
      if (!count) return false;
      if (*count > 0) use(i, *count);
    }
    return true;
  }
  PostingReader& reader = cursor.reader;
  for (std::uint32_t block = 0; block < reader.blocks(); ++block) {
    if (reader.last_document(block) < documents.front()) continue;
    if (block > 0 && reader.last_document(block - 1) >= documents.back()) break;
    if (!reader.load(block)) return false;
    for (std::size_t at = 0; at < reader.documents().size(); ++at) {
      const std::uint32_t document = reader.documents()[at];
      if ((wanted_[document / 64] >> (document % 64) & 1) == 0) continue;
      const auto first = std::ranges::lower_bound(documents, document) - documents.begin();
      for (auto i = static_cast<std::size_t>(first);
           i < documents.size() && documents[i] == document; ++i) {  // it may be given twice
        use(i, reader.counts()[at]);
      }
    }
  }
  return true;
}

Result<void> SegmentSearch::add_parts(std::span<const std::uint32_t> documents,
                                      std::span<KeywordParts* const> parts) {
  const auto lengths = segment_->lengths(LengthClass::word);
  for (std::size_t i = 0; i < documents.size(); ++i) parts[i]->length = lengths[documents[i]];
  want(documents);
  for (Cursor& cursor : cursors_) {
    const bool read = for_documents(cursor, documents, [&](std::size_t i, std::uint32_t count) {
      const FixedScore score = cursor.term->scores.score(count, cursor.lengths[documents[i]]);
      parts[i]->by_kind[static_cast<std::size_t>(cursor.term->kind)] += to_score(score);
      parts[i]->idf_matched += cursor.term->weight_idf;
      ++parts[i]->terms_matched;
      parts[i]->mask |= cursor.term->bit;
    });
    if (!read) return segment_->file().corrupt("postings");
  }
  return {};
}

Result<void> SegmentSearch::add_scores(std::span<const std::uint32_t> documents,
                                       std::span<FixedScore> scores) {
  want(documents);
  for (Cursor& cursor : cursors_) {
    const bool read = for_documents(cursor, documents, [&](std::size_t i, std::uint32_t count) {
      scores[i] += cursor.term->scores.score(count, cursor.lengths[documents[i]]);
    });
    if (!read) return segment_->file().corrupt("postings");
  }
  return {};
}

void SegmentSearch::want(std::span<const std::uint32_t> documents) {
  wanted_.assign((segment_->documents() + 63) / 64, 0);
  for (const std::uint32_t document : documents) {
    wanted_[document / 64] |= std::uint64_t{1} << (document % 64);
  }
}

}  // namespace mbe
