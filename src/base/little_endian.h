// Numbers as little-endian bytes, in memory and in files. Pure; any thread.
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <type_traits>

namespace mbe {

static_assert(std::endian::native == std::endian::little, "our files are little-endian");

/// Appends the bytes of a number.
template <class T>
void append_number(std::string& out, T value) {
  static_assert(std::is_arithmetic_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// The number at a place; the caller has checked that it lies inside.
template <class T>
[[nodiscard]] T load_number(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace mbe
