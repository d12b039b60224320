#include "index/vector/kernels.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace mbe {
namespace {

TEST(Half, ReadsBackEveryFiniteValue) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = from_half(static_cast<Half>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(from_half(to_half(value))));
    } else {
      EXPECT_EQ(to_half(value), bits);
    }
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
  EXPECT_EQ(from_half(to_half(1.0f + 0x1p-11f)), 1.0f);
  EXPECT_EQ(from_half(to_half(1.0f + 3 * 0x1p-11f)), 1.0f + 0x1p-9f);
  EXPECT_EQ(from_half(to_half(0x1p-25f)), 0.0f);
  EXPECT_EQ(from_half(to_half(1.5f * 0x1p-25f)), 0x1p-24f);
  EXPECT_TRUE(std::isinf(from_half(to_half(70'000.0f))));
  SeededRandom random(1);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<float>(random.unit() * 2 - 1);
    EXPECT_NEAR(from_half(to_half(value)), value, std::abs(value) * 0x1p-11f + 0x1p-25f);
  }
}

/// Runs a check on every instruction set this machine has.
template <class Check>
void on_all_targets(const Check& check) {
  for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
    const std::int64_t target = left & -left;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST(DotRows, GivesTheSameBitsOnEveryTargetAndNearlyTheExactSum) {
  SeededRandom random(2);
  for (const std::size_t dim : {16u, 48u, 384u, 1024u}) {
    std::vector<float> query(dim);
    std::vector<Half> rows(dim * 5);
    for (float& value : query) value = static_cast<float>(random.unit() - 0.5);
    for (Half& value : rows) value = to_half(static_cast<float>(random.unit() - 0.5));
    std::vector<float> first;
    on_all_targets([&] {
      std::vector<float> out(5);
      dot_rows(query.data(), rows.data(), dim, out);
      if (first.empty()) first = out;
      EXPECT_EQ(out, first);
    });
    for (std::size_t row = 0; row < 5; ++row) {
      double exact = 0;
      for (std::size_t i = 0; i < dim; ++i) {
        exact +=
            static_cast<double>(query[i]) * static_cast<double>(from_half(rows[row * dim + i]));
      }
      EXPECT_NEAR(first[row], exact, 1e-5 * std::sqrt(static_cast<double>(dim)));
    }
  }
}

TEST(EstimateBlocks, AddsTheTableEntriesOfEachVectorOnEveryTarget) {
  SeededRandom random(3);
  for (const std::size_t dim : {4u, 100u, 384u, 4096u}) {
    const std::size_t groups = sketch_groups(dim);
    constexpr std::size_t blocks = 3;
    std::vector<std::uint8_t> tables(groups * 16);
    std::vector<std::uint8_t> sketches(blocks * sketch_block_bytes(dim));
    std::vector<float> factors(blocks * block_vectors);
    std::vector<float> offsets(blocks * block_vectors);
    for (auto& value : tables) value = static_cast<std::uint8_t>(random.below(61));
    for (auto& value : sketches) value = static_cast<std::uint8_t>(random.next());
    for (float& value : factors) value = static_cast<float>(random.unit());
    for (float& value : offsets) value = static_cast<float>(random.unit());
    const SketchQuery query{tables.data(), groups, 0.5f, -3.0f, 0.25f};
    on_all_targets([&] {
      std::vector<float> out(blocks * block_vectors);
      estimate_blocks(query, sketches.data(), factors.data(), offsets.data(), blocks, out.data());
      for (std::size_t v = 0; v < out.size(); ++v) {
        unsigned sum = 0;
        for (std::size_t group = 0; group < groups; ++group) {
          const unsigned byte =
              sketches[v / block_vectors * groups * 16 + group * 16 + v % block_vectors % 16];
          const unsigned code = v % block_vectors < 16 ? byte & 15u : byte >> 4;
          sum += tables[group * 16 + code];
        }
        const float inner = 0.5f * static_cast<float>(sum) + -3.0f;
        const float outer = factors[v] * inner;
        EXPECT_EQ(out[v], 0.25f + offsets[v] + outer) << v;
      }
    });
  }
}

}  // namespace
}  // namespace mbe
