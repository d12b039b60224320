#include "recall/candidates.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/parallel.h"

namespace mbe {

namespace {

constexpr std::size_t arm_candidates = 64;
constexpr std::uint64_t threads_from = 50'000;  ///< blocks; below, the work is done before a thread
constexpr std::size_t tag_candidates = 50;
constexpr std::size_t seeds_with_neighbours = 15;
constexpr std::size_t neighbours_looked_at = 2;
constexpr std::uint8_t own_kinds =
    static_cast<std::uint8_t>(kind_bit(VectorKind::turn) | kind_bit(VectorKind::text_window));
constexpr std::uint8_t context_kinds = kind_bit(VectorKind::window_context);

/// Which blocks were found, by which arm, at which rank.
class Found {
 public:
  explicit Found(const SequenceSet* allowed) : allowed_(allowed) {}

  void add(std::uint64_t sequence, std::optional<Arm> arm, std::size_t rank) {
    if (allowed_ != nullptr && !allowed_->contains(sequence)) return;
    auto& ranks = by_sequence_[sequence];
    if (!arm) return;
    auto& slot = ranks[static_cast<std::size_t>(*arm)];
    if (slot == 0) slot = static_cast<std::uint32_t>(rank);
  }
  [[nodiscard]] const auto& all() const { return by_sequence_; }

 private:
  const SequenceSet* allowed_;
  std::map<std::uint64_t, std::array<std::uint32_t, arm_count>> by_sequence_;
};

bool asked(const RecallCue& cue, Arm arm) {
  return (cue.arms & arm_bit(arm)) != 0;
}

bool uses_vectors(const RecallView& view, const RecallCue& cue) {
  return view.vector != nullptr && !cue.vector.empty() && asked(cue, Arm::vector);
}

std::size_t wanted(const RecallCue& cue) {
  return std::max(arm_candidates, cue.top_k);
}

Result<void> find_by_words(const RecallView& view, const RecallCue& cue, const CueReading& reading,
                           Found& found) {
  for (const auto* plan : {&reading.terms_plan, &reading.concepts_plan}) {
    if (plan->idf.empty()) continue;
    MBE_ASSIGN(const auto hits,
               view.keyword.search(*plan, {.top_k = wanted(cue), .allowed = cue.allowed}));
    for (std::size_t i = 0; i < hits.size(); ++i) found.add(hits[i].sequence, Arm::keyword, i + 1);
  }
  return {};
}

/// Blocks that share most of the cue's tags, the latest first.
Result<void> find_by_tags(const RecallView& view, const RecallCue& cue, const CueReading& reading,
                          Found& found) {
  if (reading.tags.empty()) return {};
  MBE_ASSIGN(SequenceSet sharing, view.attributes.select({.all_tags = reading.tags}));
  if (cue.allowed != nullptr) sharing &= *cue.allowed;
  const std::vector<std::uint64_t> all = sharing.to_vector();
  const std::size_t count = std::min(all.size(), tag_candidates);
  for (std::size_t i = 0; i < count; ++i) found.add(all[all.size() - 1 - i], Arm::tag, i + 1);
  return {};
}

Result<void> find_by_date(const RecallView& view, const RecallCue& cue, Found& found) {
  for (const DateMention& date : cue.analysis.dates) {
    AttributeFilter filter;
    filter.from_ms = date.from_ms;
    filter.until_ms = date.until_ms;
    MBE_ASSIGN(SequenceSet then, view.attributes.select(filter));
    if (cue.allowed != nullptr) then &= *cue.allowed;
    const std::vector<std::uint64_t> all = then.to_vector();
    const std::size_t count = std::min(all.size(), arm_candidates);
    for (std::size_t i = 0; i < count; ++i) found.add(all[i], Arm::time, i + 1);
  }
  return {};
}

Result<std::vector<VectorHit>> search_vectors(const RecallView& view, const RecallCue& cue) {
  if (!uses_vectors(view, cue)) return std::vector<VectorHit>{};
  return view.vector->search({.vector = cue.vector, .top_k = wanted(cue), .allowed = cue.allowed});
}

template <class Items>
std::vector<std::uint64_t> sequences_of(const Items& items) {
  std::vector<std::uint64_t> out;
  out.reserve(items.size());
  for (const auto& one : items) out.push_back(one.sequence);
  return out;
}

/// One column of cosines, by kind.
using Cosines = std::vector<std::optional<float>>;

Cosines column_of(const std::vector<KindCosines>& found, std::size_t queries, std::size_t query,
                  std::uint8_t kinds) {
  Cosines out;
  for (std::size_t at = query; at < found.size(); at += queries) {
    out.push_back(best_cosine(found[at], kinds));
  }
  return out;
}

/// Cosines of the candidates' own vectors. One that is not embedded yet is unknown, not unlike: it
/// takes the mean of the others, so that vectors speak neither for nor against it.
void fill_own(const Cosines& cosines, std::vector<Candidate>& candidates, float Candidate::* into) {
  float sum = 0;
  std::size_t known = 0;
  for (const auto& cosine : cosines) {
    sum += cosine.value_or(0);
    known += cosine ? 1 : 0;
  }
  const float mean = known == 0 ? 0 : sum / static_cast<float>(known);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].*into = cosines[i].value_or(mean);
  }
}

/// Cosines of the candidates among their neighbours; what has no such vector stands for itself.
void fill_context(const Cosines& cosines, std::vector<Candidate>& candidates,
                  float Candidate::* into, float Candidate::* own) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].*into = cosines[i].value_or(candidates[i].*own);
  }
}

/// Mean of the best context cosines: of twenty, or of a twentieth of a small store.
float mean_of_best(const std::vector<Candidate>& candidates, std::uint64_t blocks) {
  std::vector<float> cosines;
  for (const Candidate& one : candidates) cosines.push_back(one.context);
  std::ranges::sort(cosines, std::greater{});
  const auto wanted = std::clamp<std::size_t>(blocks / 20, 1, 20);
  const std::size_t count = std::min(cosines.size(), wanted);
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += cosines[i];
  return count == 0 ? 0 : sum / static_cast<float>(count);
}

Result<void> measure_vectors(const RecallView& view, const RecallCue& cue,
                             std::span<const float> hub, Gathered& out) {
  if (!uses_vectors(view, cue)) return {};
  auto& all = out.candidates;
  const VectorSnapshot& vectors = *view.vector;
  std::vector<std::span<const float>> queries{cue.vector};
  if (!hub.empty()) queries.push_back(hub);
  MBE_ASSIGN(const auto found, vectors.cosines(queries, sequences_of(all)));
  const auto column = [&](std::size_t query, std::uint8_t kinds) {
    return column_of(found, queries.size(), query, kinds);
  };
  fill_own(column(0, own_kinds), all, &Candidate::turn);
  fill_context(column(0, context_kinds), all, &Candidate::context, &Candidate::turn);
  if (!hub.empty()) {
    fill_own(column(1, own_kinds), all, &Candidate::turn_hub);
    fill_context(column(1, context_kinds), all, &Candidate::context_hub, &Candidate::turn_hub);
  }
  out.best_cosines = mean_of_best(all, view.attributes.record_count());
  MBE_ASSIGN(const auto cosines,
             vectors.cosines(std::span(queries).first(1), sequences_of(out.beside)));
  for (std::size_t i = 0; i < cosines.size(); ++i) {
    out.beside[i].turn = best_cosine(cosines[i], own_kinds).value_or(0);
  }
  return {};
}

Result<void> measure_words(const RecallView& view, Gathered& out) {
  const CueReading& reading = out.reading;
  const std::vector<std::uint64_t> own = sequences_of(out.candidates);
  MBE_ASSIGN(const auto concepts, view.keyword.score_parts(reading.concepts_plan, own));
  for (std::size_t i = 0; i < own.size(); ++i) {
    out.candidates[i].concept_score = concepts[i].idf_matched;
  }
  std::vector<std::uint64_t> all;  // many a candidate stands beside another
  std::ranges::set_union(own, sequences_of(out.beside), std::back_inserter(all));
  MBE_ASSIGN(const auto parts, view.keyword.score_parts(reading.terms_plan, all));
  const auto fill = [&](auto& items) {
    std::size_t at = 0;
    for (auto& item : items) {
      while (all[at] != item.sequence) ++at;
      item.parts = parts[at];
    }
  };
  fill(out.candidates);
  fill(out.beside);
  return {};
}

/// Seeds whose neighbours become candidates too: the best of each arm.
Result<void> add_neighbours(const AttributeSnapshot& attributes, Found& found) {
  std::vector<std::uint64_t> seeds;
  for (const auto& [sequence, ranks] : found.all()) {
    const bool seed = std::ranges::any_of(
        ranks, [](std::uint32_t rank) { return rank > 0 && rank <= seeds_with_neighbours; });
    if (seed) seeds.push_back(sequence);
  }
  MBE_ASSIGN(const auto turns, attributes.turns(seeds, 1));
  for (const auto& turn : turns) {
    if (!turn) continue;
    for (const auto* side : {&turn->beside.before, &turn->beside.after}) {
      for (const std::uint64_t neighbour : *side) found.add(neighbour, std::nullopt, 0);
    }
  }
  return {};
}

/// Who said each, where and beside what.
Result<void> read_turns(const AttributeSnapshot& attributes, Gathered& out) {
  MBE_ASSIGN(auto turns, attributes.turns(sequences_of(out.candidates), neighbours_looked_at));
  std::vector<std::uint64_t> beside;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (!turns[i]) continue;
    AttributeTurn& said = out.candidates[i].said = *std::move(turns[i]);
    for (const auto* side : {&said.beside.before, &said.beside.after}) {
      beside.insert(beside.end(), side->begin(), side->end());
    }
  }
  std::ranges::sort(beside);
  const auto repeated = std::ranges::unique(beside);
  beside.erase(repeated.begin(), repeated.end());
  for (const std::uint64_t sequence : beside) out.beside.push_back({.sequence = sequence});
  return {};
}

/// Reads the cue and asks all arms but the one by vectors, which needs no reading.
Result<void> find_otherwise(const RecallView& view, const RecallCue& cue, const CueWords& words,
                            CueReading& reading, Found& found) {
  MBE_ASSIGN(reading, read_cue(view, cue, words));
  if (asked(cue, Arm::keyword)) MBE_TRY(find_by_words(view, cue, reading, found));
  if (asked(cue, Arm::tag)) MBE_TRY(find_by_tags(view, cue, reading, found));
  if (asked(cue, Arm::time)) MBE_TRY(find_by_date(view, cue, found));
  if (!asked(cue, Arm::waypoint)) return {};
  for (std::size_t i = 0; i < cue.waypoints.size(); ++i) {
    found.add(cue.waypoints[i].sequence, Arm::waypoint, i + 1);
  }
  return {};
}

}  // namespace

Result<Gathered> gather_candidates(const RecallView& view, const RecallCue& cue,
                                   const CueWords& words, std::span<const float> hub) {
  const bool large = view.attributes.record_count() >= threads_from && uses_vectors(view, cue);
  Gathered out;
  Found found(cue.allowed);
  const auto [hits, others] = run_both(
      large, [&] { return search_vectors(view, cue); },
      [&] { return find_otherwise(view, cue, words, out.reading, found); });
  MBE_TRY(others);
  if (!hits.ok()) return hits.error();
  std::unordered_map<std::uint64_t, VectorHit> best;
  for (std::size_t i = 0; i < hits->size(); ++i) {
    found.add((*hits)[i].sequence, Arm::vector, i + 1);
    best[(*hits)[i].sequence] = (*hits)[i];
  }
  if (cue.arms == all_arms) MBE_TRY(add_neighbours(view.attributes, found));
  for (const auto& [sequence, ranks] : found.all()) {
    Candidate& one = out.candidates.emplace_back();
    one.sequence = sequence;
    one.arm_rank = ranks;
    if (const auto hit = best.find(sequence); hit != best.end()) one.best = hit->second;
  }
  MBE_TRY(read_turns(view.attributes, out));
  out.newest = std::max<std::uint64_t>(view.attributes.all().last().value_or(1), 1);
  // Each fills its own members of what is there already.
  const auto [by_vectors, by_words] = run_both(
      large, [&] { return measure_vectors(view, cue, hub, out); },
      [&] { return measure_words(view, out); });
  MBE_TRY(by_vectors);
  MBE_TRY(by_words);
  return out;
}

}  // namespace mbe
