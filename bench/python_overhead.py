#!/usr/bin/env python3
"""What does a call from Python cost over the same call in C++? At most 50 µs, says the requirement.

    bench/python_overhead.py [--calls N] [--rounds N] [--smoke]

Competitor: the engine's own member called in C++ (bench/operation_calls.cpp), beside it the
operation table with JSON in and out, which every interface pays. Each side runs in a process of
its own on the same home of 2,000 blocks without a model, in turns; processor time of the calling
thread, the first decile of the calls (other work slows the rest), the median of the rounds.
The package is that of $MBE_PYTHON, else build/release/python/venv.
Results: bench/results/python_overhead.json.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import common
import corpus

BLOCKS = 2_000
WORKER = """
import json, sys, time
from memory_engine import Memory

memory = Memory(sys.argv[1], use_server=False)
out = {}
for name, arguments in json.loads(sys.argv[3]).items():
    method = getattr(memory, name)
    needed = [arguments.pop(key) for key in ("block_index", "cue") if key in arguments]
    calls = int(sys.argv[2])
    taken = []
    for n in range(calls + calls // 10):
        before = time.thread_time_ns()
        method(*needed, **arguments)
        taken.append((time.thread_time_ns() - before) / 1000)
    out[name] = sorted(taken[calls // 10:])[calls // 10]
memory.close()
print(json.dumps(out))
"""
FILL = """
import sys
from memory_engine import Memory

with Memory(sys.argv[1], use_server=False) as memory:
    lines = open(sys.argv[2], encoding="utf-8").read().splitlines()
    for start in range(0, len(lines), 1000):
        memory.import_([{"id": str(start + n), "text": line}
                        for n, line in enumerate(lines[start:start + 1000])])
    for line in lines[:6]:
        memory.observe(line, remember="never")
"""


def python() -> Path:
    """The interpreter that has the package, or a loud skip."""
    named = os.environ.get("MBE_PYTHON")
    path = Path(named) if named else common.binary().parent / "python/venv/bin/python"
    if not path.exists():
        print(f"SKIPPED: no Python with memory_engine at {path}; ctest -R python.wheel, or "
              "set MBE_PYTHON", flush=True)
        raise SystemExit(common.SKIPPED)
    return path


def mbe_cache() -> Path:
    """What tools/setup fills."""
    shared = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("MBE_CACHE") or shared / "mbe")


def run_python(code: str, *arguments: str) -> str:
    """A program in that interpreter."""
    return subprocess.run([str(python()), "-c", code, *arguments], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def measure(home: str, calls: int, rounds: int) -> dict:
    """Operation → each side, what Python adds to either, and their ratio."""
    sides: dict = {}
    for _ in range(rounds):
        native = json.loads(common.run_program("bench_operation_calls", home, str(calls)))
        asked = json.dumps({name: one["arguments"] for name, one in native.items()})
        taken = json.loads(run_python(WORKER, home, str(calls), asked))
        for name, one in native.items():
            side = sides.setdefault(name, {"engine_us": [], "table_us": [], "python_us": []})
            side["engine_us"].append(one["engine_us"])
            side["table_us"].append(one["table_us"])
            side["python_us"].append(taken[name])
    out = {}
    for name, side in sides.items():
        middle = {key: round(statistics.median(values), 2) for key, values in side.items()}
        out[name] = {**middle,
                     "over_engine_us": round(middle["python_us"] - middle["engine_us"], 2),
                     "over_table_us": round(middle["python_us"] - middle["table_us"], 2),
                     "python_by_engine": round(middle["python_us"] / middle["engine_us"], 2)}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="few calls, nothing written")
    asked = parser.parse_args()
    calls, rounds = (20, 1) if asked.smoke else (asked.calls, asked.rounds)
    python()
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"  # the dictionary without the model beside it
        cache.mkdir()
        for dictionary in mbe_cache().glob("mecab-ko-dic-*"):
            (cache / dictionary.name).symlink_to(dictionary)
        os.environ["MBE_CACHE"] = str(cache)
        lines = Path(folder) / "lines.txt"
        lines.write_text("\n".join(corpus.lines_of(BLOCKS)) + "\n", encoding="utf-8")
        home = str(Path(folder) / "home")
        run_python(FILL, home, str(lines))
        figures = measure(home, calls, rounds)
    figures["load average"] = round(os.getloadavg()[0], 2)
    print(json.dumps(figures, indent=1))
    if not asked.smoke:
        common.write_result("python_overhead",
                            {"blocks": BLOCKS, "calls": calls, "rounds": rounds,
                             "seed": corpus.SEED}, figures)


if __name__ == "__main__":
    main()
