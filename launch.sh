#!/usr/bin/env bash
# From a clone or an unpacked archive to a page in the browser: sets everything up, builds the
# release program and serves the home on port 8000 of this machine, until Ctrl-C. Running it again
# takes seconds and needs no network. `./launch.sh --help` lists the options.
set -euo pipefail
called_from=$PWD
cd "$(dirname "$0")"
source tools/report.sh
source tools/build.sh
source tools/prepare_home.sh

usage() {
  cat <<'TEXT'
Usage: ./launch.sh [options]

Sets everything up on Debian or Ubuntu, builds, and serves http://127.0.0.1:8000 until Ctrl-C.

What is served
  --home DIR        where the memory lives; else $MBE_HOME, $XDG_DATA_HOME/mbe, ~/.local/share/mbe
  --models DIR      use the GGUF files of DIR: links to them in HOME/models, nothing is copied
  --with-sample     put a sample world into a home that has no transcripts yet
  --origin NAME     the account that will be the origin of the sample world; else origin
  --sample-model    also download a small chat model (250 MB), for a home that has none
  --gpu             llama-server for NVIDIA GPUs; needs the CUDA toolkit (nvcc)

Where
  --port N          instead of 8000; 0: any that is free
  --host ADDRESS    listen there; beyond this machine also TLS or one of the next two
  --tls-cert FILE   speak TLS with this certificate, and --tls-key FILE its key
  --behind-proxy    a proxy with TLS stands before it
  --insecure-http   plain text over the network
  --host-name NAME  a name under which it is addressed; may be repeated

Instead of serving
  --no-serve        set up, build and prepare the home only
  --tour            show a tour in a temporary home
  --install         install for this user (~/.local), with a systemd unit; tools/uninstall undoes it
  --help            this text
TEXT
}

wrong_use() {
  printf '%s\n\n' "$1" >&2
  usage >&2
  exit 2
}

# option_value OPTION WORDS...: fails with usage where the value is missing.
option_value() {
  [ $# -ge 2 ] || wrong_use "$1 needs a value"
}

# A folder that was named where the script was called from.
absolute() {
  case $1 in
    /*) echo "$1" ;;
    *) echo "$called_from/$1" ;;
  esac
}

then=serve
home=${MBE_HOME:-${XDG_DATA_HOME:-${HOME:-}/.local/share}/mbe}
models=
sample=no
origin=()
setup=()
serve=()
while [ $# -gt 0 ]; do
  case $1 in
    --home | --models | --origin | --port | --host* | --tls-*) option_value "${@:1:2}" ;;
  esac
  case $1 in
    --home) home=$(absolute "$2") && shift ;;
    --models) models=$(absolute "$2") && shift ;;
    --origin) origin=(--origin "$2") && shift ;;
    --port | --host | --host-name) serve+=("$1" "$2") && shift ;;
    --tls-cert | --tls-key) serve+=("$1" "$(absolute "$2")") && shift ;;
    --behind-proxy | --insecure-http) serve+=("$1") ;;
    --with-sample) sample=yes ;;
    --sample-model) setup=(--sample-model) ;;
    --gpu) export MBE_CUDA=ON ;;
    --no-serve) then=stop ;;
    --tour) then=tour ;;
    --install) then=install ;;
    -h | --help) usage && exit 0 ;;
    *) wrong_use "unknown option $1" ;;
  esac
  shift
done
[ -z "$models" ] || check_models "$models"

bash tools/setup ${setup[@]+"${setup[@]}"}
configure release
build release --target mbe
mbe=$PWD/build/release/mbe

case $then in
  tour) exec "$mbe" tour ;;
  install) exec bash tools/install_user ;;
esac
[ -z "$models" ] || link_models "$models" "$home"
[ ${#setup[@]} -eq 0 ] || link_sample_model "$home"
[ $sample = no ] || add_sample "$mbe" "$home" ${origin[@]+"${origin[@]}"}
if [ $then = stop ]; then
  say "ready: build/release/mbe serve --home $home"
  exit 0
fi
say "serving $home; its address, and at the first start a one-time code, follow"
exec "$mbe" serve --home "$home" ${serve[@]+"${serve[@]}"}
