#!/usr/bin/env python3
"""What does remembering cost: one durable block at a time, and by the thousand as an import does?

    bench/remember.py [--blocks N] [--smoke]

Competitor: SQLite FTS5 (porter) with one synced transaction a row, and one a batch; the disk's own
write + fsync stands beside them. All in one process (bench/remember.cpp) on the same lines
(bench/corpus.py). `sealed` is analysed, sealed and fsynced; `indexed` is a whole import, keyword
and attribute indexes included; vectors come later in either. Wall times mean little on a busy
machine: the load average and the processor's time are in the result.
Results: bench/results/remember.json.
"""
import argparse
import json
import tempfile
from pathlib import Path

import common
import corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=60_000)
    parser.add_argument("--smoke", action="store_true", help="few blocks, nothing written")
    asked = parser.parse_args()
    blocks, singles = (2_000, 50) if asked.smoke else (asked.blocks, 2_000)
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines.txt"
        lines.write_text("\n".join(corpus.lines_of(blocks)) + "\n", encoding="utf-8")
        out = common.run_program("bench_remember", str(lines), str(singles))
    figures = json.loads(out)["figures"]
    print(json.dumps(figures, indent=1))
    if not asked.smoke:
        parameters = {"blocks": blocks, "singles": singles, "seed": corpus.SEED,
                      **corpus.facts(blocks)}
        common.write_result("remember", parameters, figures)


if __name__ == "__main__":
    main()
