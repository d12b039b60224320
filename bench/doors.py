#!/usr/bin/env python3
"""Our doors beside the memories that people use, each through its own public interface.

    bench/doors.py [--sizes N ...] [--systems NAME ...] [--limit SECONDS] [--smoke]

A run of some sizes or systems replaces only these in the results.

One memory of 100, 1,000 and 10,000 items: turns of LoCoMo dev, and beyond these distractors: what
people wrote to BEAM's assistant (dev), our Korean year (komem) and Songys' chat lines. Every item
is added by itself, every question asked twice, the answers' first ten counted: frac@10 as in
bench/peers.py, but over all items together, for two of the peers know no namespaces. Questions are
those whose turns are all among the items, at most 200.

Systems: ours over REST, MCP (standard streams; Streamable HTTP) and, where it is installed, as a
Python module; chromadb's server by its HTTP client; mem0 with infer=False on its local Qdrant;
mcp-memory-service and the reference MCP memory server by the official MCP client.

What is in a figure. No peer embeds: the vectors of our default model are made before and given to
chromadb's client, and to mem0 and mcp-memory-service by a server that speaks OpenAI's embeddings;
what asking that one costs is told (embed_call) and taken off in `net`. Ours is added to without a
model, then started again with one, which embeds all items, each by itself and each turn among its
neighbours (`embedding`); so `add` has no embedding
in it anywhere, `add_beside_embedding` are more adds while ours embeds. The questions' first pass
has our embedding in it, the second has not: vectors of questions are kept; mem0 asks again, which
is taken off. The second pass is what is compared. cpu_ms is the system's processes, user and
system; client_cpu_ms what the client spends (mem0 and Python have none of their own); wall times
are the client's. The client is the same Python process for all, one system at a time, in an order
drawn by the seed, ours over REST first, whose embedded home the other doors search too.
`survives_kill`: ten adds, SIGKILL after the last answer, started again, is it found? That says
nothing of a power cut; `syncs_an_add` does: how often it makes the disk keep an add (by strace).

The peers are pinned by bench/doors_requirements.txt and bench/doors_node; made in $MBE_CACHE when
absent (needs the package registries then, and no other network ever).
Results: bench/results/doors.json.
"""
import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import common
import doors_items
import doors_systems
import python_overhead

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "doors_requirements.txt"
NODE_LIST = HERE / "doors_node"
OURS = ("mbe_rest", "mbe_mcp", "mbe_mcp_http", "mbe_python")
PEERS = ("chroma_server", "mem0", "mcp_memory_service", "reference_memory")
DIMENSION = 384
QUESTIONS_MOST = 200
ADVERSARIAL = "5"
ROUNDS = {100: 3}
SMOKE_ITEMS = 15
PROBES = 10  # adds before a system is killed
SYNC_PROBES = (5, 25)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def base_python() -> str:
    """One whose SQLite loads extensions, which mcp-memory-service cannot do without: this, else the
    system's."""
    asks = "import sqlite3; sqlite3.connect(':memory:').enable_load_extension(True)"
    for python in (sys.executable, shutil.which("python3", path=os.defpath)):
        if python and subprocess.run([python, "-c", asks], check=False,
                                     stderr=subprocess.DEVNULL).returncode == 0:
            return python
    return sys.executable


def environment(may_install: bool):
    """The interpreter with the peers, or None where it is not there and may not be made."""
    folder = python_overhead.mbe_cache() / f"bench-doors-{digest(REQUIREMENTS)}"
    if not (folder / "complete").exists():
        if not may_install:
            return None
        subprocess.run([base_python(), "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps",
                        "--require-hashes", "-r", REQUIREMENTS], check=True)
        (folder / "complete").touch()
    return folder / "bin/python"


def node() -> Path | None:
    """What tools/setup installed, else the system's."""
    listed = digest(common.ROOT / "tools/requirements/node.txt")
    own = python_overhead.mbe_cache() / f"node-{listed}/bin/node"
    found = own if own.exists() else shutil.which("node")
    return Path(found) if found else None


def reference(program: Path | None, may_install: bool) -> Path | None:
    """The reference server's program, by its lock file; None as above."""
    cache = python_overhead.mbe_cache()
    folder = cache / f"bench-doors-node-{digest(NODE_LIST / 'package-lock.json')}"
    if not (folder / "complete").exists():
        if program is None or not may_install:
            return None
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(NODE_LIST, folder)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(["npm", "--prefix", folder, "ci", "--ignore-scripts", "--silent"],
                       check=True, env={**os.environ, "PATH": path})
        (folder / "complete").touch()
    return folder / "node_modules/@modelcontextprotocol/server-memory/dist/index.js"


class Embedder:
    """bench/doors_embeddings.py with the vectors of these texts."""
    def __init__(self, folder: Path, texts: list, data: bytes):
        import array
        values = array.array("f")
        values.frombytes(data)
        path = folder / "table.jsonl"
        with open(path, "w", encoding="utf-8") as out:
            for i, text in enumerate(texts):
                row = values[i * DIMENSION:(i + 1) * DIMENSION].tolist()
                out.write(json.dumps({"text": text, "vector": row}) + "\n")
        self.process = subprocess.Popen([sys.executable, "-B", HERE / "doors_embeddings.py", path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1"

    def counts(self) -> dict:
        with urllib.request.urlopen(self.url) as answer:
            return json.loads(answer.read())

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Bench:
    """What the runs share: programs, the texts' vectors, the order."""
    def __init__(self, folder: Path, asked: argparse.Namespace):
        self.folder, self.asked = folder, asked
        self.python = environment(may_install=not asked.smoke)
        self.node = node()
        self.reference = reference(self.node, may_install=not asked.smoke)
        self.bare = folder / "bare"
        self.bare.mkdir()
        for dictionary in python_overhead.mbe_cache().glob("mecab-ko-dic-*"):
            (self.bare / dictionary.name).symlink_to(dictionary)
        self.systems = [name for name in asked.systems if self.is_there(name)]

    def is_there(self, name: str) -> bool:
        missing = None
        if name == "mbe_python":
            missing = None if self.memory_engine().exists() else "memory_engine (MBE_PYTHON)"
        elif name != "mbe_rest" and self.python is None:
            missing = "the peers' environment; bench/doors.py makes it"
        elif name == "reference_memory" and self.reference is None:
            missing = "Node or the reference server; bench/doors.py installs it"
        if missing:
            print(f"SKIPPED: {name}: not here: {missing}", flush=True)
        return not missing

    @staticmethod
    def memory_engine() -> Path:
        named = os.environ.get("MBE_PYTHON")
        return Path(named or common.binary().parent / "python/venv/bin/python")

    def settings(self, name: str, store: Path, size: dict) -> dict:
        out = {"system": name, "store": str(store), "mbe": str(common.binary()),
               "cache": str(python_overhead.mbe_cache()), "bare_cache": str(self.bare),
               "node": str(self.node), "reference": str(self.reference),
               "dimension": DIMENSION, "limit_s": self.asked.limit}
        out |= {key: value for key, value in size.items() if key != "gold"}
        if name in OURS[1:] and (self.folder / "embedded").exists():
            out["embedded_home"] = str(self.folder / "embedded")
        return out

    def worker(self, settings: Path, name: str, what: str,
               before: tuple = ()) -> subprocess.CompletedProcess:
        python = self.memory_engine() if name == "mbe_python" else self.python or sys.executable
        clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        command = [*before, python, "-B", HERE / "doors_worker.py", settings, what]
        return subprocess.run(command, env=clean, stdout=subprocess.PIPE, text=True, check=False)

    def run(self, name: str, size: dict) -> dict:
        """One system on one size: figures and rankings."""
        store = self.folder / f"run-{name}" / "store"
        shutil.rmtree(store.parent, ignore_errors=True)
        store.mkdir(parents=True)
        settings = store.parent / "settings.json"
        settings.write_text(json.dumps(self.settings(name, store, size)), encoding="utf-8")
        done = self.worker(settings, name, "measure")
        if done.returncode:
            errors = store.parent / "errors.txt"
            told = errors.read_text(encoding="utf-8")[-2000:] if errors.exists() else ""
            print(f"FAILED: {name} ended with {done.returncode}\n{told}", flush=True)
            return {"failed": f"ended with {done.returncode}"}
        if name == "mbe_rest":
            shutil.rmtree(self.folder / "embedded", ignore_errors=True)
            store.rename(self.folder / "embedded")
        shutil.rmtree(store.parent)
        return json.loads(done.stdout.splitlines()[-1])

    def killed(self, name: str, size: dict, probes: int, before: tuple = ()) -> Path:
        """Some adds, SIGKILL right behind the last one's answer; the settings of what is left."""
        store = self.folder / f"kill-{name}" / "store"
        shutil.rmtree(store.parent, ignore_errors=True)
        store.mkdir(parents=True)
        settings = store.parent / "settings.json"
        settings.write_text(json.dumps(self.settings(name, store, size) | {"probes": probes}),
                            encoding="utf-8")
        killed = self.worker(settings, name, "kill", before)
        if killed.returncode != -9:
            sys.exit(f"{name} was not killed: {killed.returncode}")
        return settings

    def syncs_an_add(self, name: str, size: dict) -> float | None:
        """Calls of fsync and fdatasync an add, the start's not counted; needs strace."""
        if shutil.which("strace") is None:
            print("SKIPPED: syncs an add; strace is not installed", flush=True)
            return None
        trace, counts = self.folder / "trace.txt", []
        for probes in SYNC_PROBES:
            strace = ("strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(trace))
            self.killed(name, size, probes, strace)
            counts.append(len(re.findall(r"\bf(?:data)?sync\(", trace.read_text())))
        return (counts[1] - counts[0]) / (SYNC_PROBES[1] - SYNC_PROBES[0])

    def survives(self, name: str, size: dict) -> bool:
        """Is an add there after SIGKILL right behind its answer?"""
        settings = self.killed(name, size, PROBES)
        store = settings.parent / "store"
        looked = self.worker(settings, name, "look")
        shutil.rmtree(store.parent)
        if looked.returncode:
            sys.exit(f"{name} did not start again: {looked.returncode}")
        return json.loads(looked.stdout.splitlines()[-1])["found"]


def recall(ranked: list, size: dict) -> dict:
    """Mean share of a question's turns among the first ten, without adversarial ones and of all."""
    found = [(category, len(set(turns) & set(ids[:10])) / len(turns))
             for (category, turns), ids in zip(size["gold"], ranked, strict=False)]
    plain = [share for category, share in found if category != ADVERSARIAL]
    return {"frac_at_10": sum(plain) / len(plain), "questions": len(plain),
            "frac_at_10_with_adversarial": sum(share for _, share in found) / len(found),
            "questions_with_adversarial": len(found)}


def middle(rounds: list) -> dict:
    """The median of each figure over the rounds."""
    if isinstance(rounds[0], dict):
        return {key: middle([one[key] for one in rounds]) for key in rounds[0]}
    return sorted(rounds)[len(rounds) // 2]


def with_net(figures: dict) -> dict:
    for part in ("add", "search_first", "search", "add_beside_embedding"):
        if part in figures:
            one = figures[part]
            one["net_cpu_ms"] = max(0.0, one["cpu_ms"] - one["embed_call_cpu_ms"])
    return figures


def figures_of(told: dict, size: dict) -> dict:
    """What a run told, with what follows from it; of a run that failed only that."""
    if "failed" in told:
        return told
    out = with_net(told["figures"]) | recall(told["ranked"], size)
    if "ranked_by_default" in told:
        found = recall(told["ranked_by_default"], size)
        out["frac_at_10_by_default"] = found["frac_at_10"]
    return out


def ratios(systems: dict) -> dict:
    """Ours by the peer's, each door of ours against each peer: below 1, ours takes less."""
    out = {}
    for ours in OURS:
        for peer in PEERS:
            mine, its = systems.get(ours, {}), systems.get(peer, {})
            if "search" not in mine or "search" not in its:
                continue
            out[f"{ours} : {peer}"] = {
                f"{part}_{key}": mine[part][key] / its[part][key]
                for part in ("add", "search") for key in ("net_cpu_ms", "p50_ms", "p95_ms")
            } | {key: mine[key] / its[key] for key in ("rss_mib", "disk_mib")}
            if its["add"]["calls"] == mine["add"]["calls"]:  # else it has only a part
                out[f"{ours} : {peer}"]["frac_at_10"] = mine["frac_at_10"] / its["frac_at_10"]
    return out


def size_of(bench: Bench, items: list, questions: list, count: int) -> tuple:
    """What a run of that size is given, and its embedder."""
    most = 20 if bench.asked.smoke else QUESTIONS_MOST
    taken, asked, extra = doors_items.chosen(items, questions, count, most)
    first, extra = extra[-1], extra[:5 if bench.asked.smoke else -1]
    given = [*taken, first]
    texts = [doors_systems.content(item) for item in given]
    texts += [" ".join(one["text"].split()) for one in asked]
    data = b"\0" * 4 * DIMENSION * (len(given) + len(asked))
    if bench.python is not None:
        data = doors_items.vectors(bench.folder, texts[:len(given)], "passage")
        data += doors_items.vectors(bench.folder, texts[len(given):], "query")
    path = bench.folder / "vectors.f32"
    path.write_bytes(data)
    embedder = Embedder(bench.folder, texts, data)
    return {"items": taken, "extra": extra, "first": first, "known": given, "count": len(taken),
            "known_text": texts[0], "questions": [
                {"id": one["id"], "text": " ".join(one["text"].split())} for one in asked],
            "gold": [(one["category"], one["relevant"]) for one in asked],
            "vectors": str(path), "embedder": embedder.url,
            "vector_of": [item["id"] for item in given] + [one["id"] for one in asked]}, embedder


def measured(bench: Bench, items: list, questions: list, count: int) -> dict:
    """All systems on one size."""
    size, embedder = size_of(bench, items, questions, count)
    rounds = 1 if bench.asked.smoke else ROUNDS.get(count, 1)
    draw, runs = random.Random(doors_items.SEED + count), {name: [] for name in bench.systems}
    for _ in range(rounds):
        others = [name for name in bench.systems if name != "mbe_rest"]
        draw.shuffle(others)
        for name in [name for name in bench.systems if name == "mbe_rest"] + others:
            begun = time.monotonic()
            told = bench.run(name, size)
            commit = {"commit": common.machine()["commit"]}
            runs[name].append(figures_of(told, size) | commit)
            print(f"{count} {name} {time.monotonic() - begun:.0f} s: "
                  f"{json.dumps(runs[name][-1])}", flush=True)
    systems = {name: next((one for one in all_ if "failed" in one), None) or middle(all_)
               for name, all_ in runs.items()}
    if count == min(bench.asked.sizes):
        for name, one in systems.items():
            if "failed" not in one and (name == "mbe_rest" or not bench.asked.smoke):
                one["survives_kill"] = bench.survives(name, size)
                one["syncs_an_add"] = bench.syncs_an_add(name, size)
    sets = {name: sum(1 for item in size["items"] if item["set"] == name)
            for name in doors_items.SETS}
    out = {"items": count, "of": sets, "rounds": rounds, "limit_s": bench.asked.limit,
           "systems": systems, "ratios": ratios(systems),
           "embedder": embedder.counts()}
    embedder.stop()
    return out


def write(sizes: list) -> None:
    """These sizes; what the results file has of other sizes and of other systems stays."""
    path = common.ROOT / "bench/results/doors.json"
    figures = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() \
        else {"sizes": []}
    kept = {size["items"]: size for size in figures["sizes"]}
    for size in sizes:
        before = kept.get(size["items"], {"of": None})
        systems = before["systems"] if before["of"] == size["of"] else {}
        together = systems | size["systems"]
        ordered = {name: together[name] for name in OURS + PEERS if name in together}
        kept[size["items"]] = size | {"systems": ordered, "ratios": ratios(ordered)}
    common.write_result("doors", {
        "seed": doors_items.SEED, "command": "bench/doors.py", "questions_most": QUESTIONS_MOST,
        "note": "our ranking weights were fitted on dev questions"},
        {"sizes": [kept[items] for items in sorted(kept)]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--systems", nargs="+", choices=OURS + PEERS, default=OURS + PEERS)
    parser.add_argument("--limit", type=float, default=600,
                        help="seconds for a system's adds, and for its questions")
    parser.add_argument("--smoke", action="store_true",
                        help="a few items, what is installed, nothing written")
    asked = parser.parse_args()
    if asked.smoke:
        asked.sizes = [SMOKE_ITEMS]
    with tempfile.TemporaryDirectory(prefix="mbe-bench-doors-") as temporary:
        bench = Bench(Path(temporary), asked)
        items, questions = doors_items.corpus(bench.folder)
        sizes = []
        for count in asked.sizes:
            sizes.append(measured(bench, items, questions, count))
            if not asked.smoke:
                write(sizes)
    failed = [f"{name}, {size['items']} items" for size in sizes
              for name, one in size["systems"].items() if "failed" in one]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
