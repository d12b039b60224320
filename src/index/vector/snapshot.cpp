#include "index/vector/snapshot.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>
#include <unordered_set>

#include "index/vector/sketch.h"

namespace mbe {
namespace {

// Below one in so many vectors allowed, only those are looked at, exactly.
constexpr std::uint64_t few_ratio = 32;
// Sequences have one or two vectors as a rule; long texts up to 34. Survivors a wanted hit:
constexpr std::size_t survivors_per_hit = 8;

bool better(const VectorCandidate& a, const VectorCandidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return std::tie(a.entry.sequence, a.entry.kind, a.entry.span_begin, a.entry.span_end) <
         std::tie(b.entry.sequence, b.entry.kind, b.entry.span_begin, b.entry.span_end);
}

VectorHit hit_of(const VectorCandidate& candidate) {
  return {.sequence = candidate.entry.sequence,
          .kind = static_cast<VectorKind>(candidate.entry.kind),
          .span_begin = candidate.entry.span_begin,
          .span_end = candidate.entry.span_end,
          .cosine = candidate.score};
}

// The first of each sequence. `candidates` are sorted, best first.
std::vector<VectorHit> fold(std::span<const VectorCandidate> candidates, std::size_t top_k) {
  std::vector<VectorHit> out;
  std::unordered_set<std::uint32_t> seen;
  for (const VectorCandidate& candidate : candidates) {
    if (out.size() == top_k) break;
    if (seen.insert(candidate.entry.sequence).second) out.push_back(hit_of(candidate));
  }
  return out;
}

bool has_kind(std::uint8_t kinds, const StoredEntry& entry) {
  return (kinds >> entry.kind & 1u) != 0;
}

}  // namespace

void CandidatePool::push(const VectorCandidate& candidate) {
  kept_.push_back(candidate);
  if (kept_.size() >= 2 * wanted_) cut();
}

void CandidatePool::cut() {
  if (kept_.size() <= wanted_) return;
  const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(wanted_);
  std::nth_element(kept_.begin(), end - 1, kept_.end(), better);
  kept_.erase(end, kept_.end());
  floor_ = kept_.back().score;
}

std::vector<VectorCandidate> CandidatePool::take() {
  cut();
  std::ranges::sort(kept_, better);
  return std::move(kept_);
}

SegmentedVectorSnapshot::SegmentedVectorSnapshot(std::shared_ptr<const State> state,
                                                 VectorModel model, VectorOptions options)
    : state_(std::move(state)), model_(std::move(model)), options_(options) {
  for (const auto& segment : state_->segments) vectors_ += segment->entries().size();
}

Result<SegmentedVectorSnapshot::Work> SegmentedVectorSnapshot::check(
    const VectorQuery& query) const {
  if (query.vector.size() != model_.dim) {
    return fail(ErrorCode::invalid_argument, "the query has {} dimensions, model {} has {}",
                query.vector.size(), model_.id, model_.dim);
  }
  if (!std::ranges::all_of(query.vector, [](float value) { return std::isfinite(value); })) {
    return fail(ErrorCode::invalid_argument, "the query vector holds a value that is not finite");
  }
  Work out{.query = query, .padded = {query.vector.begin(), query.vector.end()}};
  out.padded.resize(padded_dim(model_.dim), 0.0f);
  return out;
}

bool SegmentedVectorSnapshot::admits(const Work& work, const StoredEntry& entry) const {
  const SequenceSet* allowed = work.query.allowed;
  return has_kind(work.query.kinds, entry) &&
         (allowed == nullptr || allowed->contains(entry.sequence)) &&
         !state_->removed.contains(entry.sequence);
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
                 .row = static_cast<std::uint32_t>(first + i),
                 .entry = entry});
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
  for (std::size_t row = 0; row < entries.size(); ++row) {
    if (estimates[row] < pool.floor() || !admits(work, entries[row])) continue;
    pool.push({.score = estimates[row],
               .segment = static_cast<std::uint32_t>(number),
               .row = static_cast<std::uint32_t>(row),
               .entry = entries[row]});
  }
  return {};
}

Result<std::vector<VectorCandidate>> SegmentedVectorSnapshot::scan_all(const Work& work,
                                                                       bool sketched,
                                                                       std::size_t count) const {
  const std::size_t segments = state_->segments.size();
  const std::size_t threads = sketched && vectors_ >= options_.threads_from
                                  ? std::max<std::size_t>(options_.threads_max, 1)
                                  : 1;
  std::vector<CandidatePool> pools(threads, CandidatePool(count));
  std::vector<Result<void>> results(threads);
  const auto part = [&](std::size_t number) {
    const std::size_t begin = segments * number / threads;
    const std::size_t end = segments * (number + 1) / threads;
    for (std::size_t i = begin; i < end && results[number].ok(); ++i) {
      results[number] = scan(work, i, sketched, pools[number]);
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(part, i);
    part(0);
  }
  for (const Result<void>& result : results) {
    if (!result.ok()) return result.error();
  }
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
        out.push_back({.score = 0, .segment = number, .row = first + i, .entry = found[i]});
      }
    }
  }
  return out;
}

Result<void> SegmentedVectorSnapshot::rescore(const Work& work,
                                              std::vector<VectorCandidate>& candidates) const {
  for (VectorCandidate& candidate : candidates) {
    const VectorSegment& segment = *state_->segments[candidate.segment];
    MBE_ASSIGN(const Half* row, segment.rows(candidate.row, 1));
    dot_rows(work.padded.data(), row, segment.width(), std::span(&candidate.score, 1));
  }
  std::ranges::sort(candidates, better);
  return {};
}

Result<std::vector<VectorHit>> SegmentedVectorSnapshot::search(const VectorQuery& query) const {
  if (query.top_k == 0 || query.top_k > vector_hits_max) {
    return fail(query.top_k == 0 ? ErrorCode::invalid_argument : ErrorCode::limit,
                "top_k {} is outside 1 … {}", query.top_k, vector_hits_max);
  }
  MBE_ASSIGN(const Work work, check(query));
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

Result<std::vector<std::optional<float>>> SegmentedVectorSnapshot::cosines(
    std::span<const float> query, std::span<const std::uint64_t> sequences,
    std::uint8_t kinds) const {
  const VectorQuery whole{.vector = query, .kinds = kinds};
  MBE_ASSIGN(const Work work, check(whole));
  std::vector<std::optional<float>> out(sequences.size());
  for (std::size_t at = 0; at < sequences.size(); ++at) {
    for (const auto& segment : state_->segments) {
      const SegmentInfo& info = segment->file().info();
      if (sequences[at] < info.first_sequence || sequences[at] > info.last_sequence) continue;
      const auto found = segment->entries_of(sequences[at]);
      const auto first = static_cast<std::size_t>(found.data() - segment->entries().data());
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (!admits(work, found[i])) continue;
        MBE_ASSIGN(const Half* row, segment->rows(first + i, 1));
        float cosine = 0;
        dot_rows(work.padded.data(), row, segment->width(), std::span(&cosine, 1));
        out[at] = std::max(out[at].value_or(cosine), cosine);
      }
    }
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
