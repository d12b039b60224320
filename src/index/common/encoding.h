// Varints and bit-packed runs of the index files, and a reader that cannot run over its end. Pure;
// any thread. Varint: seven bits a byte, low first, high bit = more follow.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/little_endian.h"

namespace mbe {

/// Appends 1 … 10 bytes.
inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Reads forward; after the first read over the end everything is zero and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  /// The next sizeof(T) bytes as a number.
  template <class T>
  [[nodiscard]] T number() {
    if (left() < sizeof(T)) return fail<T>();
    const T value = load_number<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  /// The next varint; more than ten bytes count as a read over the end.
  [[nodiscard]] std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return fail<std::uint64_t>();
  }
  /// The next `size` bytes, unchanged; they live as long as what is read.
  [[nodiscard]] std::string_view bytes(std::uint64_t size) {
    if (left() < size) return fail<std::string_view>();
    const std::string_view out(at_, size);
    at_ += size;
    return out;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  template <class T>
  T fail() {
    ok_ = false;
    at_ = end_;
    return T{};
  }
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

/// Where a number stands in a rising list. O(log of the numbers left out before it).
[[nodiscard]] inline std::optional<std::uint32_t> find_rising(
    std::span<const std::uint32_t> numbers, std::uint64_t number) {
  if (numbers.empty() || number < numbers.front() || number > numbers.back()) return std::nullopt;
  // Never further from the front than its distance from the first number.
  std::uint64_t end = std::min<std::uint64_t>(number - numbers.front() + 1, numbers.size());
  std::uint64_t begin = end - 1;
  for (std::uint64_t step = 1; numbers[begin] > number; step *= 2) {
    end = begin;
    begin -= std::min(step, begin);
  }
  const auto part = numbers.subspan(begin, end - begin);
  const auto at = std::ranges::lower_bound(part, number);
  if (at == part.end() || *at != number) return std::nullopt;
  return static_cast<std::uint32_t>(begin + static_cast<std::uint64_t>(at - part.begin()));
}

/// Bytes of `count` values of `bits` bits.
[[nodiscard]] constexpr std::size_t packed_bytes(std::size_t count, unsigned bits) {
  return (count * bits + 7) / 8;
}
/// Readers of packed runs load eight bytes at a time: this many must follow any run.
inline constexpr std::size_t packed_slack = 8;

/// Appends the values' low `bits` (0 … 32) bits, low first.
inline void append_packed(std::string& out, std::span<const std::uint32_t> values, unsigned bits) {
  const std::size_t begin = out.size();
  out.resize(begin + packed_bytes(values.size(), bits));
  std::size_t bit = 0;
  for (const std::uint32_t value : values) {
    for (unsigned done = 0; done < bits;) {
      const std::size_t byte = begin + bit / 8;
      const auto shift = static_cast<unsigned>(bit % 8);
      out[byte] = static_cast<char>(static_cast<unsigned char>(out[byte]) |
                                    ((value >> done) << shift & 0xffu));
      const unsigned step = std::min(8 - shift, bits - done);
      done += step;
      bit += step;
    }
  }
}

/// Reads out.size() values of `bits` (0 … 32) bits; packed_bytes + packed_slack bytes are readable.
inline void unpack(const char* from, unsigned bits, std::span<std::uint32_t> out) {
  if (bits == 0) {
    std::ranges::fill(out, 0u);
    return;
  }
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::size_t i = 0;
  std::size_t bit = 0;
  if (bits <= 14) {  // one load of at least 57 usable bits gives four values
    for (; i + 4 <= out.size(); i += 4, bit += 4 * std::size_t{bits}) {
      const std::uint64_t word = load_number<std::uint64_t>(from + bit / 8) >> (bit % 8);
      out[i] = static_cast<std::uint32_t>(word & mask);
      out[i + 1] = static_cast<std::uint32_t>(word >> bits & mask);
      out[i + 2] = static_cast<std::uint32_t>(word >> 2 * bits & mask);
      out[i + 3] = static_cast<std::uint32_t>(word >> 3 * bits & mask);
    }
  }
  for (; i < out.size(); ++i, bit += bits) {
    const std::uint64_t word = load_number<std::uint64_t>(from + bit / 8) >> (bit % 8);
    out[i] = static_cast<std::uint32_t>(word & mask);
  }
}

}  // namespace mbe
