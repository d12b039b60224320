// What the log says of transcripts: which lines Echo wrote, by day and part. Pure reading, through
// the engine's public interface.
#pragma once

#include <functional>
#include <map>

#include "mbe/engine.h"
#include "transcript/line_id.h"
#include "transcript/transcript.h"

namespace mbe {

/// The channel of blocks that memory_core saves.
inline constexpr const char* echo_channel = "echo";

/// A moment as a clock on the wall shows it.
struct LocalTime {
  CivilDate day{};
  int second_of_day = 0;
};
/// offset_minutes: east of UTC.
[[nodiscard]] LocalTime local_time(TimeMs time, int offset_minutes);

/// Every block that passes the filter, hidden and superseded ones too, from `from` on, in order.
/// Cost: some 20 µs a block. Errors: those of Memory::list, of `visit`.
[[nodiscard]] Result<void> each_block(Memory& memory, RecallFilter filter, std::uint64_t from,
                                      const std::function<Result<void>(const BlockView&)>& visit);

/// A part as the log has it.
struct LoggedPart {
  bool is_own = false;  ///< Echo wrote some line of it; else it is another's file
  std::map<std::uint64_t, TranscriptLine> lines;  ///< by ordinal; what is forgotten is not there
};

/// All parts of a user's day. Errors: those of each_block.
[[nodiscard]] Result<std::map<unsigned, LoggedPart>> logged_day(
    Memory& memory, const std::string& user, const CivilDate& day,
    const std::function<int(TimeMs)>& utc_offset_minutes);

/// Moments that surely lie within a day, whatever the zone, and some beside it.
[[nodiscard]] RecallFilter around_day(const CivilDate& day);

}  // namespace mbe
