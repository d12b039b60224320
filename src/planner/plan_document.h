// A plan as a report for people, in their language: verdict, memory, models, speed, and what is
// assumed. Also the grid of verdicts over contexts and caches. Pure.
#pragma once

#include "base/message.h"
#include "planner/plan.h"
#include "report/document.h"

namespace mbe::planner {

/// The report of a plan. language: ko or en, that of `messages`.
[[nodiscard]] report::Document describe_plan(const Plan& plan, const Catalog& messages,
                                             const std::string& language);

/// One row a context (4k, 8k, 16k, 32k tokens), two columns a type of cache (f16, q8_0): what the
/// models take together, and the verdict. Errors: those of make_plan.
[[nodiscard]] Result<report::Document> describe_grid(const std::vector<ModelProfile>& models,
                                                     const Settings& settings, const Device& device,
                                                     const Catalog& messages,
                                                     const std::string& language);

}  // namespace mbe::planner
