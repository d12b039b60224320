#!/usr/bin/env bash
# The real server at full size: some 200,000 requests generated from its description, a million that
# are turned hostile, a million attempts at others' memories; and killed 100 times while 64 clients
# write. MBE_REST_ROUNDS (of some 6,000 requests), MBE_REST_MUTATIONS, MBE_PROBES and MBE_REST_KILLS
# change sizes, MBE_REST_SEED the seed. All are told at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
configure release
build release --target mbe
seed=${MBE_REST_SEED:-$RANDOM}
status=0

# programme TEXT COMMAND...: what it says, and whether it failed, without stopping the others.
programme() {
  say "rest: $1"
  shift
  "$@" || status=1
}

programme "generated requests" tests/rest/referee.py build/release/mbe \
  --rounds "${MBE_REST_ROUNDS:-35}" --seed "$seed"
programme "hostile requests" tests/rest/hostile_http.py build/release/mbe \
  --mutations "${MBE_REST_MUTATIONS:-1000000}" --seed "$seed"
programme "attempts at others' memories" tests/rest/isolation.py build/release/mbe \
  --probes "${MBE_PROBES:-1000000}" --seed "$seed"
programme "killed while clients write" tests/rest/faults.py build/release/mbe \
  --rounds "${MBE_REST_KILLS:-100}" --clients 64
exit "$status"
