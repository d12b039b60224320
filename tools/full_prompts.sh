#!/usr/bin/env bash
# Texts from outside that would be instructions, at full size: every carrier, payload and disguise
# of tests/data/injection, some 10,000, in every form of a prompt and through Echo.
# MBE_INJECTIONS: how many.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
export MBE_INJECTIONS=${MBE_INJECTIONS:-100000}
configure release
build release --target mbe_compose_test mbe_echo_test
status=0
for folder in compose echo; do
  say "prompts: $folder"
  test="build/release/src/$folder/mbe_${folder}_test"
  "$test" --gtest_filter='Injection*' | tail -n 40 || status=1
done
exit "$status"
