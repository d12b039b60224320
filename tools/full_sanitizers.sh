#!/usr/bin/env bash
# All tests under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
source tools/tally.sh
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
for preset in asan-ubsan tsan; do
  configure "$preset"
  build "$preset"
  run_ctest "$preset" --timeout 3000
done
summary
