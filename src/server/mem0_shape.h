// mem0's way of saying things: what an add or a filter asks for, what a block looks like as one of
// its memories. Forms: docs/guide/shims.md; sources: the paths and bodies of mem0's open-source
// server and of the package mem0ai 2.2. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "mbe/types.h"

namespace mbe {

/// Sealed into what comes through this door; nothing else is seen through it.
inline constexpr const char* mem0_channel = "mem0";

inline constexpr std::size_t mem0_metadata_bytes_max = 16'384;  ///< as JSON, with the ids
inline constexpr std::size_t mem0_messages_max = 1'000;         ///< of one add

/// The id of the memory that begins with that block: a UUID of version 8 that holds its number.
[[nodiscard]] std::string mem0_id(std::uint64_t block_index);
/// Nothing for what is no such id.
[[nodiscard]] std::optional<std::uint64_t> mem0_index(const std::string& id);

/// Whose memories are meant: the ids that stand beside it and the `filters` in it, as one filter.
/// Errors: invalid_argument (none of user_id, agent_id, app_id, run_id is named; a filter that is
/// not understood).
[[nodiscard]] Result<Json> mem0_filter(const Json& given);
/// Whether a memory, as mem0_item makes it, is meant by such a filter.
[[nodiscard]] bool mem0_matches(const Json& filter, const Json& item);
/// What the indexes can tell of such a filter beforehand.
[[nodiscard]] RecallFilter mem0_recall_filter(const Json& filter);

/// Whether it asks for more than mem0_recall_filter tells: then what is found must be looked
/// through.
[[nodiscard]] bool mem0_is_narrow(const Json& filter);

/// What an add says, one statement a message, without provenance. What the system says is no
/// memory. Errors: invalid_argument, limit.
[[nodiscard]] Result<std::vector<RememberRequest>> mem0_statements(const Json& body);
/// The same place and people with another text, other metadata or both. Errors: invalid_argument
/// (neither is given), limit.
[[nodiscard]] Result<RememberRequest> mem0_update(const Json& body, const BlockView& newest);

/// A memory: called by the block `root`, saying what `newest` says.
[[nodiscard]] Json mem0_item(const BlockView& root, const BlockView& newest);
/// What happened to it, oldest first.
[[nodiscard]] Json mem0_history(const std::string& id, const std::vector<HistoryEntry>& entries);

}  // namespace mbe
