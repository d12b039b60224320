#include "index/keyword/snapshot.h"

#include <algorithm>
#include <numeric>

namespace mbe {
namespace {

// Below one in so many documents allowed, each is scored by itself.
constexpr std::uint64_t few_ratio = 64;

Result<void> check(std::span<const QueryTerm> query) {
  if (query.size() > query_terms_max) {
    return fail(ErrorCode::limit, "a query of {} terms is over the limit of {}; leave some out",
                query.size(), query_terms_max);
  }
  for (const QueryTerm& term : query) {
    if (!(term.weight >= 0 && term.weight <= query_weight_max)) {
      return fail(ErrorCode::invalid_argument, "query weight {} is outside 0 … {}", term.weight,
                  query_weight_max);
    }
  }
  return {};
}

}  // namespace

double KeywordParts::total() const {
  return std::accumulate(by_kind.begin(), by_kind.end(), 0.0);
}

SegmentedKeywordSnapshot::SegmentedKeywordSnapshot(std::shared_ptr<const State> state, Bm25 bm25)
    : state_(std::move(state)), bm25_(bm25) {
  for (const auto& segment : state_->segments) {
    documents_ += segment->documents();
    for (std::size_t i = 0; i < 2; ++i) {
      totals_.total[i] += segment->totals().total[i];
      totals_.documents[i] += segment->totals().documents[i];
    }
  }
}

double SegmentedKeywordSnapshot::average_length(LengthClass of) const {
  const auto i = static_cast<std::size_t>(of);
  if (totals_.documents[i] == 0) return 0;
  return static_cast<double>(totals_.total[i]) / static_cast<double>(totals_.documents[i]);
}

Result<KeywordPlan> SegmentedKeywordSnapshot::plan(std::span<const QueryTerm> query) const {
  MBE_TRY(check(query));
  KeywordPlan out;
  auto places = std::make_shared<KeywordPlan::Places>();
  places->entries.resize(state_->segments.size());
  for (std::size_t place = 0; place < query.size(); ++place) {
    const QueryTerm& term = query[place];
    ScoredTerm scored{.kind = term.kind, .key = term_key(term.kind, term.text), .scores = {}};
    scored.bit = place < 64 ? std::uint64_t{1} << place : 0;
    std::uint64_t frequency = 0;
    for (std::size_t i = 0; i < state_->segments.size(); ++i) {
      MBE_ASSIGN(auto entry, state_->segments[i]->dictionary().find(scored.key));
      frequency += entry ? entry->count : 0;
      if (term.weight > 0) places->entries[i].push_back(std::move(entry));
    }
    if (frequency > documents_) {
      return fail(ErrorCode::corrupt, "the keyword index counts {} documents for a term of {}",
                  frequency, documents_);
    }
    out.idf.push_back(bm25_idf(documents_, frequency));
    if (term.weight == 0) continue;
    scored.weight_idf = static_cast<double>(term.weight) * out.idf.back();
    scored.scores = ScoreTable(
        TermWeight::of(bm25_, scored.weight_idf, average_length(length_class(term.kind))));
    places->terms.push_back(std::move(scored));
  }
  out.places = std::move(places);
  return out;
}

Result<std::vector<KeywordHit>> KeywordSnapshot::search(std::span<const QueryTerm> query,
                                                        const KeywordSearchOptions& options) const {
  MBE_ASSIGN(const KeywordPlan planned, plan(query));
  return search(planned, options);
}

Result<std::vector<KeywordHit>> SegmentedKeywordSnapshot::search(
    const KeywordPlan& plan, const KeywordSearchOptions& options) const {
  if (options.top_k == 0 || options.top_k > keyword_hits_max) {
    return fail(ErrorCode::limit, "top_k {} is outside 1 … {}", options.top_k, keyword_hits_max);
  }
  const KeywordPlan::Places& places = *plan.places;
  if (options.allowed != nullptr && options.allowed->size() < documents_ / few_ratio) {
    return search_few(places, options);
  }
  const Admission admission{.allowed = options.allowed, .removed = &state_->removed};
  TopHits hits(options.top_k);
  for (std::size_t i = 0; i < state_->segments.size(); ++i) {
    MBE_ASSIGN(SegmentSearch searched,
               SegmentSearch::open(*state_->segments[i], places.terms, places.entries[i]));
    MBE_TRY(searched.collect(admission, hits));
  }
  return hits.take();
}

Result<std::vector<KeywordHit>> SegmentedKeywordSnapshot::search_few(
    const KeywordPlan::Places& places, const KeywordSearchOptions& options) const {
  TopHits hits(options.top_k);
  for (std::size_t i = 0; i < state_->segments.size(); ++i) {
    const KeywordSegment& segment = *state_->segments[i];
    const SegmentInfo& info = segment.file().info();
    std::vector<std::uint32_t> documents;
    for (const auto sequence :
         options.allowed->between(info.first_sequence, info.last_sequence + 1)) {
      const auto document = segment.find(sequence);
      if (document && !state_->removed.contains(sequence)) documents.push_back(*document);
    }
    if (documents.empty()) continue;
    MBE_ASSIGN(SegmentSearch searched,
               SegmentSearch::open(segment, places.terms, places.entries[i]));
    std::vector<FixedScore> scores(documents.size(), 0);
    MBE_TRY(searched.add_scores(documents, scores));
    for (std::size_t at = 0; at < documents.size(); ++at) {
      if (scores[at] > hits.threshold()) hits.push(scores[at], segment.sequence(documents[at]));
    }
  }
  return hits.take();
}

Result<std::vector<KeywordParts>> SegmentedKeywordSnapshot::score_parts(
    const KeywordPlan& plan, std::span<const std::uint64_t> sequences) const {
  const KeywordPlan::Places& places = *plan.places;
  std::vector<std::size_t> order(sequences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!std::ranges::is_sorted(sequences)) {
    std::ranges::sort(order, {}, [&](std::size_t i) { return sequences[i]; });
  }
  std::vector<KeywordParts> out(sequences.size());
  auto at = order.begin();
  for (std::size_t i = 0; i < state_->segments.size(); ++i) {
    const KeywordSegment& segment = *state_->segments[i];
    std::vector<std::uint32_t> documents;
    std::vector<KeywordParts*> parts;
    for (; at != order.end() && sequences[*at] <= segment.file().info().last_sequence; ++at) {
      const auto document = segment.find(sequences[*at]);
      if (!document || state_->removed.contains(sequences[*at])) continue;
      documents.push_back(*document);
      parts.push_back(&out[*at]);
    }
    if (documents.empty()) continue;
    MBE_ASSIGN(SegmentSearch searched,
               SegmentSearch::open(segment, places.terms, places.entries[i]));
    MBE_TRY(searched.add_parts(documents, parts));
  }
  return out;
}

bool SegmentedKeywordSnapshot::contains(std::uint64_t sequence) const {
  if (state_->removed.contains(sequence)) return false;
  return std::ranges::any_of(
      state_->segments, [&](const auto& segment) { return segment->find(sequence).has_value(); });
}

}  // namespace mbe
