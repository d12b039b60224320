#!/usr/bin/env bash
# The real server against generated requests, at full size: some 200,000 of them; and killed 100
# times while 64 clients write. MBE_REST_EXAMPLES: how many requests an operation at most;
# MBE_REST_KILLS: how often it is killed.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
configure release
build release --target mbe
say "rest: generated requests"
tests/rest/referee.py build/release/mbe --examples "${MBE_REST_EXAMPLES:-4000}" --seed "$RANDOM"
say "rest: killed while clients write"
tests/rest/faults.py build/release/mbe --rounds "${MBE_REST_KILLS:-100}" --clients 64
