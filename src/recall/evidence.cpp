#include "recall/evidence.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace mbe {

namespace {

constexpr double lexical_scale = 10;
constexpr double length_scale = 3;
constexpr double terse_words = 2.5;  ///< a cue of fewer words says more by its concept than by them
constexpr double precision_words_max = 15;
constexpr double precision_idf_a_word = 4;
constexpr double passage_words_from = 20;  ///< where talk ends and a passage begins
constexpr double passage_words_full = 100;
constexpr double passage_cosine_from = 0.8;  ///< about where E5 puts sentences that share little
constexpr std::size_t feedback_best = 5;
constexpr double feedback_sharpness = 30;
constexpr TimeMs day_ms = 86'400'000;

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

float flag(bool value) {
  return value ? 1.0F : 0.0F;
}

/// idf of the cue's terms by bit of KeywordParts::mask.
class TermWeights {
 public:
  explicit TermWeights(const CueReading& reading) : total_(std::max(reading.terms_idf, 1e-6)) {
    for (std::size_t i = 0; i < reading.terms.size(); ++i) {
      const auto weight = static_cast<double>(reading.terms[i].weight);
      weights_.push_back(weight * reading.terms_plan.idf[i]);
    }
  }
  [[nodiscard]] double share(std::uint64_t mask) const {
    double sum = 0;
    for (std::uint64_t bits = mask; bits != 0; bits &= bits - 1) {
      sum += weights_[static_cast<std::size_t>(std::countr_zero(bits))];
    }
    return sum / total_;
  }

 private:
  std::vector<double> weights_;
  double total_;
};

/// A first guess at relevance, for what needs the best few before the model has spoken.
double rough(const Candidate& one, double terms_idf) {
  const double lexical = one.parts.total() / (2.2 * std::max(terms_idf, 1e-6));
  return 0.5 * static_cast<double>(one.turn + one.context) + 0.15 * lexical;
}

std::vector<std::size_t> rough_order(const Gathered& gathered, double terms_idf) {
  std::vector<std::size_t> order(gathered.candidates.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::size_t i) { return rough(gathered.candidates[i], terms_idf); });
  return order;
}

/// 1 for a cue of a single word, 0 from terse_words on, and for a question: it says what it wants.
double terseness_of(const RecallCue& cue, const CueReading& reading) {
  if (cue.analysis.is_question) return 0;
  const auto words = std::ranges::count_if(reading.terms, [](const QueryTerm& term) {
    return term.kind == TermKind::lemma || term.kind == TermKind::stem;
  });
  const double missing = terse_words - std::max(1.0, static_cast<double>(words));
  return std::max(0.0, missing / (terse_words - 1));
}

class Evidence {
 public:
  Evidence(const RecallView& view, const RecallCue& cue, const Gathered& gathered)
      : view_(view),
        cue_(cue),
        reading_(gathered.reading),
        terseness_(terseness_of(cue, reading_)),
        gathered_(gathered),
        weights_(reading_),
        order_(rough_order(gathered, reading_.terms_idf)) {
    rows_.resize(gathered.candidates.size());
    conversation_ = std::ranges::any_of(
        gathered.candidates, [](const Candidate& one) { return !one.said.session.empty(); });
  }

  Result<std::vector<FeatureRow>> take() {
    MBE_TRY(read_marks());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      words(gathered_.candidates[i], rows_[i]);
      session(gathered_.candidates[i], rows_[i]);
      vectors(gathered_.candidates[i], rows_[i]);
      passage(gathered_.candidates[i], rows_[i]);
      situation(gathered_.candidates[i], rows_[i]);
    }
    session_coverage();
    recency();
    MBE_TRY(tags());
    MBE_TRY(feedback());
    return std::move(rows_);
  }

 private:
  static void set(FeatureRow& row, Feature feature, double value) {
    row[index_of(feature)] = static_cast<float>(value);
  }

  Result<void> read_marks() {
    const auto read = [&](bool asked, std::string_view mark, SequenceSet& into) -> Result<void> {
      if (!asked) return {};
      MBE_ASSIGN(into, view_.attributes.with_value(Field::keyword, mark));
      return {};
    };
    MBE_TRY(read(reading_.asks_quantity, number_mark, with_number_));
    MBE_TRY(read(reading_.asks_when, moment_mark, with_moment_));
    return read(reading_.asks_current, change_mark, with_change_);
  }

  void words(const Candidate& one, FeatureRow& row) const {
    const auto length = static_cast<double>(one.parts.length);
    set(row, Feature::lexical, one.parts.total() / lexical_scale);
    set(row, Feature::matched, weights_.share(one.parts.mask));
    if (conversation_) {
      set(row, Feature::coverage, weights_.share(one.parts.mask));
      set(row, Feature::length, std::log1p(length) / length_scale);
    }
    set(row, Feature::precision,
        one.parts.idf_matched /
            (precision_idf_a_word * (1 + std::min(length, precision_words_max))));
    if (reading_.concepts_idf > 0) {
      const double share = std::min(1.0, one.concept_score / reading_.concepts_idf);
      set(row, Feature::association, share);
      const double said = std::max(share, weights_.share(one.parts.mask));
      set(row, Feature::terse_association, said * terseness_);
    }
  }

  void session(const Candidate& one, FeatureRow& row) const {
    std::uint64_t mask = one.parts.mask;
    float neighbour = 0;
    const auto look = [&](const std::vector<std::uint64_t>& side) {
      for (std::size_t i = 0; i < side.size(); ++i) {
        const Beside& beside = gathered_.beside_of(side[i]);
        mask |= beside.parts.mask;
        if (i == 0) neighbour = std::max(neighbour, beside.turn);
      }
    };
    look(one.said.beside.before);
    look(one.said.beside.after);
    set(row, Feature::window_coverage, weights_.share(mask) - weights_.share(one.parts.mask));
    if (neighbour > 0) set(row, Feature::neighbour, neighbour - one.turn);
    if (!one.said.beside.before.empty() &&
        reading_.questions.contains(one.said.beside.before.front())) {
      const Beside& before = gathered_.beside_of(one.said.beside.before.front());
      set(row, Feature::previous,
          before.parts.total() / (2.2 * std::max(reading_.terms_idf, 1e-6)));
    }
  }

  void vectors(const Candidate& one, FeatureRow& row) const {
    set(row, Feature::turn, one.turn);
    set(row, Feature::context, one.context);
    set(row, Feature::turn_hub, one.turn_hub);
    // Alike for every candidate of one cue: a block without a session must gain nothing by it.
    if (conversation_) set(row, Feature::context_hub, one.context_hub);
  }

  /// The longer a text, the more its one vector blurs and the more its words can be trusted.
  void passage(const Candidate& one, FeatureRow& row) const {
    const double words = static_cast<double>(one.parts.length) - passage_words_from;
    const double share = std::clamp(words / (passage_words_full - passage_words_from), 0.0, 1.0);
    set(row, Feature::passage_lexical, share * one.parts.total() / lexical_scale);
    set(row, Feature::passage_coverage, share * weights_.share(one.parts.mask));
    if (one.turn > 0) {
      const double above = static_cast<double>(one.turn) - passage_cosine_from;
      set(row, Feature::passage_turn, share * above);
    }
  }

  void situation(const Candidate& one, FeatureRow& row) const {
    const auto agent = reading_.agents.find(one.said.speaker);
    const float named = agent == reading_.agents.end() ? 0 : agent->second;
    set(row, Feature::agent, one.said.kind == Kind::answer ? 1 : named);
    set(row, Feature::question, flag(conversation_ && reading_.questions.contains(one.sequence)));
    set(row, Feature::speaker, flag(contains(reading_.named_speakers, one.said.speaker)));
    set(row, Feature::quantity, flag(conversation_ && with_number_.contains(one.sequence)));
    set(row, Feature::moment, flag(conversation_ && with_moment_.contains(one.sequence)));
    set(row, Feature::change, flag(with_change_.contains(one.sequence)));
    set(row, Feature::date, nearness(one.said.time_ms));
    for (const WaypointHint& hint : cue_.waypoints) {
      if (hint.sequence == one.sequence) set(row, Feature::waypoint, hint.relevance);
    }
  }

  /// 1 inside a date the cue names, falling to 0.5 a week away and to 0 a month away.
  [[nodiscard]] double nearness(TimeMs time) const {
    double best = 0;
    for (const DateMention& date : cue_.analysis.dates) {
      const TimeMs off = std::max<TimeMs>({date.from_ms - time, time - date.until_ms, 0});
      const double days = static_cast<double>(off) / static_cast<double>(day_ms);
      best = std::max(best, days <= 0 ? 1.0 : days <= 7 ? 0.5 : days <= 31 ? 0.2 : 0.0);
    }
    return best;
  }

  void session_coverage() {
    if (!conversation_) return;
    std::map<std::string_view, std::uint64_t> masks;
    for (const Candidate& one : gathered_.candidates) {
      if (!one.said.session.empty()) masks[one.said.session] |= one.parts.mask;
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Candidate& one = gathered_.candidates[i];
      const auto found = masks.find(one.said.session);
      const auto mask = found == masks.end() ? one.parts.mask : found->second;
      set(rows_[i], Feature::session_coverage, weights_.share(mask));
    }
  }

  /// Where the cue asks for the present: how late in the log a block stands, 0 … 1. Nothing in a
  /// store that was filled in one moment.
  void recency() {
    if (!reading_.asks_current || gathered_.candidates.empty()) return;
    const auto time = [](const Candidate& one) { return one.said.time_ms; };
    const auto [first, last] = std::ranges::minmax(gathered_.candidates, {}, time);
    if (time(first) == time(last)) return;
    const auto newest = static_cast<double>(gathered_.newest);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      set(rows_[i], Feature::recency,
          static_cast<double>(gathered_.candidates[i].sequence) / newest);
    }
  }

  Result<void> tags() {
    const auto blocks = static_cast<double>(view_.attributes.record_count());
    double total = 0;
    std::vector<std::pair<SequenceSet, double>> weights;
    for (const std::string& tag : reading_.tags) {
      MBE_ASSIGN(SequenceSet having, view_.attributes.with_value(Field::tag, tag));
      const double weight = std::log1p(blocks / (static_cast<double>(having.size()) + 1));
      weights.emplace_back(std::move(having), weight);
      total += weight;
    }
    if (total <= 0) return {};
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      double shared = 0;
      for (const auto& [having, weight] : weights) {
        if (having.contains(gathered_.candidates[i].sequence)) shared += weight;
      }
      set(rows_[i], Feature::tag, shared / total);
    }
    return {};
  }

  /// Pseudo-relevance feedback by vectors: the centre of the best few, weighted by how good they
  /// are. Only where blocks stand alone: in a conversation the neighbours say more.
  Result<void> feedback() {
    if (conversation_ || view_.vector == nullptr || cue_.vector.empty() || order_.empty())
      return {};
    std::vector<double> centre(cue_.vector.size(), 0);
    const double top = rough(gathered_.candidates[order_[0]], reading_.terms_idf);
    for (std::size_t i = 0; i < std::min(order_.size(), feedback_best); ++i) {
      const Candidate& one = gathered_.candidates[order_[i]];
      MBE_ASSIGN(const auto stored, view_.vector->vectors(one.sequence));
      if (stored.empty()) continue;
      const double weight = std::exp((rough(one, reading_.terms_idf) - top) * feedback_sharpness);
      for (std::size_t d = 0; d < centre.size(); ++d) {
        centre[d] += weight * static_cast<double>(stored.front().values[d]);
      }
    }
    return measure_centre(centre);
  }

  Result<void> measure_centre(const std::vector<double>& centre) {
    double square = 0;
    for (const double value : centre) square += value * value;
    if (square <= 0) return {};
    std::vector<float> unit;
    for (const double value : centre) unit.push_back(static_cast<float>(value / std::sqrt(square)));
    std::vector<std::uint64_t> sequences;
    for (const Candidate& one : gathered_.candidates) sequences.push_back(one.sequence);
    const std::span<const float> query = unit;
    MBE_ASSIGN(const auto cosines, view_.vector->cosines(std::span(&query, 1), sequences));
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto cosine = best_cosine(cosines[i], all_vector_kinds);
      set(rows_[i], Feature::feedback, cosine.value_or(0));
    }
    return {};
  }

  const RecallView& view_;
  const RecallCue& cue_;
  const CueReading& reading_;
  double terseness_;
  const Gathered& gathered_;
  TermWeights weights_;
  SequenceSet with_number_, with_moment_, with_change_;  ///< marked blocks, where the cue asks
  std::vector<std::size_t> order_;
  std::vector<FeatureRow> rows_;
  /// Some candidate belongs to a session. Then a block without one counts as a session of its own:
  /// what only sessions have would otherwise speak against it.
  bool conversation_ = false;
};

}  // namespace

Result<std::vector<FeatureRow>> weigh_evidence(const RecallView& view, const RecallCue& cue,
                                               const Gathered& gathered) {
  return Evidence(view, cue, gathered).take();
}

}  // namespace mbe
