#include "index/common/checksum.h"

#include <bit>
#include <cstring>

namespace mbe {
namespace {

constexpr std::uint64_t odd_a = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t odd_b = 0xd6e8feb86659fd93ULL;

std::uint64_t step(std::uint64_t lane, std::uint64_t word) {
  return std::rotl((lane ^ word) * odd_a, 29);
}

std::uint64_t load(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace

std::uint64_t checksum64(std::string_view bytes) {
  static_assert(std::endian::native == std::endian::little, "derived files are little-endian");
  std::uint64_t lanes[4] = {odd_a, odd_b, ~odd_a, ~odd_b};
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; left -= 32, at += 32) {
    for (std::size_t i = 0; i < 4; ++i) lanes[i] = step(lanes[i], load(at + 8 * i));
  }
  for (std::size_t i = 0; left >= 8; left -= 8, at += 8, ++i) lanes[i] = step(lanes[i], load(at));
  std::uint64_t rest = 0;
  if (left > 0) std::memcpy(&rest, at, left);
  std::uint64_t sum = step(bytes.size() * odd_b, rest);
  for (const std::uint64_t lane : lanes) sum = step(sum, lane);
  sum ^= sum >> 32;
  sum *= odd_b;
  return sum ^ sum >> 29;
}

}  // namespace mbe
