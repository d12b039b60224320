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

Goal* best_open(std::vector<Goal>& goals, const std::vector<std::string>& concepts) {
  Goal* best = nullptr;
  double best_share = 0;
  for (Goal& goal : goals) {
    if (goal.view.state != "open") continue;
    const double shared = share(goal.concepts, concepts);
    if (shared < share_min || shared < best_share) continue;  // ties go to the later goal
    best = &goal;
    best_share = shared;
  }
  return best;
}

void take_in(std::vector<Goal>& goals, const Block& block, const Intention& intention) {
  if (intention.state == IntentionState::intended) {
    goals.push_back(
        {{"open", intention.text, block.sequence, {}, time_of(block.payload)}, intention.concepts});
    return;
  }
  Goal* goal = best_open(goals, intention.concepts);
  if (goal == nullptr) return;
  goal->view.state = intention.state == IntentionState::done ? "done" : "dropped";
  goal->view.resolved_by = block.sequence;
}

}  // namespace

Result<std::vector<GoalView>> follow_goals(const Memory::Parts& parts,
                                           const DerivedSnapshot& indexes) {
  AttributeFilter filter;
  for (const char* state : {"intended", "done", "dropped"}) {
    filter.any_keywords.push_back(std::string(goal_mark) + state);
  }
  filter.kinds = {Kind::utterance, Kind::fact, Kind::supersede};
  filter.without_flags = {Flag::hidden, Flag::superseded};
  MBE_ASSIGN(const SequenceSet speaking, indexes.attributes->select(filter));
  std::vector<std::pair<TimeMs, std::uint64_t>> order;
  for (const std::uint64_t sequence : speaking.to_vector()) {
    const std::uint64_t one[] = {sequence};
    MBE_ASSIGN(const auto numbers, indexes.attributes->numbers(one));
    order.emplace_back(numbers[0] ? numbers[0]->time_ms() : 0, sequence);
  }
  std::ranges::sort(order);
  std::vector<Goal> goals;
  for (const auto& [time, sequence] : order) {
    MBE_ASSIGN(const Block block, parts.chain->read(sequence));
    if (block.state != BlockState::ok) continue;
    const Analysis analysis = analyse_payload(parts.analyser, block.payload);
    for (const Intention& intention : analysis.intentions) take_in(goals, block, intention);
  }
  std::vector<GoalView> out;
  for (Goal& goal : goals) out.push_back(std::move(goal.view));
  return out;
}

}  // namespace mbe
