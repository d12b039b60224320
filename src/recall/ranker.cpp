#include <algorithm>
#include <cmath>
#include <fstream>
#include <unordered_map>

#include "base/json.h"
#include "recall/evidence.h"
#include "recall/recall.h"

namespace mbe {

namespace {

using nlohmann::json;

constexpr std::size_t top_k_max = 1'000;
constexpr float association_alone = 0.5F;  ///< against lexical, where only some arms are asked
constexpr float cosine_alone = 20;
constexpr float unrelated_cosine = 0.75F;  ///< where E5 puts sentences that share nothing

/// Which arm a feature's part of the score is told as.
Arm arm_of(Feature feature) {
  switch (feature) {
    case Feature::tag:
      return Arm::tag;
    case Feature::turn:
    case Feature::context:
    case Feature::turn_hub:
    case Feature::context_hub:
    case Feature::neighbour:
    case Feature::passage_turn:
    case Feature::feedback:
      return Arm::vector;
    case Feature::date:
    case Feature::moment:
    case Feature::recency:
    case Feature::change:
      return Arm::time;
    case Feature::waypoint:
      return Arm::waypoint;
    default:
      return Arm::keyword;
  }
}

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

Error broken(const std::filesystem::path& file) {
  return fail(ErrorCode::corrupt, "{} is not what was installed; reinstall", file.string());
}

Result<json> read_json(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::io, "cannot read {}; reinstall", file.string());
  json out = json::parse(in, nullptr, false);
  if (!out.is_object()) return broken(file);
  return out;
}

/// One arm on its own: its plain measure, without what was fitted for all arms together.
float alone(std::uint8_t arms, const FeatureRow& row) {
  const auto at = [&](Feature feature) { return row[index_of(feature)]; };
  float sum = 0;
  if ((arms & arm_bit(Arm::keyword)) != 0) {
    sum += at(Feature::lexical) + association_alone * at(Feature::association);
  }
  if ((arms & arm_bit(Arm::vector)) != 0) {
    sum += cosine_alone * (at(Feature::turn) + at(Feature::context)) / 2;
  }
  if ((arms & arm_bit(Arm::tag)) != 0) sum += at(Feature::tag);
  if ((arms & arm_bit(Arm::time)) != 0) sum += at(Feature::date);
  if ((arms & arm_bit(Arm::waypoint)) != 0) sum += at(Feature::waypoint);
  return sum;
}

}  // namespace

Result<Ranker> Ranker::open(const std::filesystem::path& directory) {
  MBE_ASSIGN(CueWords words, CueWords::open(directory / "cues.tsv"));
  const auto weights_file = directory / "weights.json";
  const auto hub_file = directory / "hub.json";
  MBE_ASSIGN(const json weights, read_json(weights_file));
  MBE_ASSIGN(const json hub, read_json(hub_file));
  Ranker out;
  out.words_ = std::move(words);
  const json& by_name = weights.value("weights", json::object());
  for (std::size_t i = 0; i < feature_count; ++i) {
    const std::string name(feature_name(static_cast<Feature>(i)));
    if (!by_name.contains(name) || !by_name[name].is_number()) return broken(weights_file);
    out.weights_[i] = by_name[name].get<float>();
  }
  const json& calibration = weights.value("calibration", json::object());
  const std::pair<const char*, float Calibration::*> numbers[] = {
      {"cosines", &Calibration::cosines},
      {"hub", &Calibration::hub},
      {"bias", &Calibration::bias},
      {"words", &Calibration::words},
      {"words_bias", &Calibration::words_bias},
      {"slope", &Calibration::slope},
      {"threshold", &Calibration::threshold},
      {"company", &Calibration::company}};
  for (const auto& [name, member] : numbers) {
    if (!calibration.contains(name) || !calibration[name].is_number()) return broken(weights_file);
    out.calibration_.*member = calibration[name].get<float>();
  }
  if (!hub.contains("model") || !hub["model"].is_string() || !hub.contains("mean")) {
    return broken(hub_file);
  }
  out.hub_model_ = hub["model"].get<std::string>();
  for (const json& value : hub["mean"]) {
    if (!value.is_number()) return broken(hub_file);
    out.hub_.push_back(value.get<float>());
  }
  return out;
}

float Ranker::evidence_of(const FeatureRow& row) const {
  float sum = 0;
  for (std::size_t i = 0; i < feature_count; ++i) sum += weights_[i] * row[i];
  return sum;
}

void Ranker::add_company(const Gathered& gathered, std::vector<float>& evidence) const {
  struct Session {
    float best = 0;
    double sum = 0;  ///< of exp(evidence - best)
    std::size_t candidates = 0;
    [[nodiscard]] float lift() const { return static_cast<float>(std::log(sum)); }
  };
  std::unordered_map<std::string_view, Session> sessions;
  const auto session_of = [&](std::size_t i) {
    return sessions.find(gathered.candidates[i].said.session);
  };
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const std::string& name = gathered.candidates[i].said.session;
    if (name.empty()) continue;
    auto& session = sessions.try_emplace(name, Session{evidence[i], 0, 0}).first->second;
    session.best = std::max(session.best, evidence[i]);
  }
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const auto found = session_of(i);
    if (found == sessions.end()) continue;
    found->second.sum += std::exp(static_cast<double>(evidence[i] - found->second.best));
    ++found->second.candidates;
  }
  float all = 0;
  std::size_t count = 0;
  for (const auto& [name, session] : sessions) {
    all += session.lift() * static_cast<float>(session.candidates);
    count += session.candidates;
  }
  const float mean = count == 0 ? 0 : all / static_cast<float>(count);
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const auto found = session_of(i);
    evidence[i] += calibration_.company * (found == sessions.end() ? mean : found->second.lift());
  }
}

std::span<const float> Ranker::hub_for(const RecallCue& cue) const {
  return cue.model_id == hub_model_ ? std::span(hub_) : std::span<const float>();
}

float Ranker::answerable(const RecallCue& cue, float best_cosines, const FeatureRow& best) const {
  const std::span<const float> hub = hub_for(cue);
  if (cue.vector.empty() || hub.size() != cue.vector.size() || best_cosines <= 0) {
    const float words =
        std::min(1.0F, best[index_of(Feature::matched)] + best[index_of(Feature::association)]);
    return sigmoid(calibration_.words * words + calibration_.words_bias);
  }
  float asking = 0;
  for (std::size_t d = 0; d < hub.size(); ++d) asking += hub[d] * cue.vector[d];
  return sigmoid(calibration_.cosines * best_cosines + calibration_.hub * asking +
                 calibration_.bias);
}

/// Shares: what lowers the score lowers the parts alike, so only what raises it is told. Cosines
/// count from where unrelated sentences stand.
RankedHit Ranker::hit_of(std::uint64_t sequence, const FeatureRow& row, float score) const {
  RankedHit out;
  out.sequence = sequence;
  out.score = score;
  std::array<float, arm_count> raised{};
  float total = 0;
  for (std::size_t i = 0; i < feature_count; ++i) {
    const auto feature = static_cast<Feature>(i);
    const bool cosine =
        feature == Feature::turn || feature == Feature::context || feature == Feature::feedback;
    const float value = cosine ? std::max(row[i] - unrelated_cosine, 0.0F) : row[i];
    const float part = std::max(weights_[i] * value, 0.0F);
    raised[static_cast<std::size_t>(arm_of(feature))] += part;
    total += part;
  }
  for (std::size_t arm = 0; arm < arm_count && total > 0; ++arm) {
    out.parts[arm].share = score * raised[arm] / total;
  }
  return out;
}

Result<FeatureTable> Ranker::features(const RecallView& view, const RecallCue& cue) const {
  MBE_ASSIGN(const Gathered gathered, gather_candidates(view, cue, words_, hub_for(cue)));
  FeatureTable out;
  MBE_ASSIGN(out.rows, weigh_evidence(view, cue, gathered));
  for (const Candidate& one : gathered.candidates) out.sequences.push_back(one.sequence);
  out.best_cosines = gathered.best_cosines;
  const std::span<const float> hub = hub_for(cue);
  for (std::size_t d = 0; d < hub.size() && d < cue.vector.size(); ++d) {
    out.hub_cosine += hub[d] * cue.vector[d];
  }
  return out;
}

Result<std::vector<RankedHit>> Ranker::rank(const RecallView& view, const RecallCue& cue) const {
  if (cue.top_k < 1 || cue.top_k > top_k_max) {
    return fail(ErrorCode::invalid_argument, "top_k is {}; it must be 1 to {}", cue.top_k,
                top_k_max);
  }
  MBE_ASSIGN(const Gathered gathered, gather_candidates(view, cue, words_, hub_for(cue)));
  MBE_ASSIGN(const auto rows, weigh_evidence(view, cue, gathered));
  std::vector<float> evidence;
  for (const FeatureRow& row : rows) {
    evidence.push_back(cue.arms == all_arms ? evidence_of(row) : alone(cue.arms, row));
  }
  if (cue.arms == all_arms) add_company(gathered, evidence);
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return evidence[i]; });
  if (order.size() > cue.top_k) order.resize(cue.top_k);
  std::vector<RankedHit> out;
  for (const std::size_t i : order) {
    const float sure = answerable(cue, gathered.best_cosines, rows[order.front()]);
    const float behind = evidence[i] - evidence[order.front()];
    const float score = sure * std::exp(calibration_.slope * behind);
    const Candidate& one = gathered.candidates[i];
    RankedHit hit = hit_of(one.sequence, rows[i], score);
    for (std::size_t arm = 0; arm < arm_count; ++arm) hit.parts[arm].rank = one.arm_rank[arm];
    hit.span_begin = one.best.span_begin;
    hit.span_end = one.best.span_end;
    out.push_back(std::move(hit));
  }
  return out;
}

}  // namespace mbe
