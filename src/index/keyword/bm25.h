// BM25 in arithmetic whose sums do not depend on the order of the summands and whose bounds are
// exact: every operation on a float is monotone, every summand is rounded to 2^-20 once.
// Pure. Formula and source: index.h, KeywordSnapshot::search.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "index/keyword/index.h"

namespace mbe {

/// A score in units of 2^-20.
using FixedScore = std::int64_t;
inline constexpr float fixed_unit = 1048576.0f;
[[nodiscard]] inline double to_score(FixedScore fixed) {
  return static_cast<double>(fixed) * 0x1p-20;
}

/// Lengths and counts are kept up to here; BM25 is flat there.
inline constexpr std::uint32_t length_max = 65535;

/// ln(1 + (N - df + 0.5) / (df + 0.5)); above 0 for df <= N.
[[nodiscard]] inline double bm25_idf(std::uint64_t documents, std::uint64_t frequency) {
  const auto n = static_cast<double>(documents);
  const auto df = static_cast<double>(frequency);
  return std::log1p((n - df + 0.5) / (df + 0.5));
}

/// What scoring one term needs to know of the query and the collection.
struct TermWeight {
  float gain = 0;        ///< weight * idf * (k1 + 1)
  float norm_base = 0;   ///< k1 * (1 - b)
  float norm_slope = 0;  ///< k1 * b / average length

  /// `weight_idf`: the query's weight times bm25_idf; `average_length`: 0 if no document has any.
  [[nodiscard]] static TermWeight of(Bm25 bm25, double weight_idf, double average_length) {
    TermWeight out;
    out.gain = static_cast<float>(weight_idf * (static_cast<double>(bm25.k1) + 1));
    out.norm_base = bm25.k1 * (1 - bm25.b);
    out.norm_slope =
        average_length > 0 ? static_cast<float>(bm25.k1 * bm25.b / average_length) : 0.0f;
    return out;
  }
  /// gain * tf / (tf + norm), written so that it is monotone in both arguments even when rounded.
  /// Below 2^31: weight <= 16, idf < 23, k1 <= 4.
  [[nodiscard]] std::int32_t score(std::uint32_t count, std::uint32_t length) const {
    const float norm = norm_base + norm_slope * static_cast<float>(length);
    const float value = gain / (1.0f + norm / static_cast<float>(count));
    return static_cast<std::int32_t>(value * fixed_unit + 0.5f);
  }
};

/// The scores of count 1 by length, which nearly all postings of talk have; the rest is computed.
class ScoreTable {
 public:
  ScoreTable() = default;
  explicit ScoreTable(const TermWeight& weight) : weight_(weight) {
    for (std::uint32_t length = 0; length < once_.size(); ++length) {
      once_[length] = weight.score(1, length);
    }
  }
  /// The same value as TermWeight::score.
  [[nodiscard]] std::int32_t score(std::uint32_t count, std::uint32_t length) const {
    if (count == 1 && length < once_.size()) return once_[length];
    return weight_.score(count, length);
  }

 private:
  TermWeight weight_;
  std::array<std::int32_t, 128> once_{};
};

}  // namespace mbe
