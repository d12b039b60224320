#include "engine/goals.h"

#include <algorithm>

#include "engine/records.h"

namespace mbe {

namespace {

constexpr double share_min = 1.0 / 3;

struct Goal {
  GoalView view;
  std::vector<std::string> concepts;
};

/// Common concepts over the smaller set; 0 where either names nothing.
double share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return 0;
  const auto common = std::ranges::count_if(
      a, [&](const std::string& one) { return std::ranges::find(b, one) != b.end(); });
  return static_cast<double>(common) / static_cast<double>(std::min(a.size(), b.size()));
}

/// Whether the news names everything that names the goal.
bool covers(const std::vector<std::string>& news, const std::vector<std::string>& goal) {
  return std::ranges::all_of(
      goal, [&](const std::string& one) { return std::ranges::find(news, one) != news.end(); });
}

Goal* best_open(std::vector<Goal>& goals, const Intention& news, std::uint64_t block) {
  Goal* best = nullptr;
  double best_share = 0;
  for (Goal& goal : goals) {
    if (goal.view.state != "open" || goal.view.block_index == block) continue;
    const double shared = share(goal.concepts, news.concepts);
    if (shared < share_min || shared < best_share) continue;  // ties go to the later goal
    best = &goal;
    best_share = shared;
  }
  return best;
}

void take_in(std::vector<Goal>& goals, const Block& block, const Intention& intention) {
  if (!intention.stated) return;
  if (intention.state == IntentionState::intended) {
    goals.push_back(
        {{"open", intention.text, block.sequence, {}, time_of(block.payload)}, intention.concepts});
    return;
  }
  Goal* goal = best_open(goals, intention, block.sequence);
  if (goal == nullptr) return;
  goal->view.state = intention.state == IntentionState::done ? "done" : "dropped";
  goal->view.resolved_by = block.sequence;
}

/// Blocks of people that stand and carry one of these marks.
Result<SequenceSet> speaking(const AttributeSnapshot& attributes,
                             const std::vector<std::string_view>& marks, bool outside) {
  AttributeFilter filter;
  for (const std::string_view mark : marks) {
    filter.any_keywords.push_back(std::string(goal_mark) + std::string(mark));
  }
  filter.kinds = {Kind::utterance, Kind::fact, Kind::supersede};
  filter.without_flags = {Flag::hidden, Flag::superseded};
  if (!outside) filter.trusts = {Trust::owner, Trust::member, Trust::agent};
  return attributes.select(filter);
}

Result<std::vector<std::uint64_t>> by_time(const AttributeSnapshot& attributes,
                                           const SequenceSet& blocks) {
  const std::vector<std::uint64_t> sequences = blocks.to_vector();
  MBE_ASSIGN(const auto numbers, attributes.numbers(sequences));
  std::vector<std::pair<TimeMs, std::uint64_t>> order;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    order.emplace_back(numbers[i] ? numbers[i]->time_ms() : 0, sequences[i]);
  }
  std::ranges::sort(order);
  std::vector<std::uint64_t> out;
  for (const auto& [time, sequence] : order) out.push_back(sequence);
  return out;
}

/// The first later deed that names all of a goal resolves it.
Result<void> resolve_by_deed(const Memory::Parts& parts, const AttributeSnapshot& attributes,
                             const SequenceSet& deeds, Goal& goal) {
  SequenceSet matching = deeds;
  for (const std::string& name : goal.concepts) {
    MBE_ASSIGN(const SequenceSet naming, attributes.with_value(Field::keyword, name));
    matching &= naming;
  }
  TimeMs earliest = INT64_MAX;
  for (const std::uint64_t sequence : matching.to_vector()) {
    MBE_ASSIGN(const Block block, parts.chain->read(sequence));
    if (block.state != BlockState::ok || sequence == goal.view.block_index) continue;
    const TimeMs time = time_of(block.payload);
    if (time < goal.view.timestamp_ms || time >= earliest) continue;
    const Analysis analysis = analyse_payload(parts.analyser, block.payload);
    const bool covered = std::ranges::any_of(analysis.intentions, [&](const Intention& deed) {
      return deed.state == IntentionState::done && covers(deed.concepts, goal.concepts);
    });
    if (!covered) continue;
    earliest = time;
    goal.view.state = "done";
    goal.view.resolved_by = sequence;
  }
  return {};
}

}  // namespace

Result<std::vector<GoalView>> follow_goals(const Memory::Parts& parts,
                                           const DerivedSnapshot& indexes, std::size_t blocks_max,
                                           bool outside) {
  const AttributeSnapshot& attributes = *indexes.attributes;
  MBE_ASSIGN(const SequenceSet stated,
             speaking(attributes, {"intended", "done", "dropped"}, outside));
  MBE_ASSIGN(const auto order, by_time(attributes, stated));
  std::vector<Goal> goals;
  for (std::size_t i = order.size() - std::min(order.size(), blocks_max); i < order.size(); ++i) {
    MBE_ASSIGN(const Block block, parts.chain->read(order[i]));
    if (block.state != BlockState::ok) continue;
    const Analysis analysis = analyse_payload(parts.analyser, block.payload);
    for (const Intention& intention : analysis.intentions) take_in(goals, block, intention);
  }
  MBE_ASSIGN(const SequenceSet deeds, speaking(attributes, {goal_deed}, outside));
  std::vector<GoalView> out;
  for (Goal& goal : goals) {
    if (goal.view.state == "open") {
      MBE_TRY(resolve_by_deed(parts, attributes, deeds, goal));
    }
    out.push_back(std::move(goal.view));
  }
  return out;
}

}  // namespace mbe
