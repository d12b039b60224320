#include "engine/goals.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/parallel.h"
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

/// Goals in the order they were stated, and which of them name a concept.
class Ledger {
 public:
  void take_in(const Block& block, const Intention& intention) {
    if (!intention.stated) return;
    if (intention.state == IntentionState::intended) {
      for (const std::string& name : intention.concepts) naming_[name].push_back(goals_.size());
      goals_.push_back({{"open", intention.text, block.sequence, {}, time_of(block.payload)},
                        intention.concepts});
      return;
    }
    Goal* goal = best_open(intention, block.sequence);
    if (goal == nullptr) return;
    goal->view.state = intention.state == IntentionState::done ? "done" : "dropped";
    goal->view.resolved_by = block.sequence;
  }
  [[nodiscard]] std::vector<Goal>& goals() { return goals_; }

 private:
  Goal* best_open(const Intention& news, std::uint64_t block) {
    std::set<std::size_t> sharing;
    for (const std::string& name : news.concepts) {
      const auto found = naming_.find(name);
      if (found != naming_.end()) sharing.insert(found->second.begin(), found->second.end());
    }
    Goal* best = nullptr;
    double best_share = 0;
    for (const std::size_t at : sharing) {
      Goal& goal = goals_[at];
      if (goal.view.state != "open" || goal.view.block_index == block) continue;
      const double shared = share(goal.concepts, news.concepts);
      if (shared < share_min || shared < best_share) continue;  // ties go to the later goal
      best = &goal;
      best_share = shared;
    }
    return best;
  }

  std::vector<Goal> goals_;
  std::unordered_map<std::string, std::vector<std::size_t>> naming_;
};

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

/// work(i) of every i below `count`, by all processors.
template <class Work>
Result<void> each_beside(std::size_t count, const Work& work) {
  const std::size_t parts = std::min<std::size_t>(ParallelTask::helpers_max() + 1, count);
  return run_parts(parts, [&](std::size_t part) -> Result<void> {
    for (std::size_t i = part; i < count; i += parts) MBE_TRY(work(i));
    return {};
  });
}

}  // namespace

Result<std::vector<GoalView>> follow_goals(const Memory::Parts& parts,
                                           const DerivedSnapshot& indexes, std::size_t blocks_max,
                                           bool outside) {
  const AttributeSnapshot& attributes = *indexes.attributes;
  MBE_ASSIGN(const SequenceSet stated,
             speaking(attributes, {"intended", "done", "dropped"}, outside));
  MBE_ASSIGN(auto order, by_time(attributes, stated));
  order.erase(order.begin(),
              order.end() - static_cast<std::ptrdiff_t>(std::min(order.size(), blocks_max)));
  std::vector<std::pair<Block, std::vector<Intention>>> heard(order.size());
  const auto hear = [&](std::size_t i) -> Result<void> {
    MBE_ASSIGN(Block block, parts.chain->read(order[i]));
    if (block.state != BlockState::ok) return {};
    heard[i].second = analyse_payload(parts.analyser, block.payload).intentions;
    heard[i].first = std::move(block);
    return {};
  };
  MBE_TRY(each_beside(order.size(), hear));
  Ledger ledger;
  for (const auto& [block, intentions] : heard) {
    for (const Intention& intention : intentions) ledger.take_in(block, intention);
  }
  MBE_ASSIGN(const SequenceSet deeds, speaking(attributes, {goal_deed}, outside));
  std::vector<Goal>& goals = ledger.goals();
  const auto resolve = [&](std::size_t i) -> Result<void> {
    if (goals[i].view.state != "open") return {};
    return resolve_by_deed(parts, attributes, deeds, goals[i]);
  };
  MBE_TRY(each_beside(goals.size(), resolve));
  std::vector<GoalView> out;
  for (Goal& goal : goals) out.push_back(std::move(goal.view));
  return out;
}

}  // namespace mbe
