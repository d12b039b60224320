#!/usr/bin/env bash
# Sets up, builds and runs the tests. The last line sums up: "N passed, N failed, N skipped".
#   ./test.sh          all regular tests, in the release build
#   ./test.sh --full   also sanitizers, fuzzers, coverage, tidy and the long programmes; hours
set -euo pipefail
cd "$(dirname "$0")"
source tools/report.sh
source tools/build.sh
source tools/tally.sh

case "${1:-}" in
  "") full=no ;;
  --full) full=yes ;;
  *) stop "unknown option $1; usage: ./test.sh [--full]" ;;
esac

if [ "$full" = yes ]; then tools/setup --full; else tools/setup --tests; fi
configure release
build release
run_ctest release
if [ "$full" = yes ]; then
  for programme in tools/full_*.sh; do run_programme "$programme"; done
fi
summary
