#!/usr/bin/env bash
# Every x_fuzz.cpp for MBE_FUZZ_SECONDS (default 600) each, under sanitizers, from the seeds of
# tests/fuzz/x_fuzz and the golden files. What they find stays in build/fuzz/found, the inputs that
# reach new code in build/fuzz/corpus. MBE_FUZZERS: a pattern of names, to run some alone.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
seconds=${MBE_FUZZ_SECONDS:-600}
only=${MBE_FUZZERS:-*_fuzz}
configure fuzz
build fuzz
mkdir -p build/fuzz/found build/fuzz/seeds/block_line_fuzz build/fuzz/seeds/segment_fuzz
cat tests/golden/v1/log/*.jsonl | split -l 1 - build/fuzz/seeds/block_line_fuzz/line
cp tests/golden/v1/log/* build/fuzz/seeds/segment_fuzz/
status=0
while read -r fuzzer; do
  name=$(basename "$fuzzer")
  corpora=("build/fuzz/corpus/$name")
  mkdir -p "${corpora[0]}"
  for seeds in "tests/fuzz/$name" "build/fuzz/seeds/$name"; do
    if [ -d "$seeds" ]; then corpora+=("$seeds"); fi
  done
  say "fuzz: $name for $seconds s"
  if ! "$fuzzer" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=4096 \
    -timeout=20 -artifact_prefix="build/fuzz/found/$name-" "${corpora[@]}" \
    >"build/fuzz/$name.log" 2>&1; then
    tail -n 30 "build/fuzz/$name.log"
    say "failed: $name"
    status=1
  fi
  grep -E 'stat::(number_of_executed_units|new_units_added)' "build/fuzz/$name.log" || true
done < <(find build/fuzz -name "$only" -type f -executable | sort)
exit "$status"
