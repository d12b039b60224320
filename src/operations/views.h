// The JSON form of what the engine returns: the shapes that scripts rely on, described in
// docs/guide/cli.md. Invariant: keys are only ever added; times are ISO 8601 in UTC; text is not
// \u-escaped. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/message.h"
#include "mbe/types.h"

namespace mbe::app {

using Json = nlohmann::ordered_json;

/// A float with the fewest digits that read back as the same float.
[[nodiscard]] Json number(float value);
/// The nine members of B6, in their order.
[[nodiscard]] Json block_memory_json(const BlockView& block);
/// B6's members, then everything else; the embedding only `with_embedding`.
[[nodiscard]] Json block_json(const BlockView& block, bool with_embedding);
[[nodiscard]] Json blocks_json(const std::vector<BlockView>& blocks);
/// The line that `import --format jsonl` takes.
[[nodiscard]] Json import_json(const BlockView& block, const std::string& chain);
[[nodiscard]] Json hit_json(const RecallHit& hit);
/// In the person's language.
[[nodiscard]] Json message_or_null(const Catalog& messages, const std::optional<Message>& message);
[[nodiscard]] Json recall_json(const Catalog& messages, const RecallResult& result);
/// B5: {"current_context", "waypoints": [{"block_index", "relevance", …}]}
[[nodiscard]] Json waypoints_json(const std::string& current,
                                  const std::vector<WaypointView>& waypoints);
[[nodiscard]] Json turn_json(const TurnView& turn);
[[nodiscard]] Json goal_json(const GoalView& goal);
[[nodiscard]] Json day_json(const DaySummary& day);
[[nodiscard]] Json analysis_json(const AnalysisView& analysis);
[[nodiscard]] Json stats_json(const Stats& stats);
[[nodiscard]] Json verify_json(const Catalog& messages, const VerifyResult& result,
                               const std::string& chain);

}  // namespace mbe::app
