// What a person set out to do, followed to done, dropped or still open (B16). Rules, no model:
// docs/formulas/goals.md.
#pragma once

#include <vector>

#include "engine/memory_parts.h"

namespace mbe {

/// Goals, oldest first. Stated news resolves the latest open goal of before with which it shares
/// the largest part of its concepts, at least a third of the smaller set; a deed resolves every
/// goal of before all of whose concepts it names. Only the newest `blocks_max` blocks that speak of
/// goals are read; without `outside` none that came from the web, tools or imports. Cost: one read
/// and analysis for each of them, and for each deed that matches.
[[nodiscard]] Result<std::vector<GoalView>> follow_goals(const Memory::Parts& parts,
                                                         const DerivedSnapshot& indexes,
                                                         std::size_t blocks_max = SIZE_MAX,
                                                         bool outside = true);

}  // namespace mbe
