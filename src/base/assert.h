// MBE_ASSERT: our own invariants, checked in release builds too. A failed one ends the process:
// crashing loses nothing that was acknowledged, continuing might.
#pragma once

namespace mbe {

/// Prints where and what, then aborts. Never returns.
[[noreturn]] void assert_failed(const char* expression, const char* file, int line);

}  // namespace mbe

#define MBE_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::mbe::assert_failed(#condition, __FILE__, __LINE__))
