#!/usr/bin/env bash
# A real server under mixed load for a long time, with three models if they are there: memory, open
# files, errors and the drift of latency. MBE_SOAK_SECONDS: how long (9,000: 150 minutes);
# MBE_SOAK_MODELS: a folder with three GGUF files, else the sample model's in the cache; the figures
# go to build/release/soak.json.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
configure release
build release --target mbe
cache=${MBE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mbe}
models=${MBE_SOAK_MODELS:-$cache/models/gemma-3-270m}
options=()
if compgen -G "$models/*.gguf" >/dev/null; then
  options=(--models "$models")
else
  say "soak: no models in $models; Echo answers from memory"
fi
tests/rest/soak.py build/release/mbe --seconds "${MBE_SOAK_SECONDS:-9000}" \
  --report build/release/soak.json ${options[@]+"${options[@]}"}
