// The priority of threads that must never slow a person down.
#pragma once

#include <sched.h>

namespace mbe {

/// Puts the calling thread at idle priority. Failure only costs priority.
inline void lower_priority() {
  const sched_param none{};
  static_cast<void>(sched_setscheduler(0, SCHED_IDLE, &none));
}

}  // namespace mbe
