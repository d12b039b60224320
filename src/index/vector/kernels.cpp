#include "index/vector/kernels.h"

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/vector/kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target includes this file again, so highway.h must come after it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mbe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The processor fetches ahead by itself, but stops at the end of each page.
constexpr std::size_t prefetched_ahead = 4096;

// Pairwise over the sixteen partial sums: the same tree whatever the vector width.
float sum_lanes(const float* lanes) {
  float level[row_lanes];
  for (std::size_t i = 0; i < row_lanes; ++i) level[i] = lanes[i];
  for (std::size_t half = row_lanes / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) level[i] += level[i + half];
  }
  return level[0];
}

HWY_ATTR void dot_rows(const float* query, const Half* rows, std::size_t width, float* out,
                       std::size_t count) {
  const hn::CappedTag<float, 8> df;
  const hn::Rebind<hwy::float16_t, decltype(df)> dh;
  const std::size_t lanes = hn::Lanes(df);
  const std::size_t steps = row_lanes / lanes;  // 2 or 4; the loop below covers both
  HWY_ALIGN float sums[row_lanes];
  for (std::size_t row = 0; row < count; ++row, rows += width) {
    const auto* halves = reinterpret_cast<const hwy::float16_t*>(rows);
    for (std::size_t step = 0; step < steps; step += 2) {
      const std::size_t a = step * lanes;
      const std::size_t b = a + lanes;
      auto sum_a = hn::Zero(df);
      auto sum_b = hn::Zero(df);
      for (std::size_t i = 0; i < width; i += row_lanes) {
        const auto va = hn::PromoteTo(df, hn::LoadU(dh, halves + i + a));
        const auto vb = hn::PromoteTo(df, hn::LoadU(dh, halves + i + b));
        sum_a = hn::Add(sum_a, hn::Mul(va, hn::LoadU(df, query + i + a)));
        sum_b = hn::Add(sum_b, hn::Mul(vb, hn::LoadU(df, query + i + b)));
      }
      hn::Store(sum_a, df, sums + a);
      hn::Store(sum_b, df, sums + b);
    }
    out[row] = sum_lanes(sums);
  }
}

#if HWY_TARGET == HWY_SCALAR
// Machines without any vector instructions.
void sum_block(const SketchQuery& query, const std::uint8_t* block, std::uint16_t* out) {
  for (std::size_t i = 0; i < block_vectors; ++i) out[i] = 0;
  for (std::size_t at = 0; at < query.groups * 16; at += 16) {
    for (std::size_t i = 0; i < 16; ++i) {
      const unsigned low = query.tables[at + (block[at + i] & 15u)];
      const unsigned high = query.tables[at + (block[at + i] >> 4)];
      out[i] = static_cast<std::uint16_t>(out[i] + low);
      out[i + 16] = static_cast<std::uint16_t>(out[i + 16] + high);
    }
  }
}
#else
// Adds the table entries of all groups for the 32 vectors of one block. Eight-bit sums hold four
// entries of at most 60 before they are widened.
HWY_ATTR void sum_block(const SketchQuery& query, const std::uint8_t* block, std::uint16_t* out) {
  const hn::CappedTag<std::uint8_t, 64> d8;
  const hn::Repartition<std::uint16_t, decltype(d8)> d16;
  const hn::CappedTag<std::uint16_t, 8> d128;
  const std::size_t groups_per_load = hn::Lanes(d8) / 16;
  const auto nibble = hn::Set(d8, std::uint8_t{0x0f});
  const auto low_byte = hn::Set(d16, std::uint16_t{0x00ff});
  auto low_even = hn::Zero(d16);
  auto low_odd = hn::Zero(d16);
  auto high_even = hn::Zero(d16);
  auto high_odd = hn::Zero(d16);
  for (std::size_t group = 0; group < query.groups;) {
    auto low = hn::Zero(d8);
    auto high = hn::Zero(d8);
    for (std::size_t i = 0; i < 4 && group < query.groups; ++i, group += groups_per_load) {
      hwy::Prefetch(block + group * 16 + prefetched_ahead);
      const auto codes = hn::LoadU(d8, block + group * 16);
      const auto table = hn::LoadU(d8, query.tables + group * 16);
      const auto upper = hn::BitCast(d8, hn::ShiftRight<4>(hn::BitCast(d16, codes)));
      low = hn::Add(low, hn::TableLookupBytes(table, hn::And(codes, nibble)));
      high = hn::Add(high, hn::TableLookupBytes(table, hn::And(upper, nibble)));
    }
    const auto low16 = hn::BitCast(d16, low);
    const auto high16 = hn::BitCast(d16, high);
    low_even = hn::Add(low_even, hn::And(low16, low_byte));
    low_odd = hn::Add(low_odd, hn::ShiftRight<8>(low16));
    high_even = hn::Add(high_even, hn::And(high16, low_byte));
    high_odd = hn::Add(high_odd, hn::ShiftRight<8>(high16));
  }
  HWY_ALIGN std::uint16_t parts[4][32];
  hn::Store(low_even, d16, parts[0]);
  hn::Store(low_odd, d16, parts[1]);
  hn::Store(high_even, d16, parts[2]);
  hn::Store(high_odd, d16, parts[3]);
  for (std::size_t side = 0; side < 2; ++side) {
    auto even = hn::Load(d128, parts[2 * side]);
    auto odd = hn::Load(d128, parts[2 * side + 1]);
    for (std::size_t i = 1; i < groups_per_load; ++i) {
      even = hn::Add(even, hn::Load(d128, parts[2 * side] + 8 * i));
      odd = hn::Add(odd, hn::Load(d128, parts[2 * side + 1] + 8 * i));
    }
    hn::StoreU(hn::InterleaveLower(d128, even, odd), d128, out + 16 * side);
    hn::StoreU(hn::InterleaveUpper(d128, even, odd), d128, out + 16 * side + 8);
  }
}

#endif

HWY_ATTR void estimate_blocks(const SketchQuery& query, const std::uint8_t* sketches,
                              const float* factors, const float* offsets, std::size_t blocks,
                              float* out) {
  const hn::CappedTag<float, 8> df;
  const hn::Rebind<std::uint16_t, decltype(df)> d16;
  const hn::Rebind<std::int32_t, decltype(df)> d32;
  const auto scale = hn::Set(df, query.scale);
  const auto shift = hn::Set(df, query.shift);
  const auto base = hn::Set(df, query.base);
  HWY_ALIGN std::uint16_t sums[block_vectors];
  for (std::size_t block = 0; block < blocks; ++block) {
    sum_block(query, sketches + block * query.groups * 16, sums);
    for (std::size_t i = 0; i < block_vectors; i += hn::Lanes(df)) {
      const std::size_t at = block * block_vectors + i;
      const auto sum = hn::ConvertTo(df, hn::PromoteTo(d32, hn::LoadU(d16, sums + i)));
      const auto inner = hn::Add(hn::Mul(scale, sum), shift);
      const auto outer = hn::Mul(hn::LoadU(df, factors + at), inner);
      hn::StoreU(hn::Add(hn::Add(base, hn::LoadU(df, offsets + at)), outer), df, out + at);
    }
  }
}

}  // namespace mbe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mbe {

HWY_EXPORT(dot_rows);
HWY_EXPORT(estimate_blocks);

void dot_rows(const float* query, const Half* rows, std::size_t width, std::span<float> out) {
  HWY_DYNAMIC_DISPATCH(dot_rows)(query, rows, width, out.data(), out.size());
}

void estimate_blocks(const SketchQuery& query, const std::uint8_t* sketches, const float* factors,
                     const float* offsets, std::size_t blocks, float* out) {
  HWY_DYNAMIC_DISPATCH(estimate_blocks)(query, sketches, factors, offsets, blocks, out);
}

}  // namespace mbe
#endif  // HWY_ONCE
