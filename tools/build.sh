# Sourced after report.sh: configuring and building a preset, with progress on the terminal and the
# whole output in build/<preset>/*.log.

# configure PRESET: only if it has never been done, CMake sees to the rest itself while building.
configure() {
  [ -f "build/$1/build.ninja" ] && return 0
  mkdir -p "build/$1"
  logged "configure $1" "build/$1/configure.log" cmake --preset "$1"
}

# build PRESET [OPTIONS]: all of it or the targets named.
build() {
  local preset=$1
  shift
  say "build $preset"
  logged "build $preset" "build/$preset/build.log" \
    cmake --build "build/$preset" --parallel "$(nproc)" "$@"
}
