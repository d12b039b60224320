#include "index/vector/snapshot.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "base/parallel.h"
#include "index/vector/sketch.h"

namespace mbe {
namespace {

// Below one in so many vectors allowed, only those are looked at, exactly.
constexpr std::uint64_t few_ratio = 32;
// Sequences have one or two vectors as a rule; long texts up to 34. Survivors a wanted hit:
constexpr std::size_t survivors_per_hit = 8;
// Fewer are rescored before a second thread has started.
constexpr std::size_t rescored_alone_max = 1'000;

// Rows lie all over the segments: each would wait for memory.
constexpr std::size_t rows_ahead = 3;

// Whether one of a block's estimates is at or above the floor: by the signs of the differences,
// because so the compiler needs no branch an estimate.
bool any_reaches(const float* estimates, float floor) {
  std::uint32_t signs = ~0u;
  for (std::size_t i = 0; i < block_vectors; ++i) {
    signs &= std::bit_cast<std::uint32_t>(estimates[i] - floor);
  }
  return signs >> 31 == 0;
}

bool has_kind(std::uint8_t kinds, const StoredEntry& entry) {
  return (kinds >> entry.kind & 1u) != 0;
}

}  // namespace

std::optional<float> best_cosine(const KindCosines& cosines, std::uint8_t kinds) {
  std::optional<float> best;
  for (std::size_t kind = 0; kind < vector_kinds; ++kind) {
    if ((kinds >> kind & 1u) == 0 || !cosines[kind]) continue;
    best = std::max(best.value_or(*cosines[kind]), *cosines[kind]);
  }
  return best;
}

bool BetterCandidate::before(const StoredEntry& a, const StoredEntry& b) {
  return std::tie(a.sequence, a.kind, a.span_begin, a.span_end) <
         std::tie(b.sequence, b.kind, b.span_begin, b.span_end);
}

void CandidatePool::push(const VectorCandidate& candidate) {
  kept_.push_back(candidate);
  if (kept_.size() >= 2 * wanted_) cut();
}

void CandidatePool::cut() {
  if (kept_.size() <= wanted_) return;
  const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(wanted_);
  std::nth_element(kept_.begin(), end - 1, kept_.end(), better_);
  kept_.erase(end, kept_.end());
  floor_ = kept_.back().score;
}

std::vector<VectorCandidate> CandidatePool::take() {
  cut();
  std::ranges::sort(kept_, better_);
  return std::move(kept_);
}

SegmentedVectorSnapshot::SegmentedVectorSnapshot(std::shared_ptr<const State> state,
                                                 VectorModel model, VectorOptions options)
    : state_(std::move(state)), model_(std::move(model)), options_(options) {
  for (const auto& segment : state_->segments) vectors_ += segment->entries().size();
}

Result<std::vector<float>> SegmentedVectorSnapshot::padded(std::span<const float> vector) const {
  if (vector.size() != model_.dim) {
    return fail(ErrorCode::invalid_argument, "the query has {} dimensions, model {} has {}",
                vector.size(), model_.id, model_.dim);
  }
  if (!std::ranges::all_of(vector, [](float value) { return std::isfinite(value); })) {
    return fail(ErrorCode::invalid_argument, "the query vector holds a value that is not finite");
  }
  std::vector<float> out(vector.begin(), vector.end());
  out.resize(padded_dim(model_.dim), 0.0f);
  return out;
}

bool SegmentedVectorSnapshot::admits(const Work& work, const StoredEntry& entry) const {
  const SequenceSet* allowed = work.query.allowed;
  return has_kind(work.query.kinds, entry) &&
         (allowed == nullptr || allowed->contains(entry.sequence)) &&
         !state_->removed.contains(entry.sequence);
}

std::size_t SegmentedVectorSnapshot::threads_for_many() const {
  return vectors_ < options_.threads_from ? 1 : std::max<std::size_t>(options_.threads_max, 1);
}

bool SegmentedVectorSnapshot::admits_all(const Work& work, const VectorSegment& segment) const {
  const SegmentInfo& info = segment.file().info();
  const SequenceSet* allowed = work.query.allowed;
  return work.query.kinds == all_vector_kinds && state_->removed.empty() &&
         (allowed == nullptr ||
          allowed->contains_range(info.first_sequence, info.last_sequence + 1));
}

// The first pass errs by a share of the spread of cosines; more vectors crowd the same band, so the
// survivors grow with the fourth root of their number (bench/vector_scan shows what that keeps).
std::size_t SegmentedVectorSnapshot::wanted(std::size_t top_k) const {
  const double crowd =
      std::sqrt(std::sqrt(static_cast<double>(vectors_) /
                          static_cast<double>(std::max<std::size_t>(options_.exact_scan_max, 1))));
  const double base =
      static_cast<double>(std::max(options_.survivors_min, top_k * survivors_per_hit));
  return static_cast<std::size_t>(base * std::max(crowd, 1.0));
}

Result<void> SegmentedVectorSnapshot::scan_exact(const Work& work, std::size_t number,
                                                 CandidatePool& pool) const {
  constexpr std::size_t rows_at_once = 256;
  const VectorSegment& segment = *state_->segments[number];
  const auto entries = segment.entries();
  float scores[rows_at_once];
  for (std::size_t first = 0; first < entries.size(); first += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, entries.size() - first);
    MBE_ASSIGN(const Half* rows, segment.rows(first, count));
    dot_rows(work.padded.data(), rows, segment.width(), std::span(scores, count));
    for (std::size_t i = 0; i < count; ++i) {
      const StoredEntry& entry = entries[first + i];
      if (scores[i] < pool.floor() || !admits(work, entry)) continue;
      pool.push({.score = scores[i],
                 .segment = static_cast<std::uint32_t>(number),
                 .row = static_cast<std::uint32_t>(first + i)});
    }
  }
  return {};
}

Result<void> SegmentedVectorSnapshot::scan(const Work& work, std::size_t number, bool sketched,
                                           CandidatePool& pool) const {
  const VectorSegment& segment = *state_->segments[number];
  if (!sketched || !segment.has_sketches()) return scan_exact(work, number, pool);
  thread_local SketchTables tables;
  thread_local std::vector<float> estimates;
  MBE_TRY(segment.estimate(tables.prepare(work.query.vector, segment.centre()), estimates));
  const auto entries = segment.entries();
  const bool all = admits_all(work, segment);
  for (std::size_t first = 0; first < entries.size(); first += block_vectors) {
    if (!any_reaches(estimates.data() + first, pool.floor())) continue;
    const std::size_t end = std::min(first + block_vectors, entries.size());
    for (std::size_t row = first; row < end; ++row) {
      if (estimates[row] < pool.floor() || !(all || admits(work, entries[row]))) continue;
      pool.push({.score = estimates[row],
                 .segment = static_cast<std::uint32_t>(number),
                 .row = static_cast<std::uint32_t>(row)});
    }
  }
  return {};
}

Result<std::vector<VectorCandidate>> SegmentedVectorSnapshot::scan_all(const Work& work,
                                                                       bool sketched,
                                                                       std::size_t count) const {
  const std::size_t segments = state_->segments.size();
  const std::size_t threads = sketched ? threads_for_many() : 1;
  std::vector<CandidatePool> pools(threads, CandidatePool(count, better()));
  std::atomic<std::size_t> next = 0;
  const auto part = [&](std::size_t number) -> Result<void> {
    for (std::size_t i = next++; i < segments; i = next++) {
      MBE_TRY(scan(work, i, sketched, pools[number]));
    }
    return {};
  };
  MBE_TRY(run_parts(threads, part));
  for (std::size_t i = 1; i < threads; ++i) {
    for (const VectorCandidate& candidate : pools[i].take()) pools[0].push(candidate);
  }
  return pools[0].take();
}

Result<std::vector<VectorCandidate>> SegmentedVectorSnapshot::scan_few(const Work& work) const {
  std::vector<VectorCandidate> out;
  for (std::uint32_t number = 0; number < state_->segments.size(); ++number) {
    const VectorSegment& segment = *state_->segments[number];
    const SegmentInfo& info = segment.file().info();
    for (const auto sequence :
         work.query.allowed->between(info.first_sequence, info.last_sequence + 1)) {
      const auto found = segment.entries_of(sequence);
      const auto first = static_cast<std::uint32_t>(found.data() - segment.entries().data());
      for (std::uint32_t i = 0; i < found.size(); ++i) {
        if (!admits(work, found[i])) continue;
        out.push_back({.score = 0, .segment = number, .row = first + i});
      }
    }
  }
  return out;
}

Result<void> SegmentedVectorSnapshot::rescore_part(const Work& work,
                                                   std::span<VectorCandidate> candidates) const {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i + rows_ahead < candidates.size()) {
      const VectorCandidate& later = candidates[i + rows_ahead];
      state_->segments[later.segment]->prefetch(later.row);
    }
    VectorCandidate& candidate = candidates[i];
    const VectorSegment& segment = *state_->segments[candidate.segment];
    MBE_ASSIGN(const Half* row, segment.rows(candidate.row, 1));
    dot_rows(work.padded.data(), row, segment.width(), std::span(&candidate.score, 1));
  }
  return {};
}

Result<void> SegmentedVectorSnapshot::rescore(const Work& work,
                                              std::vector<VectorCandidate>& candidates) const {
  const std::size_t threads = candidates.size() >= rescored_alone_max ? threads_for_many() : 1;
  MBE_TRY(run_parts(threads, [&](std::size_t number) {
    const std::size_t begin = candidates.size() * number / threads;
    const std::size_t end = candidates.size() * (number + 1) / threads;
    return rescore_part(work, std::span(candidates).subspan(begin, end - begin));
  }));
  std::ranges::sort(candidates, better());
  return {};
}

std::vector<VectorHit> SegmentedVectorSnapshot::fold(std::span<const VectorCandidate> candidates,
                                                     std::size_t top_k) const {
  std::vector<VectorHit> out;
  std::unordered_set<std::uint32_t> seen;
  for (const VectorCandidate& candidate : candidates) {
    if (out.size() == top_k) break;
    const StoredEntry& entry = better().entry(candidate);
    if (!seen.insert(entry.sequence).second) continue;
    out.push_back({.sequence = entry.sequence,
                   .kind = static_cast<VectorKind>(entry.kind),
                   .span_begin = entry.span_begin,
                   .span_end = entry.span_end,
                   .cosine = candidate.score});
  }
  return out;
}

Result<std::vector<VectorHit>> SegmentedVectorSnapshot::search(const VectorQuery& query) const {
  if (query.top_k == 0 || query.top_k > vector_hits_max) {
    return fail(query.top_k == 0 ? ErrorCode::invalid_argument : ErrorCode::limit,
                "top_k {} is outside 1 … {}", query.top_k, vector_hits_max);
  }
  Work work{.query = query, .padded = {}};
  MBE_ASSIGN(work.padded, padded(query.vector));
  if (query.allowed != nullptr && query.allowed->size() < vectors_ / few_ratio) {
    MBE_ASSIGN(auto candidates, scan_few(work));
    MBE_TRY(rescore(work, candidates));
    return fold(candidates, query.top_k);
  }
  if (vectors_ > options_.exact_scan_max) {
    MBE_ASSIGN(auto candidates, scan_all(work, true, wanted(query.top_k)));
    MBE_TRY(rescore(work, candidates));
    return fold(candidates, query.top_k);
  }
  // Several vectors of one sequence may crowd out others: ask for more until there are enough.
  for (std::size_t count = 2 * query.top_k + 64;; count *= 4) {
    MBE_ASSIGN(const auto candidates, scan_all(work, false, count));
    std::vector<VectorHit> hits = fold(candidates, query.top_k);
    if (hits.size() == query.top_k || candidates.size() < count) return hits;
  }
}

Result<void> SegmentedVectorSnapshot::add_cosines(const VectorSegment& segment,
                                                  std::span<const std::vector<float>> padded,
                                                  std::span<const std::uint64_t> sequences,
                                                  std::span<const std::size_t> order,
                                                  std::vector<KindCosines>& out) const {
  const auto of = [&](std::size_t place) { return sequences[place]; };
  const SegmentInfo& info = segment.file().info();
  std::size_t from = 0;
  for (auto at = std::ranges::lower_bound(order, info.first_sequence, {}, of);
       at != order.end() && of(*at) <= info.last_sequence; ++at) {
    const auto found = segment.entries_of(of(*at), from);
    from = static_cast<std::size_t>(found.data() - segment.entries().data());
    if (found.empty() || state_->removed.contains(of(*at))) continue;
    MBE_ASSIGN(const Half* row, segment.rows(from, found.size()));
    for (const StoredEntry& entry : found) {
      for (std::size_t query = 0; query < padded.size(); ++query) {
        float cosine = 0;
        dot_rows(padded[query].data(), row, segment.width(), std::span(&cosine, 1));
        std::optional<float>& best = out[*at * padded.size() + query][entry.kind];
        best = std::max(best.value_or(cosine), cosine);
      }
      row += segment.width();
    }
  }
  return {};
}

Result<std::vector<KindCosines>> SegmentedVectorSnapshot::cosines(
    std::span<const std::span<const float>> queries,
    std::span<const std::uint64_t> sequences) const {
  std::vector<std::vector<float>> rows;
  for (const auto query : queries) {
    MBE_ASSIGN(rows.emplace_back(), padded(query));
  }
  std::vector<std::size_t> order(sequences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t place) { return sequences[place]; });
  std::vector<KindCosines> out(sequences.size() * queries.size());
  for (const auto& segment : state_->segments) {
    MBE_TRY(add_cosines(*segment, rows, sequences, order, out));
  }
  return out;
}

Result<std::vector<VectorSnapshot::Stored>> SegmentedVectorSnapshot::vectors(
    std::uint64_t sequence) const {
  std::vector<Stored> out;
  if (state_->removed.contains(sequence)) return out;
  for (const auto& segment : state_->segments) {
    const auto found = segment->entries_of(sequence);
    const auto first = static_cast<std::size_t>(found.data() - segment->entries().data());
    for (std::size_t i = 0; i < found.size(); ++i) {
      MBE_ASSIGN(const Half* row, segment->rows(first + i, 1));
      Stored& stored = out.emplace_back();
      stored.entry = {.sequence = found[i].sequence,
                      .kind = static_cast<VectorKind>(found[i].kind),
                      .span_begin = found[i].span_begin,
                      .span_end = found[i].span_end};
      std::transform(row, row + model_.dim, std::back_inserter(stored.values), from_half);
    }
  }
  std::ranges::stable_sort(out, {}, [](const Stored& at) {
    return std::tuple(at.entry.kind, at.entry.span_begin, at.entry.span_end);
  });
  return out;
}

std::vector<float> SegmentedVectorSnapshot::mean() const {
  std::vector<double> sum(model_.dim, 0.0);
  for (const auto& segment : state_->segments) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += segment->sum()[i];
  }
  std::vector<float> out(sum.size());
  const auto count = static_cast<double>(std::max<std::uint64_t>(vectors_, 1));
  std::ranges::transform(sum, out.begin(),
                         [count](double value) { return static_cast<float>(value / count); });
  return out;
}

Result<SequenceSet> SegmentedVectorSnapshot::sequences(std::uint8_t kinds) const {
  SequenceSet out;
  for (const auto& segment : state_->segments) out |= segment->sequences(kinds);
  return out - state_->removed;
}

}  // namespace mbe
