// What a person set out to do, followed to done, dropped or still open (B16). Rules, no model:
// docs/formulas/goals.md.
#pragma once

#include <vector>

#include "engine/memory_parts.h"

namespace mbe {

/// All goals, oldest first. News that something was done or dropped resolves the latest open goal
/// of before with which it shares the largest part of its concepts, at least a third of the
/// smaller set. Cost: one read and analysis a block that speaks of a goal.
[[nodiscard]] Result<std::vector<GoalView>> follow_goals(const Memory::Parts& parts,
                                                         const DerivedSnapshot& indexes);

}  // namespace mbe
