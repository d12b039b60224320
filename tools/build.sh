# Sourced after report.sh: configuring and building a preset, with progress on the terminal and the
# whole output in build/<preset>/*.log. The compiler's cache knows again in one build tree what
# another has compiled (tools/wheel builds in one of its own).
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# configure PRESET: only if it has never been done, or for another cache of tools/setup; CMake sees
# to the rest itself while building.
configure() {
  local cache=${MBE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mbe} made=build/$1
  if [ -f "$made/build.ninja" ] && grep -qxF "MBE_CACHE:PATH=$cache" "$made/CMakeCache.txt"; then
    return 0
  fi
  mkdir -p "$made"
  logged "configure $1" "$made/configure.log" cmake --preset "$1" --fresh
}

# build PRESET [OPTIONS]: all of it or the targets named.
build() {
  local preset=$1
  shift
  say "build $preset"
  logged "build $preset" "build/$preset/build.log" \
    cmake --build "build/$preset" --parallel "$(nproc)" "$@"
}
