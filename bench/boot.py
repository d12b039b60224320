#!/usr/bin/env python3
"""How long does Echo take to wake from years of transcripts?

    bench/boot.py [--lines N] [--smoke]

Writes N transcript lines (bench/corpus.py, some 800 a day), boots a new home from them with the
real `mbe boot`, boots it again (which must add nothing), then kills a boot of another home some
times at chance moments and lets it go on (which must end with the same memory). Wall times mean
little on a busy machine: the processor's time is in the result.
Results: bench/results/boot.json.
"""
import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import common
import corpus

LINES_A_DAY = 800
LINES_A_PART = 300
KILLS = 6


def write_transcripts(folder: Path, count: int) -> None:
    lines = corpus.lines_of(count)
    for i in range(0, count, LINES_A_PART):
        day, first = divmod(i, LINES_A_DAY - LINES_A_DAY % LINES_A_PART)
        date = corpus.clock(day * 1440)[:10].replace("-", "")
        part = folder / f"day{date}" / f"part{first // LINES_A_PART + 1}.txt"
        part.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "w", encoding="utf-8") as out:
            for j, text in enumerate(lines[i:i + LINES_A_PART]):
                second = 28_800 + (first + j) * 60
                who = ("오리진", "에코")[j % 2]
                out.write(f"[{second // 3600:02}:{second // 60 % 60:02}:00] {who}: {text}\n")


def boot(home: Path, folder: Path) -> dict:
    """One boot: its report, wall and processor seconds, largest resident set."""
    command = [str(common.binary()), "--home", str(home), "boot", str(folder), "--json"]
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"mbe boot ended with {status}")
    report = json.loads(out)
    return {"imported": report["imported"], "skipped": report["skipped"],
            "lines": report["lines"], "wall_s": round(time.monotonic() - begin, 2),
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
            "rss_mib": round(usage.ru_maxrss / 1024)}


def killed(home: Path, folder: Path, wall_s: float, draw: random.Random) -> int:
    """Boots that are killed at chance moments; how many were."""
    kills = 0
    for _ in range(KILLS):
        child = subprocess.Popen([str(common.binary()), "--home", str(home), "boot", str(folder),
                                  "--quiet"], stdout=subprocess.DEVNULL)
        try:
            child.wait(timeout=draw.uniform(0, wall_s / 3))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            kills += 1
    return kills


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--smoke", action="store_true", help="few lines, nothing written")
    asked = parser.parse_args()
    count = 3_000 if asked.smoke else asked.lines
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "memory"
        write_transcripts(folder, count)
        first = boot(Path(scratch) / "home", folder)
        again = boot(Path(scratch) / "home", folder)
        other = Path(scratch) / "other"
        kills = killed(other, folder, first["wall_s"], random.Random(corpus.SEED))
        rest = boot(other, folder)
        stats = json.loads(common.run("stats", "--json", home=other).stdout)
        sound = json.loads(common.run("verify", "--json", home=other).stdout)["ok"]
    assert first["imported"] == count and again["imported"] == 0, (first, again)
    assert stats["chains"][0]["memories"] == count and sound, stats
    figures = {"first": first, "again": again, "kills": kills, "after_kills": rest,
               "lines_per_s": round(count / first["wall_s"])}
    print(json.dumps(figures, indent=1))
    if not asked.smoke:
        parameters = {"lines": count, "seed": corpus.SEED, **corpus.facts(count),
                      "load": os.getloadavg()[0]}
        common.write_result("boot", parameters, figures)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
