// The JSON text of a request, from whoever sends it: read within bounds or refused, in time that
// grows no faster than the text. Any thread.
#pragma once

#include <string>

#include "base/result.h"
#include "operations/json.h"

namespace mbe {

/// JSON text of a request. Errors: invalid_argument (not JSON, not UTF-8, deeper than 64, an object
/// of more than 1,000 members, more than 100,000 values). Cost: linear, within an object quadratic.
[[nodiscard]] Result<Json> read_json(const std::string& text);

}  // namespace mbe
