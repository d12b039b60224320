#!/usr/bin/env bash
# The real server against generated requests, at full size: some 200,000 of them.
# MBE_REST_EXAMPLES: how many an operation at most.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
configure release
build release --target mbe
say "rest: generated requests"
tests/rest/referee.py build/release/mbe --examples "${MBE_REST_EXAMPLES:-4000}" --seed "$RANDOM"
