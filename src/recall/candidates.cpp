#include "recall/candidates.h"

#include <algorithm>
#include <map>

namespace mbe {

namespace {

constexpr std::size_t arm_candidates = 150;
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

std::size_t wanted(const RecallCue& cue) {
  return std::max(arm_candidates, cue.top_k);
}

Result<void> find_by_words(const RecallView& view, const RecallCue& cue, const CueReading& reading,
                           Found& found) {
  for (const auto* query : {&reading.terms, &reading.concepts}) {
    if (query->empty()) continue;
    MBE_ASSIGN(const auto hits,
               view.keyword.search(*query, {.top_k = wanted(cue), .allowed = cue.allowed}));
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

using BestVectors = std::unordered_map<std::uint64_t, VectorHit>;

Result<void> find_by_vector(const RecallView& view, const RecallCue& cue, Found& found,
                            BestVectors& best) {
  MBE_ASSIGN(
      const auto hits,
      view.vector->search({.vector = cue.vector, .top_k = wanted(cue), .allowed = cue.allowed}));
  for (std::size_t i = 0; i < hits.size(); ++i) {
    found.add(hits[i].sequence, Arm::vector, i + 1);
    best[hits[i].sequence] = hits[i];
  }
  return {};
}

Result<Candidate> open_candidate(const RecallView& view, std::uint64_t sequence,
                                 const std::array<std::uint32_t, arm_count>& ranks) {
  Candidate out;
  out.sequence = sequence;
  out.arm_rank = ranks;
  MBE_ASSIGN(auto record, view.attributes.record(sequence));
  if (record) out.record = std::move(*record);
  MBE_ASSIGN(out.beside, view.attributes.neighbours(sequence, neighbours_looked_at));
  return out;
}

std::vector<std::uint64_t> sequences_of(const std::vector<Candidate>& candidates) {
  std::vector<std::uint64_t> out;
  for (const Candidate& one : candidates) out.push_back(one.sequence);
  return out;
}

/// Cosines of the candidates' own vectors. One that is not embedded yet is unknown, not unlike: it
/// takes the mean of the others, so that vectors speak neither for nor against it.
Result<void> fill_own(const VectorSnapshot& vectors, std::span<const float> query,
                      std::vector<Candidate>& candidates, float Candidate::* into) {
  MBE_ASSIGN(const auto cosines, vectors.cosines(query, sequences_of(candidates), own_kinds));
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
  return {};
}

/// Cosines of the candidates among their neighbours; what has no such vector stands for itself.
Result<void> fill_context(const VectorSnapshot& vectors, std::span<const float> query,
                          std::vector<Candidate>& candidates, float Candidate::* into,
                          float Candidate::* own) {
  MBE_ASSIGN(const auto cosines, vectors.cosines(query, sequences_of(candidates), context_kinds));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].*into = cosines[i].value_or(candidates[i].*own);
  }
  return {};
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
  auto& all = out.candidates;
  const VectorSnapshot& vectors = *view.vector;
  MBE_TRY(fill_own(vectors, cue.vector, all, &Candidate::turn));
  MBE_TRY(fill_context(vectors, cue.vector, all, &Candidate::context, &Candidate::turn));
  if (!hub.empty()) {
    MBE_TRY(fill_own(vectors, hub, all, &Candidate::turn_hub));
    MBE_TRY(fill_context(vectors, hub, all, &Candidate::context_hub, &Candidate::turn_hub));
  }
  out.best_cosines = mean_of_best(all, view.attributes.record_count());
  std::vector<std::uint64_t> near;
  for (const auto& [sequence, beside] : out.beside) near.push_back(sequence);
  MBE_ASSIGN(const auto cosines, vectors.cosines(cue.vector, near, own_kinds));
  for (std::size_t i = 0; i < near.size(); ++i) out.beside[near[i]].turn = cosines[i].value_or(0);
  return {};
}

Result<void> measure_words(const RecallView& view, const CueReading& reading, Gathered& out) {
  std::vector<std::uint64_t> sequences = sequences_of(out.candidates);
  MBE_ASSIGN(const auto concepts, view.keyword.score_parts(reading.concepts, sequences));
  std::vector<std::uint64_t> near;
  for (const auto& [sequence, beside] : out.beside) near.push_back(sequence);
  sequences.insert(sequences.end(), near.begin(), near.end());
  MBE_ASSIGN(const auto parts, view.keyword.score_parts(reading.terms, sequences));
  for (std::size_t i = 0; i < out.candidates.size(); ++i) {
    out.candidates[i].parts = parts[i];
    out.candidates[i].concept_score = concepts[i].idf_matched;
  }
  for (std::size_t i = 0; i < near.size(); ++i) {
    out.beside[near[i]].parts = parts[out.candidates.size() + i];
  }
  return {};
}

/// Seeds whose neighbours become candidates too: the best of each arm.
void add_neighbours(const Found& before, const AttributeSnapshot& attributes, Found& found) {
  for (const auto& [sequence, ranks] : before.all()) {
    const bool seed = std::ranges::any_of(
        ranks, [](std::uint32_t rank) { return rank > 0 && rank <= seeds_with_neighbours; });
    if (!seed) continue;
    const auto beside = attributes.neighbours(sequence, 1);
    if (!beside.ok()) continue;
    for (const auto* side : {&beside->before, &beside->after}) {
      for (const std::uint64_t neighbour : *side) found.add(neighbour, std::nullopt, 0);
    }
  }
}

}  // namespace

Result<Gathered> gather_candidates(const RecallView& view, const RecallCue& cue,
                                   const CueReading& reading, std::span<const float> hub) {
  const bool vectors = view.vector != nullptr && !cue.vector.empty() && asked(cue, Arm::vector);
  Found found(cue.allowed);
  BestVectors best;
  if (asked(cue, Arm::keyword)) MBE_TRY(find_by_words(view, cue, reading, found));
  if (asked(cue, Arm::tag)) MBE_TRY(find_by_tags(view, cue, reading, found));
  if (asked(cue, Arm::time)) MBE_TRY(find_by_date(view, cue, found));
  if (vectors) MBE_TRY(find_by_vector(view, cue, found, best));
  if (asked(cue, Arm::waypoint)) {
    for (std::size_t i = 0; i < cue.waypoints.size(); ++i) {
      found.add(cue.waypoints[i].sequence, Arm::waypoint, i + 1);
    }
  }
  const Found seeds = found;
  if (cue.arms == all_arms) add_neighbours(seeds, view.attributes, found);
  Gathered out;
  for (const auto& [sequence, ranks] : found.all()) {
    MBE_ASSIGN(Candidate one, open_candidate(view, sequence, ranks));
    if (const auto hit = best.find(sequence); hit != best.end()) one.best = hit->second;
    for (const auto* side : {&one.beside.before, &one.beside.after}) {
      for (const std::uint64_t neighbour : *side) out.beside[neighbour] = {};
    }
    out.candidates.push_back(std::move(one));
  }
  MBE_ASSIGN(out.questions, view.attributes.with_value(Field::tag, "question"));
  const std::vector<std::uint64_t> last = view.attributes.all().to_vector();
  if (!last.empty()) out.newest = std::max<std::uint64_t>(last.back(), 1);
  MBE_TRY(measure_words(view, reading, out));
  if (vectors) MBE_TRY(measure_vectors(view, cue, hub, out));
  return out;
}

}  // namespace mbe
