#!/usr/bin/env bash
# From a clone to a running memory: sets everything up, builds the release program, and shows the
# tour in a temporary home. Running it again takes seconds and needs no network.
set -euo pipefail
cd "$(dirname "$0")"
source tools/report.sh

tools/setup
source tools/build.sh
configure release
build release --target mbe
say "ready: build/release/mbe --help"
build/release/mbe tour
