// Lines of text as an import of a conversation: two speakers, sessions of 40 turns, one line a
// minute. What bench_remember and bench_large_home take in.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "mbe/types.h"

namespace mbe {

[[nodiscard]] inline std::vector<ImportItem> import_items(const std::vector<std::string>& lines) {
  constexpr std::size_t session_turns = 40;
  constexpr TimeMs start = 1'600'000'000'000;
  constexpr TimeMs minute = 60'000;
  std::vector<ImportItem> out;
  out.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ImportItem item;
    item.id = fmt::format("b{}", i);
    item.text = lines[i];
    item.speaker = i % 2 == 0 ? "지우" : "민서";
    item.session = fmt::format("s{}", i / session_turns);
    item.time_ms = start + static_cast<TimeMs>(i) * minute;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace mbe
