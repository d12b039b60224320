// IEEE 754 binary16 <-> binary32, rounding to nearest, ties to even: the same bits on every
// machine. Pure.
#pragma once

#include <bit>
#include <cstdint>

namespace mbe {

using Half = std::uint16_t;

/// |value| above 65504 becomes infinity. Unit vectors never do.
[[nodiscard]] inline Half to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude >= 0x47800000u) {  // 65536 and up, infinity, NaN
    const std::uint32_t nan = magnitude > 0x7f800000u ? 0x200u : 0u;
    return static_cast<Half>(sign | 0x7c00u | nan);
  }
  if (magnitude < 0x38800000u) {  // below the smallest normal half: let the adder round
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<Half>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u));
  }
  const std::uint32_t odd = magnitude >> 13 & 1u;
  return static_cast<Half>(sign | (magnitude - 0x38000000u + 0xfffu + odd) >> 13);
}

/// The same value as a float: exact for every half.
[[nodiscard]] inline float from_half(Half half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00u) {
    return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
  }
  if (magnitude < 0x400u) {
    const float value = static_cast<float>(magnitude) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
  }
  return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000u));
}

}  // namespace mbe
