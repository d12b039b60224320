#include "echo/log_lines.h"

namespace mbe {

namespace {

constexpr std::size_t page = 1'000;
constexpr TimeMs second_ms = 1'000;
constexpr TimeMs minute_ms = 60'000;
constexpr TimeMs hour_ms = 3'600'000;
constexpr TimeMs day_ms = 24 * hour_ms;
constexpr TimeMs zone_hours_max = 14;

}  // namespace

LocalTime local_time(TimeMs time, int offset_minutes) {
  const TimeMs local = time + offset_minutes * minute_ms;
  const TimeMs days = local / day_ms - (local % day_ms < 0 ? 1 : 0);
  return {civil_from_days(days), static_cast<int>((local - days * day_ms) / second_ms)};
}

RecallFilter around_day(const CivilDate& day) {
  const TimeMs begin = days_from_civil(day) * day_ms;
  RecallFilter out;
  out.from_ms = begin - zone_hours_max * hour_ms;
  out.until_ms = begin + day_ms + zone_hours_max * hour_ms;
  return out;
}

Result<void> each_block(Memory& memory, RecallFilter filter, std::uint64_t from,
                        const std::function<Result<void>(const BlockView&)>& visit) {
  filter.include_hidden = filter.include_superseded = true;
  ListRequest request;
  request.filter = std::move(filter);
  request.limit = page;
  request.oldest_first = true;
  for (request.from = from;;) {
    MBE_ASSIGN(const std::vector<BlockView> blocks, memory.list(request));
    for (const BlockView& block : blocks) MBE_TRY(visit(block));
    if (blocks.size() < page) return {};
    request.from = blocks.back().block_index + 1;
  }
}

Result<std::map<unsigned, LoggedPart>> logged_day(
    Memory& memory, const std::string& user, const CivilDate& day,
    const std::function<int(TimeMs)>& utc_offset_minutes) {
  std::map<unsigned, LoggedPart> out;
  const auto take = [&](const BlockView& block) -> Result<void> {
    const auto line = block.state == "ok" ? parse_line_source(block.source) : std::nullopt;
    if (!line || line->user != user || line->day != day) return {};
    const bool is_own = block.channel == echo_channel;
    LoggedPart& part = out[line->part];
    part.is_own = part.is_own || is_own;
    const TimeMs time = block.timestamp_ms;
    TranscriptLine said;
    said.speaker = block.speaker;
    said.text = block.context;
    said.second_of_day = local_time(time, utc_offset_minutes(time)).second_of_day;
    // The digest is of what a reader gets back.
    if (is_own) {
      part.lines[line->ordinal] = std::move(said);
    } else {
      part.lines.try_emplace(line->ordinal, std::move(said));
    }
    return {};
  };
  MBE_TRY(each_block(memory, around_day(day), 0, take));
  return out;
}

}  // namespace mbe
