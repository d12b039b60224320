// How a block appears in the indexes: pure functions from payload and analysis.
#pragma once

#include <string>
#include <vector>

#include "analyse/analyser.h"
#include "block/header.h"
#include "block/payload.h"
#include "index/attribute/index.h"
#include "recall/cue_words.h"

namespace mbe {

/// Whether blocks of that kind hold something said, to be found by recall.
[[nodiscard]] bool is_memory_kind(Kind kind);

/// Marks among a block's attribute keywords that no text can produce (they begin with `#`).
inline constexpr std::string_view goal_mark = "#goal:";   ///< + intended, done, dropped, deed
inline constexpr std::string_view goal_deed = "deed";     ///< done, but not said to be a goal's end
inline constexpr std::string_view alone_mark = "#alone";  ///< the block belongs to no session
/// Versions of a file (src/operations/memory_files.h): no statements, never merged.
inline constexpr std::string_view file_channel = "file";
inline constexpr std::size_t references_max = 4'000;      ///< of one block; more are refused
inline constexpr std::string_view reference_mark = "#ref:";  ///< + sequence it refers to

/// + the conversation in which a block was said once more: no turn of it, so no session.
inline constexpr std::string_view said_in_mark = "#in:";

/// Whether a person may name it to be forgotten: what was said, where it was repeated, and what is
/// kept of a conversation (an audit block of the channel `conversation`).
[[nodiscard]] bool may_be_forgotten(const Payload& payload);

/// intended, done, dropped.
[[nodiscard]] std::string_view intention_name(IntentionState state);

/// The analysis of what a block says, dates counted from when it happened; empty for kinds that
/// say nothing.
[[nodiscard]] Analysis analyse_payload(const Analyser& analyser, const Payload& payload);

/// The block as the attribute index keeps it: its own fields, what the analysis found, and marks.
/// Long values are cut at attribute_bytes_max. Never fails.
[[nodiscard]] AttributeRecord attribute_record(std::uint64_t sequence, const Payload& payload,
                                               const Analysis& analysis, const CueWords& words);

struct FlagChange {
  std::uint64_t sequence;
  Flag flag;
  bool value;
};
/// What a block does to the flags of the blocks it names.
[[nodiscard]] std::vector<FlagChange> flag_changes(const Payload& payload);

/// When it happened if known, else when it was recorded.
[[nodiscard]] TimeMs time_of(const Payload& payload);

/// Every sequence of the ranges, ascending.
[[nodiscard]] std::vector<std::uint64_t> sequences_of(const std::vector<SequenceRange>& ranges);

}  // namespace mbe
