// Where the members of a JSON object stand in its text, so that one can be changed and the rest
// left byte for byte. Takes comments and a comma behind the last member. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe::mcp {

/// `"key": value`, as offsets into the text.
struct JsonMember {
  std::string key;  ///< as written between its quotes
  std::size_t begin = 0, value = 0, end = 0;
};

/// `{ … }`; `end` is behind the brace.
struct JsonObject {
  std::size_t begin = 0, end = 0;
  std::vector<JsonMember> members;

  /// Null if there is none.
  [[nodiscard]] const JsonMember* find(std::string_view key) const;
};

/// The object that begins at or behind `at`, after white space and comments; its values are passed
/// over. Errors: invalid_argument (no object, not JSON; the line is named).
[[nodiscard]] Result<JsonObject> scan_object(std::string_view text, std::size_t at = 0);

}  // namespace mbe::mcp
