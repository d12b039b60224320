#!/usr/bin/env bash
# clang-tidy over every source file of ours, with the checks of .clang-tidy.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
configure clang-tidy
git ls-files 'src/*.cpp' 'app/*.cpp' | grep -v '_fuzz\.cpp$' |
  xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/clang-tidy --quiet
