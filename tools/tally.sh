# Sourced after report.sh by test.sh: runs tests and adds up what came of them.
passed=0
failed=0
skipped=0
failures=()

# run_ctest PRESET [OPTIONS]: the tests of a build, as many at a time as there are processors.
run_ctest() {
  local preset=$1 log=build/$1/ctest.log junit=build/$1/ctest.xml
  shift
  say "tests of $preset"
  rm -f "$junit"
  watched "tests of $preset" "$log" ctest --test-dir "build/$preset" --output-on-failure \
    --parallel "$(nproc)" --output-junit "$PWD/$junit" "$@" || true
  if [ ! -f "$junit" ]; then
    tail -n 30 "$log"
    failed=$((failed + 1))
    failures+=("$preset: ctest did not run")
    return 0
  fi
  count_junit "$preset" "$junit"
  show_failures "$log"
}

# count_junit PRESET FILE: ctest writes total, failed and skipped into the first element.
count_junit() {
  local total bad none name
  total=$(attribute tests "$2")
  bad=$(attribute failures "$2")
  none=$(($(attribute skipped "$2") + $(attribute disabled "$2")))
  passed=$((passed + total - bad - none))
  failed=$((failed + bad))
  skipped=$((skipped + none))
  while read -r name; do failures+=("$1: $name"); done < <(
    sed -n 's/.*<testcase name="\([^"]*\)".*status="fail".*/\1/p' "$2")
  say "$1: $((total - bad - none)) passed, $bad failed, $none skipped"
}

# attribute NAME FILE: its number in the first element that has it.
attribute() { grep -m 1 -oE "$1=\"[0-9]+\"" "$2" | grep -oE '[0-9]+'; }

# show_failures LOG: what failing tests printed, without the list of those that passed.
show_failures() {
  grep -vE '^ *[0-9]+/[0-9]+ Test +#[0-9]+:.*(Passed|Skipped)|^ *Start +[0-9]+:' "$1" |
    head -n 400 | sed -n '/Failed\|FAILED\|Failure/,$p'
}

# run_programme SCRIPT: one long programme counts as one test.
run_programme() {
  say "$1"
  if "$1"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$1")
  fi
}

# summary: what failed by name, then the totals as the last line; fails if anything did.
summary() {
  local name
  for name in ${failures[@]+"${failures[@]}"}; do say "failed: $name"; done
  say "all tests"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
