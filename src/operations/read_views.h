// The way back from views.h: what an operation of another process returned, as the engine's values.
// Invariant: writing what was read gives the same JSON. A member that is missing or of another type
// is thrown as Json::exception; whoever calls another process catches it. Pure functions.
#pragma once

#include "base/json.h"
#include "mbe/types.h"

namespace mbe {

/// Of block_json.
[[nodiscard]] BlockView read_block(const Json& json);
/// Of recall_json; a note comes as it was translated there.
[[nodiscard]] RecallResult read_recall(const Json& json);
/// Of observe_json.
[[nodiscard]] ObserveResult read_observe(const Json& json);
/// Of prompt_json.
[[nodiscard]] ComposeResult read_prompt(const Json& json);

}  // namespace mbe
