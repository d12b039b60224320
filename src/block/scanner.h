// Reads fixed forms from the front of a text: literals, minimal decimals, digests. `good` turns
// false at the first misfit and stays so; check it, and that `rest` is empty, at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace mbe {

struct Scanner {
  static constexpr std::size_t decimal_digits_max = 15;

  std::string_view rest;
  bool good = true;

  /// Passes over the literal if it stands here.
  bool accept(std::string_view literal) {
    if (!rest.starts_with(literal)) return false;
    rest.remove_prefix(literal.size());
    return true;
  }
  /// The literal must stand here.
  void expect(std::string_view literal) { good = good && accept(literal); }
  /// A decimal without leading zeros, below 10^15.
  std::uint64_t number() {
    std::size_t count = 0;
    std::uint64_t value = 0;
    for (; count < rest.size() && rest[count] >= '0' && rest[count] <= '9'; ++count) {
      if (count == decimal_digits_max) return good = false, 0;
      value = value * 10 + static_cast<std::uint64_t>(rest[count] - '0');
    }
    good = good && (count == 1 || (count > 1 && rest[0] != '0'));
    rest.remove_prefix(count);
    return value;
  }
  /// Exactly `size` bytes.
  std::string_view take(std::size_t size) {
    if (!good || rest.size() < size) return good = false, std::string_view();
    const std::string_view taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
  }
  /// 64 lower-case hexadecimal digits.
  Bytes32 digest() {
    const std::optional<Bytes32> value = bytes32_from_hex(take(64));
    good = good && value.has_value();
    return value.value_or(Bytes32{});
  }
};

}  // namespace mbe
