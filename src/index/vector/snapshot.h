// The view that VectorIndex publishes; see index.h for the contract.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "index/common/segment_stack.h"
#include "index/vector/segment.h"

namespace mbe {

/// One vector that may be a hit.
struct VectorCandidate {
  float score = 0;  ///< an estimate, then the cosine
  std::uint32_t segment = 0;
  std::uint32_t row = 0;
  StoredEntry entry{};
};

/// Keeps the best candidates by (score, then entry): at most twice as many as wanted at a time.
class CandidatePool {
 public:
  explicit CandidatePool(std::size_t wanted) : wanted_(wanted) {}
  /// What a score must reach to matter.
  [[nodiscard]] float floor() const { return floor_; }
  void push(const VectorCandidate& candidate);
  /// The best `wanted`, best first.
  [[nodiscard]] std::vector<VectorCandidate> take();

 private:
  void cut();
  std::size_t wanted_;
  float floor_ = -1e30f;
  std::vector<VectorCandidate> kept_;
};

class SegmentedVectorSnapshot final : public VectorSnapshot {
 public:
  using State = SegmentStack<VectorSegment>::State;
  SegmentedVectorSnapshot(std::shared_ptr<const State> state, VectorModel model,
                          VectorOptions options);

  [[nodiscard]] Result<std::vector<VectorHit>> search(const VectorQuery& query) const override;
  [[nodiscard]] Result<std::vector<std::optional<float>>> cosines(
      std::span<const float> query, std::span<const std::uint64_t> sequences,
      std::uint8_t kinds) const override;
  [[nodiscard]] Result<std::vector<Stored>> vectors(std::uint64_t sequence) const override;
  [[nodiscard]] std::vector<float> mean() const override;
  [[nodiscard]] std::uint64_t vector_count() const override { return vectors_; }
  [[nodiscard]] Result<SequenceSet> sequences(std::uint8_t kinds) const override;

 private:
  struct Work {
    const VectorQuery& query;
    std::vector<float> padded;  ///< the query as dot_rows wants it
  };
  [[nodiscard]] Result<Work> check(const VectorQuery& query) const;
  [[nodiscard]] bool admits(const Work& work, const StoredEntry& entry) const;
  [[nodiscard]] std::size_t wanted(std::size_t top_k) const;
  [[nodiscard]] Result<void> scan(const Work& work, std::size_t segment, bool sketched,
                                  CandidatePool& pool) const;
  [[nodiscard]] Result<void> scan_exact(const Work& work, std::size_t segment,
                                        CandidatePool& pool) const;
  [[nodiscard]] Result<std::vector<VectorCandidate>> scan_all(const Work& work, bool sketched,
                                                              std::size_t count) const;
  [[nodiscard]] Result<std::vector<VectorCandidate>> scan_few(const Work& work) const;
  [[nodiscard]] Result<void> rescore(const Work& work,
                                     std::vector<VectorCandidate>& candidates) const;

  std::shared_ptr<const State> state_;
  VectorModel model_;
  VectorOptions options_;
  std::uint64_t vectors_ = 0;
};

}  // namespace mbe
