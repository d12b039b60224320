// Memory: what shows blocks without searching.
#include <algorithm>
#include <map>

#include "base/datetime.h"
#include "engine/memory_parts.h"
#include "engine/records.h"
#include "engine/retelling.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t list_limit_max = 1'000;
constexpr std::size_t day_labels_max = 5;

/// The most frequent first, ties by name, at most `count`.
std::vector<std::string> most_frequent(const std::map<std::string, std::uint64_t>& counts,
                                       std::size_t count) {
  std::vector<std::pair<std::string, std::uint64_t>> order(counts.begin(), counts.end());
  std::ranges::stable_sort(order, std::greater{}, [](const auto& one) { return one.second; });
  std::vector<std::string> out;
  for (const auto& [name, times] : order) {
    if (out.size() < count) out.push_back(name);
  }
  return out;
}

struct Day {
  std::uint64_t blocks = 0;
  std::int64_t mood = 0;
  std::map<std::string, std::uint64_t> keywords, tags, speakers;
};

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

std::string keyword_label(const Analyser& analyser, const std::string& id, Language language) {
  const ConceptInfo* info = analyser.find_concept(id);
  if (info == nullptr) return id;
  return language == Language::english ? info->label_en : info->label_ko;
}

/// In the language most of the days' own words are in, concepts apart.
Language language_of(const std::map<std::string, Day>& days, const Analyser& analyser) {
  std::size_t korean = 0;
  std::size_t other = 0;
  for (const auto& [name, day] : days) {
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
  std::map<std::string, Day> days;
  for (const std::uint64_t sequence : found.to_vector()) {
    MBE_ASSIGN(const auto record, indexes.attributes->record(sequence));
    if (record) add_to_day(days[format_date(record->time_ms(), utc_offset_minutes)], *record);
  }
  const Language language = language_of(days, parts_->analyser);
  std::vector<DaySummary> out;
  for (const auto& [name, day] : days) {
    DaySummary summary{name,
                       day.blocks,
                       {},
                       {},
                       static_cast<double>(day.mood) / static_cast<double>(day.blocks),
                       day.speakers};
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
