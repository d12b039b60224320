#!/usr/bin/env bash
# 10,000 damaged exports of every format, read under AddressSanitizer and UBSan: nothing may crash,
# and no message that is whole may be lost. MBE_MUTATIONS changes the number.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/report.sh
source tools/build.sh
export MBE_MUTATIONS=${MBE_MUTATIONS:-10000}
configure asan-ubsan
build asan-ubsan --target mbe_importers_test
say "imports: $MBE_MUTATIONS damaged files"
build/asan-ubsan/src/importers/mbe_importers_test --gtest_filter='DamagedExports.*'
