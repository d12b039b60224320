// The two inner loops of the vector index, compiled for several instruction sets and chosen at run
// time (Highway). Results do not depend on which one runs: dot products add in one fixed order, the
// 1-bit sums are integers. Pure; any thread. Layouts: docs/format/vector.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "index/vector/half.h"

namespace mbe {

/// Rows of floats and halves are padded with zeros to this many.
inline constexpr std::size_t row_lanes = 16;
[[nodiscard]] constexpr std::size_t padded_dim(std::size_t dim) {
  return (dim + row_lanes - 1) / row_lanes * row_lanes;
}

/// out[i] = <query, row i>; rows lie end to end, `width` (a multiple of row_lanes) halves each.
/// Sixteen partial sums, added pairwise at the end; products are rounded, never fused.
void dot_rows(const float* query, const Half* rows, std::size_t width, std::span<float> out);

/// Vectors a sketch block holds, and groups of four dimensions (padded to a multiple of four).
inline constexpr std::size_t block_vectors = 32;
[[nodiscard]] constexpr std::size_t sketch_groups(std::size_t dim) {
  return (dim + 15) / 16 * 4;
}
/// Bytes of one sketch block: one bit a dimension and vector.
[[nodiscard]] constexpr std::size_t sketch_block_bytes(std::size_t dim) {
  return sketch_groups(dim) * 16;
}

/// A query as the first pass sees it, for one segment.
struct SketchQuery {
  const std::uint8_t* tables = nullptr;  ///< 16 partial sums (at most 60) for each group
  std::size_t groups = 0;
  float scale = 0;  ///< estimate = base + offset[v] + factor[v] * (scale * sum + shift)
  float shift = 0;
  float base = 0;
};

/// Estimates of `blocks` blocks: out has blocks * block_vectors floats.
void estimate_blocks(const SketchQuery& query, const std::uint8_t* sketches, const float* factors,
                     const float* offsets, std::size_t blocks, float* out);

}  // namespace mbe
