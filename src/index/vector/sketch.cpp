#include "index/vector/sketch.h"

#include <algorithm>
#include <cmath>

namespace mbe {
namespace {

constexpr int level_max = 15;  // four of one sign fill a table entry: 60
constexpr std::size_t group_dims = 4;
constexpr float nearly_zero = 1e-30f;  ///< what lies nearer to the centre has no direction

}  // namespace

Sketches make_sketches(std::span<const Half> rows, std::size_t count,
                       std::span<const float> centre) {
  const std::size_t dim = centre.size();
  const std::size_t width = padded_dim(dim);
  const std::size_t blocks = (count + block_vectors - 1) / block_vectors;
  Sketches out;
  out.blocks.assign(blocks * sketch_block_bytes(dim), '\0');
  out.factors.assign(blocks * block_vectors, 0.0f);
  out.offsets.assign(blocks * block_vectors, 0.0f);
  for (std::size_t v = 0; v < count; ++v) {
    char* block = out.blocks.data() + v / block_vectors * sketch_block_bytes(dim);
    const std::size_t lane = v % block_vectors;
    double norm_1 = 0;
    double norm_2 = 0;
    double inner = 0;
    for (std::size_t i = 0; i < dim; ++i) {
      const float value = from_half(rows[v * width + i]);
      const float difference = value - centre[i];
      norm_1 += static_cast<double>(std::abs(difference));
      norm_2 += static_cast<double>(difference) * static_cast<double>(difference);
      inner += static_cast<double>(value) * static_cast<double>(centre[i]);
      if (difference < 0) continue;
      char& code = block[i / group_dims * 16 + lane % 16];
      code = static_cast<char>(code | 1 << (i % group_dims + (lane < 16 ? 0 : group_dims)));
    }
    out.factors[v] = norm_1 > 0 ? static_cast<float>(norm_2 / norm_1) : 0.0f;
    out.offsets[v] = static_cast<float>(inner);
  }
  return out;
}

SketchQuery SketchTables::prepare(std::span<const float> query, std::span<const float> centre) {
  const std::size_t dim = query.size();
  const std::size_t groups = sketch_groups(dim);
  float largest = 0;
  double base = 0;
  for (std::size_t i = 0; i < dim; ++i) {
    largest = std::max(largest, std::abs(query[i] - centre[i]));
    base += static_cast<double>(query[i] - centre[i]) * static_cast<double>(centre[i]);
  }
  const float step = largest > nearly_zero ? largest / level_max : 1.0f;
  levels_.assign(groups * group_dims, 0);
  int level_sum = 0;
  for (std::size_t i = 0; i < dim; ++i) {
    const float level = (query[i] - centre[i]) / step;
    const auto nearest = static_cast<int>(level + std::copysign(0.5f, level));
    levels_[i] = static_cast<std::int8_t>(std::clamp(nearest, -level_max, level_max));
    level_sum += levels_[i];
  }
  tables_.assign(groups * 16, 0);
  int floor_sum = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::int8_t* levels = levels_.data() + group * group_dims;
    int floor = 0;  // the smallest partial sum: all negative levels
    for (std::size_t i = 0; i < group_dims; ++i) floor += std::min<int>(levels[i], 0);
    floor_sum += floor;
    std::uint8_t* table = tables_.data() + group * 16;
    table[0] = static_cast<std::uint8_t>(-floor);
    for (std::size_t i = 0; i < group_dims; ++i) {
      for (std::size_t code = 0; code < std::size_t{1} << i; ++code) {
        table[code + (std::size_t{1} << i)] = static_cast<std::uint8_t>(table[code] + levels[i]);
      }
    }
  }
  // <levels, s> = 2 * (sum of levels where the bit is set) - (sum of levels)
  return {.tables = tables_.data(),
          .groups = groups,
          .scale = 2 * step,
          .shift = step * static_cast<float>(2 * floor_sum - level_sum),
          .base = static_cast<float>(base)};
}

}  // namespace mbe
