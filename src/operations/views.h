// The JSON form of what the engine returns: the shapes that scripts rely on, described in
// docs/guide/cli.md. Invariant: keys are only ever added; times are ISO 8601 in UTC; text is not
// \u-escaped. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/message.h"
#include "mbe/types.h"

namespace mbe {

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
/// The newest thing that the person, not the assistant, said; empty if nothing was.
[[nodiscard]] std::string newest_utterance(const std::vector<TurnView>& turns);
/// B5: {"current_context", "waypoints": [{"block_index", "relevance", …}]}
[[nodiscard]] Json waypoints_json(const std::string& current,
                                  const std::vector<WaypointView>& waypoints);
[[nodiscard]] Json turns_json(const std::string& conversation, const std::vector<TurnView>& turns);
/// The goals in that state, "all" for every one.
[[nodiscard]] Json goals_json(const std::vector<GoalView>& goals, const std::string& state);
/// Of block_summary and block_merger.
[[nodiscard]] Json derived_json(const std::vector<DerivedBlock>& made);
[[nodiscard]] Json filter_json(const std::vector<BlockView>& blocks);
[[nodiscard]] Json conflicts_json(const std::vector<ConflictView>& conflicts);
[[nodiscard]] Json days_json(const std::vector<DaySummary>& days);
/// {"blocks", "next"}: where the next page begins, null after the last.
[[nodiscard]] Json list_json(const std::vector<BlockView>& blocks, const ListRequest& request);
[[nodiscard]] Json observe_json(const ObserveResult& result, const std::string& text);
[[nodiscard]] Json history_json(std::uint64_t index, const std::vector<HistoryEntry>& entries);
[[nodiscard]] Json prompt_json(const ComposeResult& result);
/// {"block_index": the block that was marked, "action", "recorded_as", "hash"}.
[[nodiscard]] Json mark_json(std::uint64_t index, const std::string& action,
                             const RememberReceipt& receipt);
[[nodiscard]] Json forget_preview_json(const Catalog& messages, const ForgetPreview& preview);
[[nodiscard]] Json forget_json(const ForgetReport& report);
/// `text: first day … last day` of each.
[[nodiscard]] std::vector<std::string> date_lines(const std::vector<DateView>& dates);
[[nodiscard]] Json analysis_json(const AnalysisView& analysis);
[[nodiscard]] Json stats_json(const Stats& stats);
[[nodiscard]] Json verify_json(const Catalog& messages, const VerifyResult& result,
                               const std::string& chain);

}  // namespace mbe
