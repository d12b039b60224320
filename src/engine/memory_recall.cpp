// Memory: recall and its explanation.
#include <algorithm>
#include <chrono>
#include <span>

#include "compose/tokens.h"
#include "engine/memory_parts.h"
#include "engine/recaller.h"
#include "engine/retelling.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t top_k_max = 1'000;
constexpr std::size_t neighbours_shown = 1;  ///< turns offered before and after a hit

constexpr std::pair<std::string_view, Arm> arm_names[] = {{"keyword", Arm::keyword},
                                                          {"tag", Arm::tag},
                                                          {"vector", Arm::vector},
                                                          {"time", Arm::time},
                                                          {"waypoint", Arm::waypoint}};

Result<std::uint8_t> arm_mask(const std::vector<std::string>& names) {
  if (names.empty()) return all_arms;
  std::uint8_t mask = 0;
  for (const std::string& name : names) {
    const auto known =
        std::ranges::find(arm_names, name, [](const auto& one) { return one.first; });
    if (known == std::end(arm_names)) {
      return fail(ErrorCode::invalid_argument,
                  "`{}` is not an arm; the arms are keyword, tag, vector, time, waypoint", name);
    }
    mask = static_cast<std::uint8_t>(mask | arm_bit(known->second));
  }
  return mask;
}

/// A BlockView with no more than what identifies it.
BlockView bare_view(const AttributeRecord& record) {
  BlockView out;
  out.block_index = record.sequence;
  out.source = record.source;
  out.session = record.session;
  return out;
}

std::int64_t microseconds_since(std::chrono::steady_clock::time_point start) {
  const auto passed = std::chrono::steady_clock::now() - start;
  return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
}

Result<std::vector<WaypointHint>> hints_of(const Memory::Parts& parts,
                                           const std::string& conversation) {
  std::vector<WaypointHint> out;
  if (conversation.empty()) return out;
  MBE_ASSIGN(const Conversation talk, parts.working->load(conversation));
  for (const Waypoint& point : talk.waypoints) out.push_back({point.block_index, point.relevance});
  return out;
}

void cut_to_budget(std::vector<RecallHit>& hits, std::size_t budget_tokens) {
  const EstimatedTokens meter;
  std::size_t spent = 0;
  const auto over = std::ranges::find_if(hits, [&](const RecallHit& hit) {
    spent += meter.count(hit.block.context);
    return spent > budget_tokens;
  });
  hits.erase(over, hits.end());
}

}  // namespace

template <class Use>
auto Recaller::with_cue(const RecallRequest& request, const SequenceSet* only, RankedCue& out,
                        const Use& use) const
    -> decltype(use(std::declval<RecallView>(), std::declval<RecallCue>())) {
  MBE_TRY(check_text(request.cue));
  MBE_ASSIGN(const std::uint8_t arms, arm_mask(request.arms));
  MBE_ASSIGN(out.indexes, parts_.current());
  const auto embed_start = std::chrono::steady_clock::now();
  if ((arms & arm_bit(Arm::vector)) != 0) out.query = parts_.vectors->query(request.cue);
  out.note = out.query.note;
  out.embed_us = microseconds_since(embed_start);
  const auto search_start = std::chrono::steady_clock::now();
  MBE_ASSIGN(SequenceSet allowed, select_memories(request.filter, out.indexes, parts_.analyser));
  if (!request.filter.include_retold) {
    MBE_ASSIGN(const SequenceSet retold,
               out.indexes.attributes->with_value(Field::keyword, retold_mark));
    allowed -= retold;
  }
  if (only != nullptr) allowed &= *only;
  const Analysis analysis =
      parts_.analyser.analyse(request.cue, parts_.clock.now_ms(), request.utc_offset_minutes);
  MBE_ASSIGN(const std::vector<WaypointHint> hints, hints_of(parts_, request.conversation));
  const RecallView view{*out.indexes.keyword, *out.indexes.attributes, out.query.snapshot.get(),
                        parts_.analyser};
  auto used = use(view, RecallCue{.text = request.cue,
                                  .analysis = analysis,
                                  .vector = out.query.vector,
                                  .model_id = out.query.model_id,
                                  .top_k = request.top_k,
                                  .arms = arms,
                                  .allowed = &allowed,
                                  .waypoints = hints});
  out.search_us = microseconds_since(search_start);
  return used;
}

Result<RankedCue> Recaller::rank_cue(const RecallRequest& request, const SequenceSet* only) const {
  RankedCue out;
  MBE_ASSIGN(out.ranked,
             with_cue(request, only, out, [&](const RecallView& view, const RecallCue& cue) {
               return parts_.ranker.rank(view, cue);
             }));
  return out;
}

Result<FeatureTable> Recaller::features(const RecallRequest& request, RankedCue& recalled) const {
  return with_cue(request, nullptr, recalled, [&](const RecallView& view, const RecallCue& cue) {
    return parts_.ranker.features(view, cue);
  });
}

Result<RecallHit> Recaller::hit_of(const RankedHit& ranked, const RankedCue& from,
                                   bool with_neighbours) const {
  RecallHit out;
  out.score = ranked.score;
  out.span_begin = ranked.span_begin;
  out.span_end = ranked.span_end;
  for (const auto& [name, arm] : arm_names) {
    const ArmPart& part = ranked.parts[static_cast<std::size_t>(arm)];
    out.arms.push_back({std::string(name), part.rank, part.share});
  }
  MBE_ASSIGN(const Block block, parts_.chain->read(ranked.sequence));
  out.block = block_view(block, parts_.analyser);
  MBE_TRY(add_flags(out.block, *from.indexes.attributes));
  if (!with_neighbours) return out;
  MBE_ASSIGN(const Neighbours beside,
             from.indexes.attributes->neighbours(ranked.sequence, neighbours_shown));
  for (const auto* side : {&beside.before, &beside.after}) {
    for (const std::uint64_t sequence : *side) {
      MBE_ASSIGN(const Block neighbour, parts_.chain->read(sequence));
      if (neighbour.state != BlockState::ok) continue;
      out.neighbours.push_back(block_view(neighbour, parts_.analyser));
    }
  }
  return out;
}

Result<RecallResult> Memory::recall(const RecallRequest& request) {
  const Recaller recaller(*parts_);
  RecallRequest wide = request;
  if (!request.bare && request.top_k > 0) {
    MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
    MBE_ASSIGN(const bool several, has_several_writers(*indexes.attributes));
    if (several) wide.top_k = std::max(request.top_k, corroboration_reach);
  }
  MBE_ASSIGN(const RankedCue found, recaller.rank_cue(wide, nullptr));
  RecallResult out;
  out.threshold = request.threshold ? parts_->ranker.threshold() : 0;
  out.vectors_pending = found.query.pending;
  out.vectors_note = found.note;
  out.embed_us = found.embed_us;
  out.search_us = found.search_us;
  const std::size_t count = std::min(found.ranked.size(), request.top_k);
  for (const RankedHit& ranked : std::span(found.ranked).first(count)) {
    if (ranked.score < out.threshold) {
      ++out.below_threshold;
      continue;
    }
    if (request.bare) {
      MBE_ASSIGN(const auto record, found.indexes.attributes->record(ranked.sequence));
      RecallHit hit;
      hit.score = ranked.score;
      if (record) hit.block = bare_view(*record);
      out.hits.push_back(std::move(hit));
      continue;
    }
    MBE_ASSIGN(RecallHit hit, recaller.hit_of(ranked, found, request.neighbours));
    // Between ranking and reading another process may have erased it.
    if (hit.block.state == "ok") out.hits.push_back(std::move(hit));
  }
  if (!request.bare) MBE_TRY(recaller.weigh(out.hits, found));
  if (request.budget_tokens) cut_to_budget(out.hits, *request.budget_tokens);
  return out;
}

Result<RecallHit> Memory::explain(const RecallRequest& request, std::uint64_t index) {
  MBE_TRY(parts_->readable(index));
  RecallRequest wide = request;
  wide.top_k = top_k_max;
  wide.filter.include_retold = true;
  const Recaller recaller(*parts_);
  MBE_ASSIGN(RankedCue found, recaller.rank_cue(wide, nullptr));
  auto place = std::ranges::find(found.ranked, index, &RankedHit::sequence);
  if (place == found.ranked.end()) {
    const SequenceSet only{index};
    MBE_ASSIGN(found, recaller.rank_cue(wide, &only));
    place = std::ranges::find(found.ranked, index, &RankedHit::sequence);
  }
  if (place == found.ranked.end()) {
    return fail(ErrorCode::not_found, "nothing leads from the cue to block {}", index);
  }
  MBE_ASSIGN(RecallHit hit, recaller.hit_of(*place, found, request.neighbours));
  std::vector<RecallHit> hits;
  hits.push_back(std::move(hit));
  MBE_TRY(recaller.weigh(hits, found));
  return std::move(hits.front());
}

}  // namespace mbe
