// The view that VectorIndex publishes; see index.h for the contract.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "index/common/segment_stack.h"
#include "index/vector/segment.h"

namespace mbe {

/// One vector that may be a hit. Its entry stays where it is until it matters: most candidates are
/// dropped again, and reading it would cost a cache miss.
struct VectorCandidate {
  float score = 0;  ///< an estimate, then the cosine
  std::uint32_t segment = 0;
  std::uint32_t row = 0;
};

/// Orders candidates by score, best first, then by entry.
struct BetterCandidate {
  std::span<const VectorSegment::Pointer> segments;
  /// The candidate's entry, read from its segment.
  [[nodiscard]] const StoredEntry& entry(const VectorCandidate& at) const {
    return segments[at.segment]->entries()[at.row];
  }
  /// Whether `a` comes before `b`.
  [[nodiscard]] bool operator()(const VectorCandidate& a, const VectorCandidate& b) const {
    return a.score != b.score ? a.score > b.score : before(entry(a), entry(b));
  }

 private:
  [[nodiscard]] static bool before(const StoredEntry& a, const StoredEntry& b);
};

/// Keeps the best candidates: at most twice as many as wanted at a time.
class CandidatePool {
 public:
  CandidatePool(std::size_t wanted, BetterCandidate better) : wanted_(wanted), better_(better) {}
  /// What a score must reach to matter.
  [[nodiscard]] float floor() const { return floor_; }
  void push(const VectorCandidate& candidate);
  /// The best `wanted`, best first.
  [[nodiscard]] std::vector<VectorCandidate> take();

 private:
  void cut();
  std::size_t wanted_;
  BetterCandidate better_;
  float floor_ = -1e30f;
  std::vector<VectorCandidate> kept_;
};

class SegmentedVectorSnapshot final : public VectorSnapshot {
 public:
  using State = SegmentStack<VectorSegment>::State;
  SegmentedVectorSnapshot(std::shared_ptr<const State> state, VectorModel model,
                          VectorOptions options);

  [[nodiscard]] Result<std::vector<VectorHit>> search(const VectorQuery& query) const override;
  [[nodiscard]] Result<std::vector<KindCosines>> cosines(
      std::span<const std::span<const float>> queries,
      std::span<const std::uint64_t> sequences) const override;
  [[nodiscard]] Result<std::vector<Stored>> vectors(std::uint64_t sequence) const override;
  [[nodiscard]] std::vector<float> mean() const override;
  [[nodiscard]] std::uint64_t vector_count() const override { return vectors_; }
  [[nodiscard]] Result<SequenceSet> sequences(std::uint8_t kinds) const override;

 private:
  struct Work {
    const VectorQuery& query;
    std::vector<float> padded;  ///< the query as dot_rows wants it
  };
  /// A vector as dot_rows wants it, checked.
  [[nodiscard]] Result<std::vector<float>> padded(std::span<const float> vector) const;
  [[nodiscard]] bool admits(const Work& work, const StoredEntry& entry) const;
  /// Whether every entry of the segment is admitted, as far as that is cheap to know.
  [[nodiscard]] bool admits_all(const Work& work, const VectorSegment& segment) const;
  [[nodiscard]] std::size_t wanted(std::size_t top_k) const;
  /// Threads for work over all vectors.
  [[nodiscard]] std::size_t threads_for_many() const;
  [[nodiscard]] Result<void> scan(const Work& work, std::size_t segment, bool sketched,
                                  CandidatePool& pool) const;
  [[nodiscard]] Result<void> scan_exact(const Work& work, std::size_t segment,
                                        CandidatePool& pool) const;
  [[nodiscard]] Result<std::vector<VectorCandidate>> scan_all(const Work& work, bool sketched,
                                                              std::size_t count) const;
  [[nodiscard]] Result<std::vector<VectorCandidate>> scan_few(const Work& work) const;
  /// The part of cosines() that one segment knows. `order`: places in `sequences`, by sequence.
  [[nodiscard]] Result<void> add_cosines(const VectorSegment& segment,
                                         std::span<const std::vector<float>> padded,
                                         std::span<const std::uint64_t> sequences,
                                         std::span<const std::size_t> order,
                                         std::vector<KindCosines>& out) const;
  /// Estimates become cosines, in order again.
  [[nodiscard]] Result<void> rescore(const Work& work,
                                     std::vector<VectorCandidate>& candidates) const;
  [[nodiscard]] Result<void> rescore_part(const Work& work,
                                          std::span<VectorCandidate> candidates) const;
  [[nodiscard]] BetterCandidate better() const { return {state_->segments}; }
  /// The first of each sequence, best first, of candidates in order.
  [[nodiscard]] std::vector<VectorHit> fold(std::span<const VectorCandidate> candidates,
                                            std::size_t top_k) const;

  std::shared_ptr<const State> state_;
  VectorModel model_;
  VectorOptions options_;
  std::uint64_t vectors_ = 0;
};

}  // namespace mbe
