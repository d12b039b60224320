// JSON from outside, read within limits, and JSON as one line of text. Pure functions.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace mbe {

/// JSON text of a request. Errors: invalid_argument (not JSON, not UTF-8, deeper than 64, an object
/// of more than 1,000 members, more than 100,000 values). Cost: linear, within an object quadratic.
[[nodiscard]] Result<Json> read_json(const std::string& text);
/// On one line, text not \u-escaped; what is not UTF-8 is replaced.
[[nodiscard]] std::string json_line(const Json& json);

}  // namespace mbe
