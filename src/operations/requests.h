// The arguments of those operations that a program also calls in another one (app/ui/served.h):
// the same declarations that the table reads with. Immutable values.
#pragma once

#include "mbe/types.h"
#include "operations/fields.h"

namespace mbe {

/// Of `remember`.
[[nodiscard]] Fields<RememberRequest> remember_fields();
/// Of `recall`.
[[nodiscard]] Fields<RecallRequest> recall_fields();
/// Of `observe`.
[[nodiscard]] Fields<ObserveRequest> observe_fields();
/// Of `compose`.
[[nodiscard]] Fields<ComposeRequest> compose_fields();

}  // namespace mbe
