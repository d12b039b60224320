#!/usr/bin/env python3
"""How quick and how large is a memory of a thousand, ten thousand, a hundred thousand, a million?

    bench/large.py [--blocks N ...] [--queries N] [--real N] [--homes DIR] [--smoke]

Asks of each size: recall latency besides the query's embedding, which is told apart; the time to
open; CLI keyword recall in a cold process, with the home's pages in the system's cache and with
them dropped; verify's rate; bytes a block of log, index and vector; memory of the process, what is
its own and what is mapped files; and what forgetting one block costs beyond its preview.
Competitor: SQLite FTS5 (trigram, for Korean) answering the same questions, any of their words,
over the same lines in a process of its own.

The lines: bench/corpus.py (real ones first, then recombinations). The vectors: the first REAL lines
embedded by the default model, the rest seeded perturbations of these (bench/large_home.cpp); one
vector a block. Homes are kept in --homes (default $MBE_CACHE/bench-homes) and used again.
Results: bench/results/large.json, one entry a size.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import common
import corpus

FTS = """
import json, resource, sqlite3, sys, time
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
db = sqlite3.connect(":memory:")
db.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', tokenize='trigram')")
db.executemany("INSERT INTO t(rowid, x) VALUES(?,?)", enumerate(lines, 1))
out = []
for query in open(sys.argv[2], encoding="utf-8").read().splitlines()[:40]:
    words = ['"' + w.replace('"', '') + '"' for w in query.split() if len(w) > 2]
    words = words or ['"' + query[:3] + '"']
    start = time.process_time()
    db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10",
               [" OR ".join(words)]).fetchall()
    out.append((time.process_time() - start) * 1e3)
out.sort()
print(json.dumps({"fts5_search_cpu_ms_p50": out[len(out) // 2],
                  "fts5_search_cpu_ms_p95": out[int(len(out) * 0.95)],
                  "fts5_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def default_homes() -> Path:
    cache = os.environ.get("MBE_CACHE")
    return Path(cache or Path.home() / ".cache/mbe") / "bench-homes"


def make_home(homes: Path, blocks: int, real: int) -> tuple:
    """The home of that size, its lines, and what making it told; made only once."""
    home = homes / f"{blocks}"
    lines, facts = homes / f"{blocks}.txt", homes / f"{blocks}.json"
    if not facts.exists():
        shutil.rmtree(home, ignore_errors=True)
        homes.mkdir(parents=True, exist_ok=True)
        lines.write_text("\n".join(corpus.lines_of(blocks)) + "\n", encoding="utf-8")
        facts.write_text(common.run_program("bench_large_home", str(home), str(lines), str(real)))
    return home, lines, json.loads(facts.read_text())["figures"]


def make_queries(path: Path, count: int) -> None:
    """Sentences that are not all in the small memories: parts of real ones."""
    draw = random.Random(corpus.SEED + 1)
    lines = [line for line in corpus.real_lines() if 6 <= len(line) <= 60]
    picked = draw.sample(lines, min(count, len(lines)))
    path.write_text("\n".join(picked) + "\n", encoding="utf-8")


def measured(*arguments) -> dict:
    return json.loads(common.run_program("bench_large_memory", *map(str, arguments)))["figures"]


def drop_pages(home: Path) -> None:
    """Takes the home's clean pages out of the system's cache, as far as the system agrees."""
    for path in home.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def cli_recall(home: Path, query: str) -> tuple:
    """Wall and processor seconds of one keyword recall in a process of its own."""
    before = os.times()
    start = time.monotonic()
    common.run("recall", "--arms", "keyword", "--json", query, home=home)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user \
        - before.children_system
    return time.monotonic() - start, cpu


def process_figures(home: Path, query: str) -> dict:
    warm = sorted(cli_recall(home, query) for _ in range(5))[2]
    drop_pages(home)
    dropped = cli_recall(home, query)
    start = time.monotonic()
    common.run("verify", "--json", home=home)
    seconds = time.monotonic() - start
    log = sum(path.stat().st_size for path in home.glob("chains/*/log/*.jsonl"))
    return {"cli_keyword_recall_s": warm[0], "cli_keyword_recall_cpu_s": warm[1],
            "cli_keyword_recall_pages_dropped_s": dropped[0],
            "verify_s": seconds, "verify_mb_per_s": log / 1e6 / seconds}


def footprint(home: Path, blocks: int) -> dict:
    def size(pattern: str) -> float:
        return sum(path.stat().st_size for path in home.glob(pattern) if path.is_file()) / blocks
    return {"log_bytes_a_block": size("chains/*/log/*.jsonl"),
            "index_bytes_a_block": size("chains/*/derived/keyword/**/*")
            + size("chains/*/derived/attribute/**/*"),
            "vector_bytes_a_block": size("chains/*/derived/vector/**/*")}


def measure(homes: Path, blocks: int, real: int, queries: Path, forget: int) -> dict:
    home, lines, made = make_home(homes, blocks, real)
    opens = sorted((measured("open", home) for _ in range(3)), key=lambda one: one["open_ms"])
    figures = {f"making_{name}": value for name, value in made.items()}
    figures |= footprint(home, blocks)
    figures |= {name: opens[1][name] for name in ("open_ms", "open_cpu_ms")}
    figures |= measured("recall", home, queries)
    figures |= process_figures(home, queries.read_text(encoding="utf-8").splitlines()[0])
    fts = subprocess.run([sys.executable, "-c", FTS, str(lines), str(queries)], check=True,
                         capture_output=True, text=True)
    figures |= json.loads(fts.stdout)
    figures["search_cpu_speed_up_to_fts5"] = \
        figures["fts5_search_cpu_ms_p50"] / figures["search_cpu_ms_p50"]
    copy = homes / "forget"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    figures |= measured("forget", copy, forget)
    shutil.rmtree(copy)
    return figures | {"blocks": blocks}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, nargs="+",
                        default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--real", type=int, default=20_000, help="lines embedded by the model")
    parser.add_argument("--homes", type=Path, default=default_homes())
    parser.add_argument("--smoke", action="store_true", help="300 blocks, nothing written")
    asked = parser.parse_args()
    if asked.smoke:
        asked.blocks, asked.queries, asked.real = [300], 10, 20
        asked.homes = Path(os.environ.get("TMPDIR", "/tmp")) / f"mbe-bench-large-{os.getpid()}"
    asked.homes.mkdir(parents=True, exist_ok=True)
    queries = asked.homes / "queries.txt"
    make_queries(queries, asked.queries)
    sizes = []
    for blocks in asked.blocks:
        sizes.append(measure(asked.homes, blocks, asked.real, queries, 3 if asked.smoke else 9))
        print(json.dumps(sizes[-1], indent=1), flush=True)
    if asked.smoke:
        shutil.rmtree(asked.homes)
        return
    parameters = {"queries": asked.queries, "real_vectors": asked.real, "seed": corpus.SEED,
                  "perturbation": "0.2 of the length, seeded", "vectors_a_block": 1,
                  **corpus.facts(max(asked.blocks))}
    common.write_result("large", parameters, {"sizes": sizes})


if __name__ == "__main__":
    main()
