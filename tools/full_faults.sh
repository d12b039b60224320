#!/usr/bin/env bash
# The fault programmes at full size, in the release build:
#   500 kills of a process that appends, erases and scrubs; 500 each while it remembers, imports and
#   forgets through the engine; 500 times two that save exchanges; 500 of the real program; 8
#   processes on one chain for 60 s while others recall; 2,000 flipped bits of log and keys, each
#   found by the real `mbe verify`; 20,000 crash histories (these run in the regular tests too).
# MBE_KILLS, MBE_PROGRAM_KILLS, MBE_WRITERS, MBE_WRITER_SECONDS, MBE_FLIPS, MBE_CRASH_HISTORIES and
# MBE_KILL_SEED, MBE_FLIP_SEED, MBE_CRASH_SEED change sizes and seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
export MBE_KILLS=${MBE_KILLS:-500} MBE_PROGRAM_KILLS=${MBE_PROGRAM_KILLS:-500}
export MBE_WRITERS=${MBE_WRITERS:-8} MBE_WRITER_SECONDS=${MBE_WRITER_SECONDS:-60}
export MBE_FLIPS=${MBE_FLIPS:-2000} MBE_CRASH_HISTORIES=${MBE_CRASH_HISTORIES:-20000}
# Other moments each time, unless told; what fails prints its seed.
export MBE_KILL_SEED=${MBE_KILL_SEED:-$RANDOM} MBE_FLIP_SEED=${MBE_FLIP_SEED:-$RANDOM}
export MBE_CRASH_SEED=${MBE_CRASH_SEED:-$((RANDOM * 32768 + RANDOM))}
configure release
build release --target mbe_fault_test mbe_process_test mbe_exchange_test mbe_program_fault_test
say "seeds: kills $MBE_KILL_SEED, flips $MBE_FLIP_SEED, histories from $MBE_CRASH_SEED"
mkdir -p build/release/faults
status=0

# programme NAME BINARY FILTER: its last line says how many tests passed; none is a failure too.
programme() {
  local log=build/release/faults/$1.log
  if watched "$1" "$log" "build/release/tests/fault/$2" --gtest_filter="$3" &&
    ! grep -q 'PASSED  \] 0 tests' "$log"; then
    say "$1: sound; $(grep -E '^[0-9]+ writers?:' "$log" || tail -n 1 "$log")"
  else
    status=1
    say "$1: failed"
    tail -n 60 "$log"
  fi
}

programme store_kills mbe_fault_test 'Concurrency.AKilledWriter*'
programme crash_histories mbe_fault_test 'Crash.*'
programme engine_kills mbe_process_test '*Killed*'
programme exchange_kills mbe_exchange_test '*'
programme many_writers mbe_process_test 'ManyWriters.*'
programme many_readers mbe_process_test 'ManyReaders.*'
programme program_kills mbe_program_fault_test 'KilledProgram.*'
programme bit_flips mbe_program_fault_test 'FlippedBit.*'
exit "$status"
