// What the models that are served here need of memory, as JSON: GET /api/status, and the command
// line. Pure.
#pragma once

#include "base/json.h"
#include "base/message.h"
#include "circuits/fit.h"

namespace mbe {

/// {"available_bytes": N or null, "models": [{"model", "needs_bytes", "gpu_bytes", "verdict": fits,
/// tight or too_large, "refused": why it is not loaded, or null}]}.
[[nodiscard]] Json fit_json(const Fit& fit, const Catalog& messages);

}  // namespace mbe
