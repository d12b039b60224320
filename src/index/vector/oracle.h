// The exact oracle of VectorIndex: the same contract, every cosine in double over the same float16
// values, no files, no first pass. For tests and benches. One thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "index/vector/half.h"
#include "index/vector/index.h"

namespace mbe {

class VectorOracle {
 public:
  explicit VectorOracle(std::size_t dim) : dim_(dim) {}

  /// As VectorIndex::append, of one vector; checks nothing.
  void append(const VectorEntry& entry, std::span<const float> values) {
    std::vector<float>& kept = stored_.emplace_back(entry, std::vector<float>{}).second;
    for (const float value : values) kept.push_back(from_half(to_half(value)));
  }
  /// As VectorIndex::remove, of one sequence.
  void remove(std::uint64_t sequence) {
    std::erase_if(stored_, [&](const auto& at) { return at.first.sequence == sequence; });
  }
  [[nodiscard]] std::size_t vector_count() const { return stored_.size(); }

  /// Every admitted sequence with its best vector, best first; cosines rounded to float.
  [[nodiscard]] std::vector<VectorHit> search(const VectorQuery& query) const {
    std::map<std::uint64_t, VectorHit> best;
    for (const auto& [entry, values] : stored_) {
      if ((query.kinds & kind_bit(entry.kind)) == 0) continue;
      if (query.allowed != nullptr && !query.allowed->contains(entry.sequence)) continue;
      const VectorHit hit{entry.sequence, entry.kind, entry.span_begin, entry.span_end,
                          static_cast<float>(cosine(query.vector, values))};
      const auto [at, fresh] = best.emplace(entry.sequence, hit);
      if (!fresh && order(hit) < order(at->second)) at->second = hit;
    }
    std::vector<VectorHit> out;
    for (const auto& [sequence, hit] : best) out.push_back(hit);
    std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.cosine > b.cosine; });
    if (out.size() > query.top_k) out.resize(query.top_k);
    return out;
  }

  /// Mean of all vectors (dim doubles; zeros while there are none).
  [[nodiscard]] std::vector<double> mean() const {
    std::vector<double> out(dim_, 0.0);
    for (const auto& [entry, values] : stored_) {
      for (std::size_t i = 0; i < dim_; ++i) {
        out[i] += static_cast<double>(values[i]) / static_cast<double>(stored_.size());
      }
    }
    return out;
  }

 private:
  static double cosine(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
  }
  static std::tuple<float, VectorKind, std::uint32_t, std::uint32_t> order(const VectorHit& hit) {
    return {-hit.cosine, hit.kind, hit.span_begin, hit.span_end};
  }

  std::size_t dim_;
  std::vector<std::pair<VectorEntry, std::vector<float>>> stored_;
};

}  // namespace mbe
