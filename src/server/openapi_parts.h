// What the parts of the OpenAPI description share. Pure; any thread.
#pragma once

#include <string>

#include "base/json.h"

namespace mbe {

/// A body of that type.
[[nodiscard]] Json json_content(const Json& schema, const char* type = "application/json");
/// An answer that is problem details.
[[nodiscard]] Json problem_response(const char* meaning);
/// The paths beside the table of operations and that of people: Echo, conversations, logins, and
/// how the server is. Each as OpenAPI's path item.
[[nodiscard]] Json other_paths();

}  // namespace mbe
