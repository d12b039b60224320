// The view that KeywordIndex publishes: a list of segments, what is hidden, and the statistics of
// the whole. See index.h for the contract.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "index/common/segment_stack.h"
#include "index/keyword/segment_search.h"

namespace mbe {

/// A query against all segments: its terms' weights and their dictionary entries.
struct KeywordPlan::Places {
  std::vector<ScoredTerm> terms;
  std::vector<std::vector<std::optional<DictionaryEntry>>> entries;  ///< by segment, term
};

class SegmentedKeywordSnapshot final : public KeywordSnapshot {
 public:
  using State = SegmentStack<KeywordSegment>::State;
  SegmentedKeywordSnapshot(std::shared_ptr<const State> state, Bm25 bm25);

  [[nodiscard]] Result<KeywordPlan> plan(std::span<const QueryTerm> query) const override;
  [[nodiscard]] Result<std::vector<KeywordHit>> search(
      const KeywordPlan& plan, const KeywordSearchOptions& options) const override;
  [[nodiscard]] Result<std::vector<KeywordParts>> score_parts(
      const KeywordPlan& plan, std::span<const std::uint64_t> sequences) const override;
  [[nodiscard]] std::uint64_t document_count() const override { return documents_; }
  [[nodiscard]] double average_length(LengthClass of) const override;
  [[nodiscard]] bool contains(std::uint64_t sequence) const override;

 private:
  [[nodiscard]] Result<std::vector<KeywordHit>> search_few(
      const KeywordPlan::Places& places, const KeywordSearchOptions& options) const;

  std::shared_ptr<const State> state_;
  Bm25 bm25_;
  std::uint64_t documents_ = 0;
  LengthTotals totals_;
};

}  // namespace mbe
