#!/usr/bin/env bash
# All tests under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer.
# Instrumented code is several times slower: fewer crash histories than in the release build.
# MBE_SANITIZERS: one preset alone.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
source tools/tally.sh
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tools/tsan.supp
export MBE_CRASH_HISTORIES=${MBE_CRASH_HISTORIES:-2000}
for preset in ${MBE_SANITIZERS:-asan-ubsan tsan}; do
  configure "$preset"
  build "$preset"
  run_ctest "$preset" --timeout 3000
done
summary
