// Randomness: unpredictable bytes for keys and names, and a small seeded generator for tests.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace mbe {

/// 32 bytes from the operating system's generator (libsodium).
[[nodiscard]] Bytes32 random_bytes32();
/// `count` bytes from the operating system's generator.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same seed gives the same numbers everywhere.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  /// The next number of the sequence: all 64 bits uniform.
  [[nodiscard]] std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// Uniform in 0 … bound-1; bound > 0. Bias below 2^-32 for bounds under 2^32.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// Uniform in [0, 1).
  [[nodiscard]] double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace mbe
