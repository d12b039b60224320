#!/usr/bin/env bash
# All tests under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer.
# Instrumented code is several times slower: fewer crash histories than in the release build.
# MBE_SANITIZERS: one preset alone.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
source tools/tally.sh
# Where addresses are spread wider than ThreadSanitizer of GCC 12 bears: not spread at all.
if [ -z "${MBE_FIXED_ADDRESSES:-}" ] && setarch "$(uname -m)" -R true 2>/dev/null; then
  MBE_FIXED_ADDRESSES=yes exec setarch "$(uname -m)" -R tools/full_sanitizers.sh
fi
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tools/tsan.supp
export MBE_CRASH_HISTORIES=${MBE_CRASH_HISTORIES:-2000}
for preset in ${MBE_SANITIZERS:-asan-ubsan tsan}; do
  configure "$preset"
  build "$preset"
  run_ctest "$preset" --timeout 3000
done
summary
