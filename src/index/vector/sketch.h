// The 1-bit first pass. A vector v is kept as the signs s of o = v - c (c: the segment's mean) with
// two numbers, factor = |o|^2 / |o|_1 and offset = <c, v>; a query as q - c in 31 levels. Then
//   <q, v> = <q, c> - <c, c> + <c, v> + <q - c, o>  and  <q - c, o> ~ factor * <q - c, s>.
// Source: Gao, Long, RaBitQ, SIGMOD 2024 (without its rotation: docs/format/vector.md says why).
// Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/vector/kernels.h"

namespace mbe {

struct Sketches {
  std::string blocks;
  std::vector<float> factors;  ///< padded to whole blocks with zeros
  std::vector<float> offsets;
};

/// Sketches of rows (padded_dim halves each) against `centre` (dim floats). O(rows * dim).
[[nodiscard]] Sketches make_sketches(std::span<const Half> rows, std::size_t count,
                                     std::span<const float> centre);

/// A query prepared for segments, one after another.
class SketchTables {
 public:
  /// `query` and `centre`: dim floats. The result is valid until the next call. O(dim).
  [[nodiscard]] SketchQuery prepare(std::span<const float> query, std::span<const float> centre);

 private:
  std::vector<std::int8_t> levels_;
  std::vector<std::uint8_t> tables_;
};

}  // namespace mbe
