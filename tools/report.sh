# Sourced by launch.sh, test.sh and tools/setup: says what is going on and how long it has taken.
# MBE_STARTED (seconds since the epoch) carries the start from a script to the ones it calls.
export MBE_STARTED=${MBE_STARTED:-$(date +%s)}

# say TEXT: one line with the time since the start; bold on a terminal.
say() {
  local elapsed=$(($(date +%s) - MBE_STARTED))
  if [ -t 1 ]; then
    printf '\033[1m[%4d s]\033[0m %s\n' "$elapsed" "$*"
  else
    printf '[%4d s] %s\n' "$elapsed" "$*"
  fi
}

# stop TEXT: reports a failure with its next step and ends the script.
stop() {
  say "failed: $*" >&2
  exit 1
}

# watched NAME LOG COMMAND...: runs a long command with its output in LOG, and every ten seconds
# shows how far a build ("[12/79]") or tests ("12/79 Test") in it have come; its status is the
# command's. Ctrl-C ends the command too: a job in the background of a script would not hear of it.
watched() {
  local name=$1 log=$2 job ticks=0
  shift 2
  "$@" >"$log" 2>&1 &
  job=$!
  # shellcheck disable=SC2064  # the job of now
  trap "kill $job 2>/dev/null; exit 130" INT TERM
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    ticks=$((ticks + 1))
    if [ $((ticks % 50)) -eq 0 ]; then
      say "$name $(grep -aoE '^(\[[0-9]+/[0-9]+\]| *[0-9]+/[0-9]+ Test)' "$log" | tail -n 1)"
    fi
  done
  trap - INT TERM
  wait "$job"
}

# logged NAME LOG COMMAND...: the same; on failure shows the end of LOG and ends the script.
logged() {
  if watched "$@"; then return 0; fi
  tail -n 30 "$2" >&2
  stop "$1 (whole log: $2)"
}
