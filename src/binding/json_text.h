// JSON as text at the doors of other languages: what comes in is bounded and checked before
// anything is made of it, what goes out is UTF-8 and not \u-escaped. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace mbe {

/// Bytes of one document of arguments.
inline constexpr std::size_t json_text_bytes_max = std::size_t{256} << 20;
/// How deep arguments may be nested.
inline constexpr int json_text_depth_max = 64;

/// A document of arguments; an empty text is an empty object. Errors: invalid_argument (not UTF-8,
/// not JSON, nested deeper than 64), limit (over 256 MiB).
[[nodiscard]] Result<Json> read_json_text(std::string_view text);
/// One line.
[[nodiscard]] std::string write_json_text(const Json& json);

}  // namespace mbe
