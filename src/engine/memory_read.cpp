// Memory: what shows blocks without searching.
#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>

#include "base/datetime.h"
#include "base/parallel.h"
#include "engine/memory_parts.h"
#include "engine/records.h"
#include "engine/retelling.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t list_limit_max = 1'000;
constexpr std::size_t day_labels_max = 5;

using Counts = std::unordered_map<std::string, std::uint64_t>;

/// The most frequent first, ties by name, at most `count`.
std::vector<std::string> most_frequent(const Counts& counts, std::size_t count) {
  std::vector<std::pair<std::string_view, std::uint64_t>> order(counts.begin(), counts.end());
  const auto kept = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  std::ranges::partial_sort(order, kept, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::vector<std::string> out;
  for (auto one = order.begin(); one != kept; ++one) out.emplace_back(one->first);
  return out;
}

struct Day {
  std::uint64_t blocks = 0;
  std::int64_t mood = 0;
  Counts keywords, tags, speakers;
};
using Days = std::map<std::chrono::days, Day>;  ///< since 1970

void add_to_day(Day& day, const AttributeRecord& record) {
  ++day.blocks;
  if (!record.speaker.empty()) ++day.speakers[record.speaker];
  // What is only told again was felt once.
  if (std::ranges::find(record.keywords, retold_mark) != record.keywords.end()) return;
  for (const std::string& tag : record.tags) {
    if (tag == "positive") ++day.mood;
    if (tag == "negative") --day.mood;
    if (tag != "positive" && tag != "negative" && tag != "neutral") ++day.tags[tag];
  }
  for (const std::string& keyword : record.keywords) {
    if (!keyword.starts_with('#')) ++day.keywords[keyword];
  }
}

void add(Counts& to, const Counts& counts) {
  for (const auto& [name, count] : counts) to[name] += count;
}

/// By the days of that time zone, all processors counting.
Result<Days> days_of(const AttributeSnapshot& attributes, const SequenceSet& blocks,
                     int utc_offset_minutes) {
  const std::chrono::minutes offset(utc_offset_minutes);
  const std::vector<std::uint64_t> sequences = blocks.to_vector();
  const std::size_t parts = ParallelTask::helpers_max() + 1;
  std::vector<Days> counted(parts);
  const auto count = [&](std::size_t part) {
    const auto from =
        sequences.begin() + static_cast<std::ptrdiff_t>(sequences.size() * part / parts);
    const auto to =
        sequences.begin() + static_cast<std::ptrdiff_t>(sequences.size() * (part + 1) / parts);
    return attributes.each_record({from, to}, [&](const AttributeRecord& record) {
      const auto local = std::chrono::milliseconds(record.time_ms()) + offset;
      add_to_day(counted[part][std::chrono::floor<std::chrono::days>(local)], record);
    });
  };
  MBE_TRY(run_parts(parts, count));
  for (std::size_t part = 1; part < parts; ++part) {
    for (const auto& [number, more] : counted[part]) {
      Day& day = counted[0][number];
      day.blocks += more.blocks;
      day.mood += more.mood;
      add(day.keywords, more.keywords);
      add(day.tags, more.tags);
      add(day.speakers, more.speakers);
    }
  }
  return std::move(counted[0]);
}

std::string keyword_label(const Analyser& analyser, const std::string& id, Language language) {
  const ConceptInfo* info = analyser.find_concept(id);
  if (info == nullptr) return id;
  return language == Language::english ? info->label_en : info->label_ko;
}

/// In the language most of the days' own words are in, concepts apart.
Language language_of(const Days& days, const Analyser& analyser) {
  std::size_t korean = 0;
  std::size_t other = 0;
  for (const auto& [number, day] : days) {
    for (const auto& [keyword, count] : day.keywords) {
      if (analyser.find_concept(keyword) != nullptr) continue;
      (script_of(keyword) == Language::korean ? korean : other) += count;
    }
  }
  return other > korean ? Language::english : Language::korean;
}

}  // namespace

Result<Block> Memory::Parts::readable(std::uint64_t sequence) const {
  MBE_TRY(chain->refresh());
  MBE_ASSIGN(Block block, chain->read(sequence));
  switch (block.state) {
    case BlockState::ok:
      return block;
    case BlockState::erased:
      return fail(ErrorCode::denied, "block {} was forgotten", sequence);
    case BlockState::key_missing:
      return fail(ErrorCode::unavailable, "the key of block {} is missing", sequence);
    case BlockState::corrupt:
      break;
  }
  return fail(ErrorCode::corrupt, "block {} is damaged; run `mbe verify`", sequence);
}

Result<DerivedSnapshot> Memory::Parts::current() const {
  MBE_TRY(derived->follow());
  return derived->snapshot();
}

Result<BlockView> Memory::show(std::uint64_t index, bool with_embedding) {
  MBE_TRY(parts_->chain->refresh());
  MBE_ASSIGN(const Block block, parts_->chain->read(index));
  BlockView out = block_view(block, parts_->analyser);
  if (block.state != BlockState::ok) return out;
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_TRY(add_flags(out, *indexes.attributes));
  if (!is_memory_kind(block.payload.kind)) return out;
  add_analysis_now(out, parts_->analyser);
  MBE_ASSIGN(auto vector, parts_->vectors->of_block(index));
  if (vector) out.tags_derived = parts_->vectors->emotions(*vector);
  if (with_embedding) out.embedding = std::move(vector);
  return out;
}

Result<std::vector<BlockView>> Memory::list(const ListRequest& request) {
  if (request.limit < 1 || request.limit > list_limit_max) {
    return fail(ErrorCode::invalid_argument, "limit is {}; it must be 1 to {}", request.limit,
                list_limit_max);
  }
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  SequenceSet found;
  if (request.all_kinds) {
    MBE_ASSIGN(const AttributeFilter filter,
               index_filter(request.filter, indexes, parts_->analyser));
    MBE_ASSIGN(found, indexes.attributes->select(filter));
  } else {
    MBE_ASSIGN(found, select_memories(request.filter, indexes, parts_->analyser));
  }
  std::vector<std::uint64_t> order =
      found.between(request.from, std::min(request.before, sequence_limit));
  if (!request.oldest_first) std::ranges::reverse(order);
  if (order.size() > request.limit) order.resize(request.limit);
  std::vector<BlockView> out;
  for (const std::uint64_t sequence : order) {
    MBE_ASSIGN(const Block block, parts_->chain->read(sequence));
    BlockView view = block_view(block, parts_->analyser);
    MBE_TRY(add_flags(view, *indexes.attributes));
    if (request.with_embedding) {
      MBE_ASSIGN(view.embedding, parts_->vectors->of_block(sequence));
    }
    out.push_back(std::move(view));
  }
  return out;
}

Result<std::vector<DaySummary>> Memory::timeline(const RecallFilter& filter,
                                                 int utc_offset_minutes) {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_ASSIGN(const SequenceSet found, select_memories(filter, indexes, parts_->analyser));
  MBE_ASSIGN(const Days days, days_of(*indexes.attributes, found, utc_offset_minutes));
  const Language language = language_of(days, parts_->analyser);
  std::vector<DaySummary> out;
  for (const auto& [number, day] : days) {
    DaySummary summary{format_date(std::chrono::milliseconds(number).count(), 0),
                       day.blocks,
                       {},
                       {},
                       static_cast<double>(day.mood) / static_cast<double>(day.blocks),
                       {day.speakers.begin(), day.speakers.end()}};
    for (const std::string& id : most_frequent(day.keywords, day_labels_max)) {
      summary.keywords.push_back(keyword_label(parts_->analyser, id, language));
    }
    for (const std::string& id : most_frequent(day.tags, day_labels_max)) {
      summary.tags.emplace_back(parts_->analyser.tag_label(id, language));
    }
    out.push_back(std::move(summary));
  }
  return out;
}

Result<std::vector<HistoryEntry>> Memory::history(std::uint64_t index) {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_TRY(parts_->chain->read(index));
  // Backwards to the first statement, then everything that refers to any of its versions.
  SequenceSet versions{index};
  for (std::uint64_t at = index;;) {
    MBE_ASSIGN(const Block block, parts_->chain->read(at));
    const bool update = block.state == BlockState::ok && block.payload.kind == Kind::supersede;
    if (!update || block.payload.refs.empty()) break;
    at = block.payload.refs.front().sequence;
    versions.add(at);
  }
  MBE_ASSIGN(SequenceSet related, parts_->resting_on(versions));
  related |= versions;
  std::vector<HistoryEntry> out;
  for (const std::uint64_t sequence : related.to_vector()) {
    MBE_ASSIGN(const Block block, parts_->chain->read(sequence));
    HistoryEntry entry{"said", block_view(block, parts_->analyser)};
    if (block.state == BlockState::erased) entry.event = "erased";
    if (block.state == BlockState::ok) {
      const Payload& payload = block.payload;
      const bool pinned = payload.action == "pin" || payload.action == "unpin";
      if (payload.kind == Kind::supersede) entry.event = "updated";
      if (payload.kind == Kind::pin) entry.event = payload.action + (pinned ? "ned" : "");
      if (payload.action == "hide") entry.event = "hidden";
      if (payload.action == "repeat") entry.event = "repeated";
      if (payload.action == "restore") entry.event = "restored";
      const bool derived = payload.kind == Kind::summary || payload.kind == Kind::merge ||
                           payload.kind == Kind::insight || payload.kind == Kind::answer;
      if (derived && !payload.refs.empty()) entry.event = "derived";
    }
    out.push_back(std::move(entry));
  }
  return out;
}

Result<SequenceSet> Memory::Parts::resting_on(const SequenceSet& blocks) const {
  MBE_ASSIGN(const DerivedSnapshot indexes, current());
  SequenceSet out;
  std::vector<std::uint64_t> open = blocks.to_vector();
  while (!open.empty()) {
    const std::string mark = std::string(reference_mark) + std::to_string(open.back());
    open.pop_back();
    MBE_ASSIGN(const SequenceSet naming, indexes.attributes->with_value(Field::keyword, mark));
    for (const std::uint64_t by : naming.to_vector()) {
      if (blocks.contains(by) || out.contains(by)) continue;
      out.add(by);
      open.push_back(by);
    }
  }
  return out;
}

}  // namespace mbe
