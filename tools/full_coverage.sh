#!/usr/bin/env bash
# Line coverage of src/ by the regular tests; fails below MBE_COVERAGE_MIN percent (default 90).
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
source tools/tally.sh
configure coverage
build coverage
find build/coverage -name '*.gcda' -delete
run_ctest coverage --timeout 3000
gcovr --root . --filter 'src/' --exclude '.*_(test|fuzz)\.cpp' --exclude-throw-branches \
  --gcov-ignore-parse-errors --fail-under-line "${MBE_COVERAGE_MIN:-90}" \
  --txt build/coverage/coverage.txt --json-summary build/coverage/coverage.json build/coverage
grep TOTAL build/coverage/coverage.txt
[ "$failed" -eq 0 ]
