// Whether an answer says anything of its own, or only repeats the blocks it rests on. Such an
// answer is kept and listed, but never recalled: else a memory would be its own witness. Pure.
// Decision: docs/design/0018-retellings-are-not-recalled.md.
#pragma once

#include <span>
#include <string_view>

#include "analyse/analysis.h"
#include "block/payload.h"

namespace mbe {

/// Payload::action of an answer that only retells.
inline constexpr std::string_view retold_action = "retold";
/// Its mark among a block's attribute keywords.
inline constexpr std::string_view retold_mark = "#retold";
/// Whether it is an answer that is marked so.
[[nodiscard]] bool is_retold(const Payload& payload);

/// Whether every number and every name of `answer` stands in `sources`, and most of its words do.
/// False without sources. O(all terms).
[[nodiscard]] bool only_retells(const Analysis& answer, std::span<const Analysis> sources);

}  // namespace mbe
