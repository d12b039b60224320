// Memory: statements beside each other - said again, spoken against, the weightiest.
#include <algorithm>
#include <map>

#include "base/json.h"
#include "derive/statements.h"
#include "engine/deriving.h"
#include "engine/records.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t filter_limit_max = 1'000;
constexpr std::size_t compared_with = 32;  ///< statements about the same thing before one

/// A statement of the log beside what it is compared by.
struct Heard {
  std::uint64_t sequence;
  TimeMs time_ms;
  Trust trust;
  std::size_t negations;
  std::string text;
  Statement statement;
};

/// Statements by speaker and by what they are about, each in the order of their times; only groups
/// of several. `by_tags`: what they feel and who wrote it count too.
Result<std::vector<std::vector<Heard>>> heard(const Memory::Parts& parts,
                                              const DerivedSnapshot& indexes,
                                              const RecallFilter& filter, bool by_tags) {
  MBE_ASSIGN(const SequenceSet found, select_said(parts, indexes, filter));
  std::map<std::string, std::vector<std::uint64_t>> groups;
  const auto place = [&](const AttributeRecord& record) {
    if (record.channel == file_channel) return;
    std::vector<std::string> keywords = record.keywords;
    std::erase_if(keywords, [](const std::string& one) { return one.starts_with('#'); });
    if (keywords.empty()) return;
    std::ranges::sort(keywords);
    std::string key = record.speaker;
    for (const std::string& keyword : keywords) key += '\n' + keyword;
    if (by_tags) {
      std::vector<std::string> tags = record.tags;
      std::ranges::sort(tags);
      key += '\r' + record.writer;  // who says so too is no repeat: it speaks for the other
      for (const std::string& tag : tags) key += '\t' + tag;
    }
    groups[key].push_back(record.sequence);
  };
  MBE_TRY(indexes.attributes->each_record(found.to_vector(), place));
  std::vector<std::vector<Heard>> out;
  for (const auto& [key, blocks] : groups) {
    if (blocks.size() < 2) continue;
    std::vector<Heard> all;
    for (const std::uint64_t sequence : blocks) {
      MBE_ASSIGN(Block block, parts.chain->read(sequence));
      if (block.state != BlockState::ok) continue;
      const TimeMs time = time_of(block.payload);
      const Analysis analysis = parts.analyser.analyse(block.payload.text, time, 0);
      const std::size_t negations = parts.trust.negations(block.payload.text);
      all.push_back({sequence, time, block.payload.trust, negations, std::move(block.payload.text),
                     statement_of(analysis, time)});
    }
    std::ranges::stable_sort(all, {}, &Heard::time_ms);
    out.push_back(std::move(all));
  }
  return out;
}

/// Earlier statements that `all[latest]` says again, the latest of them first; taken ones are not.
std::vector<std::size_t> said_before(const std::vector<Heard>& all, std::size_t latest,
                                     const std::vector<bool>& taken, double& least) {
  std::vector<std::size_t> out;
  for (std::size_t i = latest; i-- > 0 && out.size() < references_max - 1;) {
    if (taken[i] || all[i].negations != all[latest].negations) continue;
    const auto share = restates(all[i].statement, all[latest].statement);
    if (!share) continue;
    least = std::min(least, *share);
    out.push_back(i);
  }
  return out;
}

std::string_view name_of(Conflict conflict) {
  switch (conflict) {
    case Conflict::amount:
      return "amount";
    case Conflict::denial:
      return "denial";
    case Conflict::mood:
      return "mood";
  }
  return "";
}

}  // namespace

Result<std::vector<DerivedBlock>> Memory::merge_similar(const MergeRequest& request) {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_ASSIGN(const auto groups, heard(*parts_, indexes, request.filter, true));
  std::vector<DerivedBlock> out;
  for (const std::vector<Heard>& all : groups) {
    std::vector<bool> taken(all.size(), false);
    for (std::size_t latest = all.size(); latest-- > 1;) {
      if (taken[latest]) continue;
      double least = 1;
      const std::vector<std::size_t> before = said_before(all, latest, taken, least);
      if (before.empty()) continue;
      DerivedBlock made;
      made.text = all[latest].text;
      made.sources.push_back(all[latest].sequence);
      Trust trust = all[latest].trust;
      for (const std::size_t i : before) {
        taken[i] = true;
        made.sources.push_back(all[i].sequence);
        trust = std::max(trust, all[i].trust);
      }
      made.rule = fmt::format("{:.2f} of the words in common", least);
      if (!request.dry_run) {
        const nlohmann::json data = {{"stays", made.sources.front()}, {"share", least}};
        MBE_TRY(write_made(*parts_,
                           {made, Kind::merge, trust, all[latest].time_ms, "", "", data.dump(),
                            request.channel, request.writer},
                           made));
      }
      out.push_back(std::move(made));
    }
  }
  return out;
}

Result<std::vector<BlockView>> Memory::filter(const FilterRequest& request) {
  if (request.limit < 1 || request.limit > filter_limit_max) {
    return fail(ErrorCode::invalid_argument, "limit is {}; it must be 1 to {}", request.limit,
                filter_limit_max);
  }
  if (!(request.importance >= 0 && request.importance <= 1)) {
    return fail(ErrorCode::invalid_argument, "importance is {}; it must be 0 to 1",
                request.importance);
  }
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  RecallFilter filter = request.filter;
  filter.importance_min = std::max(filter.importance_min, request.importance);
  MBE_ASSIGN(const SequenceSet found, select_memories(filter, indexes, parts_->analyser));
  const std::vector<std::uint64_t> sequences = found.to_vector();
  MBE_ASSIGN(const auto numbers, indexes.attributes->numbers(sequences));
  std::vector<std::size_t> order(sequences.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::size_t i) { return numbers[i] ? numbers[i]->importance : 0; });
  std::vector<BlockView> out;
  for (const std::size_t i : order) {
    if (out.size() == request.limit) break;
    MBE_ASSIGN(const Block block, parts_->chain->read(sequences[i]));
    if (block.state != BlockState::ok) continue;
    BlockView& view = out.emplace_back(block_view(block, parts_->analyser));
    MBE_TRY(add_flags(view, *indexes.attributes));
  }
  return out;
}

Result<std::vector<ConflictView>> Memory::conflicts(const RecallFilter& filter) {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_ASSIGN(const auto groups, heard(*parts_, indexes, filter, false));
  std::vector<ConflictView> out;
  for (const std::vector<Heard>& all : groups) {
    for (std::size_t later = 1; later < all.size(); ++later) {
      const std::size_t from = later - std::min(later, compared_with);
      for (std::size_t earlier = later; earlier-- > from;) {
        const auto conflict = conflict_between(all[earlier].statement, all[later].statement);
        if (!conflict) continue;
        MBE_ASSIGN(const Block first, parts_->chain->read(all[earlier].sequence));
        MBE_ASSIGN(const Block second, parts_->chain->read(all[later].sequence));
        out.push_back({block_view(first, parts_->analyser), block_view(second, parts_->analyser),
                       std::string(name_of(*conflict))});
        break;  // the nearest earlier one says it
      }
    }
  }
  std::ranges::stable_sort(out, std::greater{},
                           [](const ConflictView& one) { return one.later.timestamp_ms; });
  return out;
}

}  // namespace mbe
