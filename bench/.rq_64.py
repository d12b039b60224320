#!/usr/bin/env python3
"""How well does recall find what people ask for - each arm alone and all together?

    bench/recall_quality.py [--set NAME ...] [--arms fused keyword vector …] [--bootstrap N]
                            [--keep DIR]

Competitors: the single arms, and the prototype's floor in docs/formulas/recall.md. Every set is
imported and asked through the real binary (`mbe import`, `reembed --wait`, `recall --batch`,
`similarity --batch`, `analyse --batch`); the gold fields are left out of what the binary sees.
Results: bench/results/recall_quality.json.
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common
import paired

ARMS = {"fused": [], "keyword": ["--arms", "keyword"], "tag": ["--arms", "tag"],
        "vector": ["--arms", "vector"]}
DEPTH = {"locomo": 60}
RETRIEVAL = ("locomo", "beam100k", "korquad", "songys", "parakqc", "ko-bench", "komem")
PAIRS = ("klue-sts", "korsts")
SMOKE = ("ko-bench", "komem")


def prepare(out: Path, sets: list) -> None:
    command = [sys.executable, "-B", str(common.need_shared("eval") / "prepare.py"),
               str(common.need_shared("data")), str(out), "--blind", "--set", *sets]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def write_lines(path: Path, rows: list) -> None:
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def cpu_seconds() -> float:
    """CPU time of the programs run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ask(name: str, folder: Path, home: Path, arm: str, out: Path) -> dict:
    """Rankings of one set by one arm, appended to `out` in the scorer's form; returns latencies."""
    before = cpu_seconds()
    done = common.run("recall", "--batch", str(folder / "queries.jsonl"), "--json", "--top-k",
                      str(DEPTH.get(name, 50)), *ARMS[arm], home=home)
    cpu = cpu_seconds() - before
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    latencies = sorted(row["latency_us"] for row in rows)
    with open(out, "a", encoding="utf-8") as lines:
        for row in rows:
            row["set"] = name
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return {"questions": len(rows), "cpu_us_each": round(1e6 * cpu / len(rows)),
            "latency_us_p50": latencies[len(latencies) // 2],
            "latency_us_p95": latencies[int(len(latencies) * 0.95)]}


def retrieve(name: str, prepared: Path, work: Path, arms: list, rankings: dict) -> dict:
    home = work / f"home-{name}"
    start = time.monotonic()
    kept = home.exists()
    if not kept:
        common.run("import", "--format", "jsonl", str(prepared / name / "corpus.jsonl"), "--quiet",
                   home=home)
    imported = time.monotonic()
    common.run("reembed", "--wait", "--quiet", home=home)
    facts = {"home_kept": True} if kept else {"import_s": round(imported - start, 2),
                                              "embed_s": round(time.monotonic() - imported, 2)}
    for arm in arms:
        facts[arm] = ask(name, prepared / name, home, arm, rankings[arm])
    print(f"{name}: {facts}", flush=True)
    return facts


def pairs(name: str, prepared: Path, home: Path, out: Path) -> None:
    done = common.run("similarity", "--batch", str(prepared / name / "pairs.jsonl"), "--json",
                      home=home)
    with open(out, "a", encoding="utf-8") as lines:
        for line in done.stdout.splitlines():
            lines.write(json.dumps({**json.loads(line), "set": name}) + "\n")


def emotions(prepared: Path, home: Path, out: Path) -> None:
    done = common.run("analyse", "--batch", str(prepared / "kote/tags.jsonl"), "--json", home=home)
    with open(out, "a", encoding="utf-8") as lines:
        for line in done.stdout.splitlines():
            row = {**json.loads(line), "set": "kote-tags"}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def score(rankings: Path, work: Path, bootstrap: int) -> dict:
    out = work / (rankings.stem + ".scores.json")
    command = [sys.executable, "-B", str(common.need_shared("eval") / "score.py"),
               str(common.need_shared("data")), str(rankings), "--json", str(out)]
    if bootstrap:
        command += ["--bootstrap", str(bootstrap)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    print(done.stdout, flush=True)
    return json.loads(out.read_text(encoding="utf-8"))


def merged(found: dict) -> dict:
    """What was found now over what the results file holds of other sets."""
    path = common.ROOT / "bench/results/recall_quality.json"
    if not path.exists():
        return found
    known = json.loads(path.read_text(encoding="utf-8"))["figures"]
    for arm, sets in found["scores"].items():
        known["scores"].setdefault(arm, {}).update(sets)
    for part in ("fused_minus_arm", "runs"):
        known.setdefault(part, {}).update(found[part])
    return known


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs="+", dest="sets", default=[*RETRIEVAL, *PAIRS, "kote"])
    parser.add_argument("--arms", nargs="+", default=["fused", "keyword", "vector"],
                        choices=list(ARMS))
    parser.add_argument("--bootstrap", type=int, default=0)
    parser.add_argument("--keep", help="work in this folder and keep it; homes found there are "
                        "not imported and embedded again")
    parser.add_argument("--merge", action="store_true",
                        help="keep what the results file says of other sets")
    parser.add_argument("--smoke", action="store_true",
                        help="two small sets, fused only, nothing written")
    asked = parser.parse_args()
    if asked.smoke:
        asked.sets, asked.arms = list(SMOKE), ["fused"]
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(asked.keep or temporary)
        work.mkdir(exist_ok=True)
        prepared = work / "prepared"
        prepare(prepared, asked.sets)
        rankings = {arm: work / f"{arm}.jsonl" for arm in asked.arms}
        for path in rankings.values():
            path.unlink(missing_ok=True)
        facts = {name: retrieve(name, prepared, work, asked.arms, rankings)
                 for name in asked.sets if name in RETRIEVAL}
        fused = rankings[asked.arms[0]]
        for name in asked.sets:
            if name in PAIRS:
                pairs(name, prepared, work / "home-pairs", fused)
        if "kote" in asked.sets:
            emotions(prepared, work / "home-pairs", fused)
        figures = {arm: score(path, work, asked.bootstrap) for arm, path in rankings.items()
                   if path.exists()}
        differences = {}
        if asked.bootstrap and "fused" in rankings:
            differences = paired.compare(rankings, asked.sets, asked.bootstrap)
    if not asked.smoke:
        found = {"scores": figures, "fused_minus_arm": differences, "runs": facts}
        if asked.merge:
            found = merged(found)
        sets = sorted(set(asked.sets) | set(found["scores"].get("fused", {})))
        parameters = {"sets": sets, "bootstrap": asked.bootstrap, "seed": 1}
        path = common.ROOT
        print(f"written: {path.relative_to(common.ROOT)}")


if __name__ == "__main__":
    main()
