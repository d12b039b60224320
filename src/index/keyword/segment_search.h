// Scoring of one segment: the best documents by windows of 4,096 local numbers, in each of which
// terms that together cannot lift a document over the threshold are looked up only for candidates
// that the others left; and exact parts of given documents.
// Invariant: what is skipped cannot enter the result (bounds are exact, see bm25.h).
// One thread an object. Sources: Turtle, Flood, IPM 1995 (MaxScore); Ding, Suel, SIGIR 2011 (block
// maxima).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/keyword/bm25.h"
#include "index/keyword/segment.h"

namespace mbe {

/// A query term as all segments see it.
struct ScoredTerm {
  TermKind kind = TermKind::lemma;
  std::string key;
  ScoreTable scores;
  double weight_idf = 0;
  std::uint64_t bit = 0;  ///< of KeywordParts::mask; 0 for terms beyond the 64th
};

/// The k best so far; a later sequence never displaces an equal score.
class TopHits {
 public:
  explicit TopHits(std::size_t top_k) : top_k_(top_k) {}
  struct Entry {
    FixedScore score;
    std::uint64_t sequence;
  };
  /// What a score must exceed to enter.
  [[nodiscard]] FixedScore threshold() const { return threshold_; }
  /// score > threshold(); sequences rise from call to call.
  void push(FixedScore score, std::uint64_t sequence);
  /// Best first, ties by lower sequence.
  [[nodiscard]] std::vector<KeywordHit> take();

 private:
  std::size_t top_k_;
  FixedScore threshold_ = 0;
  std::vector<Entry> heap_;
};

/// Which documents may be hits.
struct Admission {
  const SequenceSet* allowed = nullptr;  ///< null: all
  const SequenceSet* removed = nullptr;  ///< never null
  /// Whether a sequence is allowed and not removed. O(log n).
  [[nodiscard]] bool admits(std::uint64_t sequence) const {
    return (allowed == nullptr || allowed->contains(sequence)) && !removed->contains(sequence);
  }
};

class SegmentSearch {
 public:
  /// `entries`: of each term in this segment's dictionary. Errors: corrupt.
  [[nodiscard]] static Result<SegmentSearch> open(
      const KeywordSegment& segment, std::span<const ScoredTerm> terms,
      std::span<const std::optional<DictionaryEntry>> entries);

  /// Pushes every admitted document that can enter. Errors: corrupt.
  [[nodiscard]] Result<void> collect(const Admission& admission, TopHits& hits);
  /// Adds the parts of the documents (local numbers, rising) to `parts`. Errors: corrupt.
  [[nodiscard]] Result<void> add_parts(std::span<const std::uint32_t> documents,
                                       std::span<KeywordParts* const> parts);
  /// Their scores alone.
  [[nodiscard]] Result<void> add_scores(std::span<const std::uint32_t> documents,
                                        std::span<FixedScore> scores);

 private:
  static constexpr std::uint32_t window = 4096;

  /// A term's place in this segment.
  struct Cursor {
    const ScoredTerm* term = nullptr;
    const std::uint16_t* lengths = nullptr;
    PostingReader reader;
    std::uint32_t block = 0;      ///< first one that may hold documents at or above the window
    std::uint32_t position = 0;   ///< in the block if it is loaded
    std::uint32_t in_window = 0;  ///< about how many postings the current window has
    FixedScore bound = 0;         ///< of any document in the current window
    std::uint32_t bounded = ~0u;  ///< block whose bound is cached
    FixedScore block_bound = 0;
  };

  explicit SegmentSearch(const KeywordSegment& segment) : segment_(&segment) {}
  FixedScore bound_of(Cursor& cursor, std::uint32_t block) const;
  void bound_window(Cursor& cursor, std::uint32_t begin, std::uint32_t end) const;
  /// Adds the term's scores to all sums of the window. False if the postings are malformed.
  [[nodiscard]] bool add_window(Cursor& cursor, std::uint32_t begin, std::uint32_t end);
  /// Adds to the sum of a document of the window.
  void add(std::uint32_t at, FixedScore score) {
    sums_[at] += score;
    touched_[at / 64] |= std::uint64_t{1} << (at % 64);
  }
  /// use(at) for every document of the window that something was added to.
  template <class Use>
  void for_touched(const Use& use);
  void gather(std::uint32_t begin, FixedScore floor);
  [[nodiscard]] bool refine(Cursor& cursor, std::uint32_t begin, std::uint32_t end, FixedScore rest,
                            FixedScore floor);
  [[nodiscard]] bool add_candidates(Cursor& cursor, std::uint32_t begin);
  /// Count of the term in the document, 0 if it is not there; documents rise from call to call.
  [[nodiscard]] std::optional<std::uint32_t> seek(Cursor& cursor, std::uint32_t document) const;

  /// use(place, count) for each of the documents (rising, wanted) that has the term. False if the
  /// postings are malformed.
  template <class Use>
  [[nodiscard]] bool for_documents(Cursor& cursor, std::span<const std::uint32_t> documents,
                                   const Use& use);
  /// Marks the documents that for_documents looks for.
  void want(std::span<const std::uint32_t> documents);

  const KeywordSegment* segment_;
  std::vector<Cursor> cursors_;
  std::vector<FixedScore> sums_;  ///< of the window's documents
  std::array<std::uint64_t, window / 64> touched_{};
  std::vector<std::uint32_t> candidates_;  ///< local numbers, rising
  std::vector<std::uint64_t> wanted_;      ///< a bit a document
};

}  // namespace mbe
