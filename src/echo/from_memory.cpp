#include "echo/from_memory.h"

#include <algorithm>
#include <map>

#include "base/datetime.h"

namespace mbe {

namespace {

constexpr std::size_t lines_max = 5;
constexpr std::size_t words_max = 5;
constexpr std::size_t day_blocks_max = 1'000;
constexpr std::size_t text_bytes_shown = 240;

/// The beginning of a long text, whole characters and one line.
std::string shown(const std::string& text) {
  std::string out = text;
  std::ranges::replace(out, '\n', ' ');
  if (out.size() <= text_bytes_shown) return out;
  std::size_t end = text_bytes_shown;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
  return out.substr(0, end) + "…";
}

/// Those that stand on the most blocks, as a list for people.
std::string most_frequent(const std::vector<BlockView>& blocks,
                          std::vector<std::string> BlockView::* words) {
  std::map<std::string, std::size_t> counts;
  for (const BlockView& block : blocks) {
    for (const std::string& word : block.*words) ++counts[word];
  }
  std::vector<std::pair<std::string, std::size_t>> all(counts.begin(), counts.end());
  std::ranges::stable_sort(all, std::greater{}, &std::pair<std::string, std::size_t>::second);
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), words_max); ++i) {
    out += (i == 0 ? "" : ", ") + all[i].first;
  }
  return out;
}

std::string lines_of(std::vector<BlockView> memories, const Voice& voice, int utc_offset_minutes) {
  std::ranges::stable_sort(memories, {}, &BlockView::timestamp_ms);
  std::string out;
  for (const BlockView& block : memories) {
    out += "\n- " +
           voice.fill("memory",
                      {{"date", format_date(block.timestamp_ms, utc_offset_minutes)},
                       {"speaker", block.speaker.empty() ? voice.text("nobody") : block.speaker},
                       {"text", shown(block.context)}});
  }
  return out;
}

/// What was said on a span of days: how much, about what, how it felt, and what mattered most.
Result<std::string> days_told(Memory& memory, const Voice& voice, const DateView& days,
                              std::optional<std::uint64_t> without, int utc_offset_minutes) {
  ListRequest request;
  request.filter.from_ms = days.from_ms;
  request.filter.until_ms = days.until_ms;
  request.filter.kinds = {"utterance", "import", "fact", "supersede"};
  request.limit = day_blocks_max;
  MBE_ASSIGN(std::vector<BlockView> blocks, memory.list(request));
  std::erase_if(blocks, [&](const BlockView& block) { return block.block_index == without; });
  if (blocks.empty()) return std::string();
  const std::string span =
      days.first_day == days.last_day ? days.first_day : days.first_day + " – " + days.last_day;
  std::string out = voice.fill("day", {{"day", span}, {"count", std::to_string(blocks.size())}});
  const std::string keywords = most_frequent(blocks, &BlockView::keywords);
  const std::string tags = most_frequent(blocks, &BlockView::tags);
  if (!keywords.empty()) out += " " + voice.text("day_keywords") + keywords + ".";
  if (!tags.empty()) out += " " + voice.text("day_mood") + tags + ".";
  std::ranges::stable_sort(blocks, std::greater{}, &BlockView::importance);
  if (blocks.size() > lines_max) blocks.resize(lines_max);
  return out + lines_of(std::move(blocks), voice, utc_offset_minutes);
}

}  // namespace

Result<std::string> answer_from_memory(Memory& memory, const Voice& voice,
                                       const AnalysisView& question,
                                       std::vector<BlockView> memories,
                                       std::optional<std::uint64_t> without,
                                       int utc_offset_minutes) {
  for (const DateView& days : question.dates) {
    MBE_ASSIGN(const std::string told, days_told(memory, voice, days, without, utc_offset_minutes));
    if (!told.empty()) return voice.text("memories_only") + "\n\n" + told;
  }
  if (memories.size() > lines_max) memories.resize(lines_max);
  if (memories.empty()) return voice.text("nothing");
  return voice.text("memories_only") + "\n" +
         lines_of(std::move(memories), voice, utc_offset_minutes);
}

}  // namespace mbe
