// The outermost call of a thread: a fault of ours, or memory that ran out, ends this work alone and
// not the process with everything else in it. A broken invariant (MBE_ASSERT) still ends the
// process. Elsewhere errors are values and nothing is caught.
#pragma once

#include <exception>
#include <new>
#include <type_traits>

#include "base/result.h"

namespace mbe {

/// What `work`, which returns a Result, returns. Errors: its own; unavailable (no memory), io (it
/// threw something else).
template <class Work>
[[nodiscard]] std::invoke_result_t<const Work&> guarded(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::unavailable, "there is not enough memory for this; try again later");
  } catch (const std::exception&) {  // what it says may hold a text of somebody's
    return fail(ErrorCode::io, "a fault of this program ended it; try again");
  }
}

}  // namespace mbe
