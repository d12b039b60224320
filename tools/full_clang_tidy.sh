#!/usr/bin/env bash
# clang-tidy over every source file of ours, with the checks of .clang-tidy. What it says of a file
# lies in build/clang-tidy/said; a file is checked again once it, a header or the checks changed.
# MBE_JOBS: how many files at a time (default: one a processor).
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
jobs=${MBE_JOBS:-$(nproc)}
configure clang-tidy
made=build/clang-tidy
mkdir -p "$made/said"
# A header reaches many files: after a change of one, all are checked.
state=$(git ls-files -s '*.h' .clang-tidy CMakeLists.txt cmake | cat - <(git diff HEAD -- '*.h') |
  sha256sum | cut -c 1-16)

# check FILE STATE: "ok" or what clang-tidy says, once for each content of the file.
check() {
  local said status=0
  said=build/clang-tidy/said/$(sha256sum - "$1" <<<"$2" | sha256sum | cut -c 1-16)
  if [ ! -f "$said" ]; then
    clang-tidy-19 -p build/clang-tidy --quiet "$1" >"$said.new" 2>&1 || status=$?
    if [ "$status" -gt 1 ]; then  # it was killed: nothing is known
      echo "failed $1 $said.new"
      return
    fi
    if [ "$status" -eq 0 ]; then echo ok >"$said.new"; fi
    mv "$said.new" "$said"
  fi
  if [ "$(cat "$said")" = ok ]; then
    echo "sound $1"
  else
    echo "failed $1 $said"
  fi
}
export -f check

mapfile -t files < <(git ls-files 'src/*.cpp' 'app/*.cpp' | grep -v '_fuzz\.cpp$')
failed=0
checked=0
while read -r verdict file said; do
  checked=$((checked + 1))
  if [ "$verdict" = failed ]; then
    failed=$((failed + 1))
    say "clang-tidy [$checked/${#files[@]}] failed: $file"
    cat "$said"
  elif [ $((checked % 20)) -eq 0 ]; then
    say "clang-tidy [$checked/${#files[@]}]"
  fi
done < <(printf '%s\n' "${files[@]}" | xargs -P "$jobs" -I {} bash -c "check {} $state")
say "clang-tidy: $checked files, $failed failed"
[ "$failed" -eq 0 ] && [ "$checked" -eq "${#files[@]}" ]
