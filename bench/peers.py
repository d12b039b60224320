#!/usr/bin/env python3
"""Ours beside what people use today, on the same conversations and the same vectors.

    bench/peers.py [--peers NAME ...] [--smoke]

LoCoMo dev: every turn added by itself, every question asked; micro frac@10 over the questions of
categories 1 to 4, as in the peers' table, and over all; processor milliseconds an add and a search,
without embedding (all take the vectors of our default model); memory and disk. Peers: chromadb,
lancedb (hybrid), SQLite FTS5 with Porter stems and with trigrams, an exact scan of the vectors.
Each is alone in its process; the Python ones in an environment of their own, pinned by
bench/peers_requirements.txt, in $MBE_CACHE (made when absent; needs the package registry then).
Ours and SQLite sync every add to the disk. Our ranking weights were fitted on dev questions.
Results: bench/results/peers.json.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import venv
from datetime import UTC, datetime
from pathlib import Path

import common

PEERS = ("fts5_porter", "fts5_trigram", "exact_scan", "chromadb", "lancedb_hybrid")
REQUIREMENTS = Path(__file__).with_name("peers_requirements.txt")
SMOKE_TURNS = 60
ADVERSARIAL = "5"  # questions with a false premise; the peers' table leaves them out


def environment() -> Path:
    """The interpreter that has the peers; installs them, checked by hash, where it is not there."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("MBE_CACHE") or Path.home() / ".cache/mbe")
    folder = cache / f"bench-peers-{digest}"
    python = folder / "bin/python"
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
                        "-r", REQUIREMENTS], check=True)
        (folder / "complete").touch()
    return python


def prepare(folder: Path, smoke: bool) -> dict:
    """corpus.jsonl, queries.jsonl, passages.f32, questions.f32, all without the answers; returns
    these: category and turns of each question."""
    prepared = folder / "prepared"
    subprocess.run([sys.executable, "-B", str(common.need_shared("eval") / "prepare.py"),
                    str(common.need_shared("data")), str(prepared), "--set", "locomo"],
                   check=True, stdout=subprocess.DEVNULL)
    corpus = common.jsonl(prepared / "locomo/corpus.jsonl")
    queries = common.jsonl(prepared / "locomo/queries.jsonl")
    if smoke:
        corpus = corpus[:SMOKE_TURNS]
        queries = [one for one in queries if one["namespace"] == corpus[0]["namespace"]][:10]
    gold = {query["id"]: (query["category"], query["relevant"]) for query in queries
            if query["relevant"]}
    queries = [{key: query[key] for key in ("id", "namespace", "text")} for query in queries]
    for item in corpus:
        moment = datetime.fromisoformat(item["time"]).replace(tzinfo=UTC)
        item["time_ms"] = int(moment.timestamp() * 1000)
    for name, rows in (("corpus", corpus), ("queries", queries)):
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    texts = {"passages": [f"{item['speaker']}: {item['text']}" for item in corpus],
             "questions": [query["text"] for query in queries]}
    for name, role in (("passages", "passage"), ("questions", "query")):
        lines = folder / f"{name}.txt"
        lines.write_text("\n".join(" ".join(text.split()) for text in texts[name]) + "\n",
                         encoding="utf-8")
        common.run_program("bench_embed_lines", str(lines), role, str(folder / f"{name}.f32"))
    return gold


def fractions(folder: Path, name: str, gold: dict) -> dict:
    """Mean share of a question's turns among the first ten, without adversarial ones and of all."""
    ranked = {row["query_id"]: row["ranked"][:10] for row in common.jsonl(folder / f"{name}.jsonl")}
    shares = [(category, len(set(turns) & set(ranked[question])) / len(turns))
              for question, (category, turns) in gold.items()]
    plain = [share for category, share in shares if category != ADVERSARIAL]
    return {"frac_at_10": sum(plain) / len(plain),
            "frac_at_10_with_adversarial": sum(share for _, share in shares) / len(shares)}


def ours(folder: Path) -> dict:
    home = folder / "home"
    out = common.run_program("bench_peer_mbe", str(home), str(folder / "corpus.jsonl"),
                             str(folder / "queries.jsonl"), str(folder / "mbe.jsonl"))
    sizes = {path.name: path.stat().st_size for path in home.rglob("ballast*")}
    disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return json.loads(out)["figures"] | {"disk_mib": disk / 2**20,
                                         "disk_reserve_mib": sum(sizes.values()) / 2**20}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--smoke", action="store_true",
                        help="ours alone on a few turns, nothing written")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        gold = prepare(folder, asked.smoke)
        table = {"mbe": ours(folder)}
        if asked.smoke:
            print(json.dumps(table, indent=1))
            return
        python = environment()
        worker = Path(__file__).with_name("peer_worker.py")
        for name in asked.peers:
            done = subprocess.run([python, "-B", worker, name, folder], check=True,
                                  stdout=subprocess.PIPE, text=True)
            table[name] = json.loads(done.stdout.splitlines()[-1])
        for name, row in table.items():
            row |= fractions(folder, name, gold)
            print(f"{name}: {json.dumps(row)}", flush=True)
    plain = sum(1 for category, _ in gold.values() if category != ADVERSARIAL)
    common.write_result("peers", {"set": "locomo dev", "questions": plain,
                                  "questions_with_adversarial": len(gold),
                                  "note": "our ranking weights were fitted on dev questions"},
                        table)


if __name__ == "__main__":
    main()
