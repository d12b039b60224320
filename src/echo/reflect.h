// Reflection: what a text brings back from memory, grouped by day, with one sentence of each day
// that says most about it. Extracts only: no model, nothing is made up, nothing is stored.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "mbe/engine.h"

namespace mbe {

/// What one day holds of it.
struct ReflectionDay {
  std::string day;                    ///< YYYY-MM-DD
  std::string sentence;               ///< of the day's best memory, as it was said
  std::uint64_t block_index = 0;      ///< the memory it stands in
  std::string by;                     ///< word or context: what brought it back most
  double score = 0;                   ///< of that memory, 0 … 1
  std::vector<std::uint64_t> blocks;  ///< all of the day, the closest first
};

struct Reflection {
  std::string text;
  std::vector<ReflectionDay> days;  ///< the closest first; may be empty
};

/// Recalls at most 40 memories and groups them by day, at most 12 days. Errors: invalid_argument,
/// limit (the text), io.
[[nodiscard]] Result<Reflection> reflect(Engine& engine, Memory& memory, const std::string& text,
                                         const std::function<int(TimeMs)>& utc_offset_minutes);

/// {"text", "days": [{"day", "sentence", "block_index", "by", "score", "blocks"}]}.
[[nodiscard]] Json reflection_json(const Reflection& reflection);

}  // namespace mbe
