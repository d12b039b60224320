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

class SegmentedKeywordSnapshot final : public KeywordSnapshot {
 public:
  using State = SegmentStack<KeywordSegment>::State;
  SegmentedKeywordSnapshot(std::shared_ptr<const State> state, Bm25 bm25);

  [[nodiscard]] Result<std::vector<KeywordHit>> search(
      std::span<const QueryTerm> query, const KeywordSearchOptions& options) const override;
  [[nodiscard]] Result<std::vector<KeywordParts>> score_parts(
      std::span<const QueryTerm> query, std::span<const std::uint64_t> sequences) const override;
  [[nodiscard]] Result<std::uint64_t> document_frequency(TermKind kind,
                                                         std::string_view text) const override;
  [[nodiscard]] Result<double> idf(TermKind kind, std::string_view text) const override;
  [[nodiscard]] std::uint64_t document_count() const override { return documents_; }
  [[nodiscard]] double average_length(LengthClass of) const override;
  [[nodiscard]] bool contains(std::uint64_t sequence) const override;

 private:
  /// A query against all segments: its terms' weights and their dictionary entries.
  struct Plan {
    std::vector<ScoredTerm> terms;
    std::vector<std::vector<std::optional<DictionaryEntry>>> entries;  ///< by segment, term
  };
  [[nodiscard]] Result<Plan> plan(std::span<const QueryTerm> query) const;
  [[nodiscard]] Result<std::vector<KeywordHit>> search_few(
      const Plan& plan, const KeywordSearchOptions& options) const;

  std::shared_ptr<const State> state_;
  Bm25 bm25_;
  std::uint64_t documents_ = 0;
  LengthTotals totals_;
};

}  // namespace mbe
