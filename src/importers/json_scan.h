// Finds where a JSON object ends without building it, and where a broken one breaks: that is what
// lets a reader take the sound parts of a damaged file. Grammar: RFC 8259; bytes beyond ASCII pass,
// half a surrogate pair does not. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mbe::importers {

inline constexpr std::size_t json_depth_max = 64;

struct JsonScan {
  enum class End : std::uint8_t { whole, cut, broken, deep };
  End end = End::broken;
  std::size_t at = 0;  ///< whole: behind the object; else where it breaks or is cut
};

/// The object that `text` begins with. O(bytes up to its end), no recursion.
[[nodiscard]] JsonScan scan_object(std::string_view text);

}  // namespace mbe::importers
