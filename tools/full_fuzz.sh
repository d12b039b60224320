#!/usr/bin/env bash
# Every x_fuzz.cpp for MBE_FUZZ_SECONDS (default 600) each, under sanitizers. What they find stays
# in build/fuzz/found, the inputs that reach new code in build/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
seconds=${MBE_FUZZ_SECONDS:-600}
configure fuzz
build fuzz
mkdir -p build/fuzz/found
status=0
while read -r fuzzer; do
  name=$(basename "$fuzzer")
  mkdir -p "build/fuzz/corpus/$name"
  say "fuzz: $name for $seconds s"
  if ! "$fuzzer" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=4096 \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/corpus/$name" \
    >"build/fuzz/$name.log" 2>&1; then
    tail -n 30 "build/fuzz/$name.log"
    status=1
  fi
  grep -E 'stat::(number_of_executed_units|new_units_added)' "build/fuzz/$name.log" || true
done < <(find build/fuzz -name '*_fuzz' -type f -executable | sort)
exit "$status"
