// The exact oracle of KeywordIndex: the same contract, every document scored for every query, no
// files. For tests and benches. One thread. Formula: index.h.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "index/keyword/bm25.h"
#include "index/keyword/index.h"

namespace mbe {

class KeywordOracle {
 public:
  explicit KeywordOracle(Bm25 bm25 = {}) : bm25_(bm25) {}

  /// As KeywordIndex::append, of one document; checks nothing.
  void append(const KeywordDocument& document) {
    Stored stored;
    for (const Term& term : document.terms) {
      const Key key{term.kind, term.text.substr(0, term_bytes_max)};
      std::uint32_t& count = stored.counts[key];
      count = std::min(count + std::min(term.count, length_max), length_max);
      stored.lengths[static_cast<std::size_t>(length_class(term.kind))] +=
          std::min(term.count, length_max);
    }
    for (std::uint32_t& length : stored.lengths) length = std::min(length, length_max);
    for (const auto& [key, count] : stored.counts) ++frequencies_[key];
    documents_[document.sequence] = std::move(stored);
  }
  /// As KeywordIndex::remove, of one sequence.
  void remove(std::uint64_t sequence) { removed_.insert(sequence); }
  /// What purge and flush do to the statistics.
  void purge() {
    for (const std::uint64_t sequence : removed_) {
      const auto at = documents_.find(sequence);
      if (at == documents_.end()) continue;
      for (const auto& [key, count] : at->second.counts) --frequencies_[key];
      documents_.erase(at);
    }
    removed_.clear();
  }

  [[nodiscard]] std::uint64_t document_count() const { return documents_.size(); }
  /// As KeywordSnapshot::document_frequency.
  [[nodiscard]] std::uint64_t document_frequency(TermKind kind, const std::string& text) const {
    const auto at = frequencies_.find(Key{kind, text});
    return at == frequencies_.end() ? 0 : at->second;
  }
  /// As KeywordSnapshot::average_length. O(documents).
  [[nodiscard]] double average_length(LengthClass of) const {
    std::uint64_t total = 0;
    std::uint64_t with = 0;
    for (const auto& [sequence, stored] : documents_) {
      total += stored.lengths[static_cast<std::size_t>(of)];
      with += stored.lengths[static_cast<std::size_t>(of)] > 0 ? 1u : 0u;
    }
    return with == 0 ? 0 : static_cast<double>(total) / static_cast<double>(with);
  }

  /// As KeywordSnapshot::search. O(documents * terms).
  [[nodiscard]] std::vector<KeywordHit> search(std::span<const QueryTerm> query,
                                               const KeywordSearchOptions& options) const {
    std::vector<KeywordHit> hits;
    const std::vector<TermWeight> weights = weigh(query);
    for (const auto& [sequence, stored] : documents_) {
      if (removed_.contains(sequence)) continue;
      if (options.allowed != nullptr && !options.allowed->contains(sequence)) continue;
      FixedScore sum = 0;
      for (std::size_t i = 0; i < query.size(); ++i) sum += score(stored, query[i], weights[i]);
      if (sum > 0) hits.push_back({sequence, to_score(sum)});
    }
    std::ranges::stable_sort(hits, [](auto& a, auto& b) { return a.score > b.score; });
    if (hits.size() > options.top_k) hits.resize(options.top_k);
    return hits;
  }

  /// As KeywordSnapshot::score_parts, of one sequence, without mask and length.
  [[nodiscard]] KeywordParts parts(std::span<const QueryTerm> query, std::uint64_t sequence) const {
    KeywordParts out;
    const auto at = documents_.find(sequence);
    if (at == documents_.end() || removed_.contains(sequence)) return out;
    const std::vector<TermWeight> weights = weigh(query);
    for (std::size_t i = 0; i < query.size(); ++i) {
      if (query[i].weight == 0 || !at->second.counts.contains(key_of(query[i]))) continue;
      out.by_kind[static_cast<std::size_t>(query[i].kind)] +=
          to_score(score(at->second, query[i], weights[i]));
      out.idf_matched += weight_idf(query[i]);
      ++out.terms_matched;
    }
    return out;
  }

 private:
  using Key = std::pair<TermKind, std::string>;
  struct Stored {
    std::map<Key, std::uint32_t> counts;
    std::uint32_t lengths[2] = {0, 0};
  };
  static Key key_of(const QueryTerm& term) {
    return {term.kind, term.text.substr(0, term_bytes_max)};
  }
  [[nodiscard]] double weight_idf(const QueryTerm& term) const {
    const Key key = key_of(term);
    return static_cast<double>(term.weight) *
           bm25_idf(documents_.size(), document_frequency(key.first, key.second));
  }
  [[nodiscard]] std::vector<TermWeight> weigh(std::span<const QueryTerm> query) const {
    std::vector<TermWeight> out;
    for (const QueryTerm& term : query) {
      out.push_back(
          TermWeight::of(bm25_, weight_idf(term), average_length(length_class(term.kind))));
    }
    return out;
  }
  static FixedScore score(const Stored& stored, const QueryTerm& term, const TermWeight& weight) {
    const auto at = stored.counts.find(key_of(term));
    if (at == stored.counts.end() || term.weight == 0) return 0;
    return weight.score(at->second,
                        stored.lengths[static_cast<std::size_t>(length_class(term.kind))]);
  }

  Bm25 bm25_;
  std::map<std::uint64_t, Stored> documents_;
  std::map<Key, std::uint64_t> frequencies_;
  std::set<std::uint64_t> removed_;
};

}  // namespace mbe
