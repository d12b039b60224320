#!/usr/bin/env python3
"""What does one server bear on this machine, loopback, fsync on?

    bench/server_load.py [--seconds N] [--home HOME_OF_100_000] [--smoke]

Durable remembers by 64 clients, then recalls of cached queries over 100,000 blocks (a home that
bench/large.py has made; skipped without it), then 1,000 streams of events that stand still. The
load comes from wrk (Debian package `wrk`), which shares the processors with the server.
Results: bench/results/server_load.json.
"""
import argparse
import atexit
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

HERE = Path(__file__).resolve().parent
LARGE = Path.home() / ".cache/mbe/bench-homes/100000"
CUES = 100


class Server:
    def __init__(self, home: Path):
        common.run("people", "add", "origin", "--role", "origin", home=home,
                   input="twelve characters\n", check=False)
        made = common.run("people", "key", "create", "origin", "--json", home=home).stdout
        self.key = json.loads(made)["key"]
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [str(common.binary()), "--home", str(home), "serve", "--port", "0", "--json",
             "--log", "none"], stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.started_ms = round((time.monotonic() - begin) * 1000)

    def rss_mib(self) -> float:
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("VmRSS"):
                    return int(line.split()[1]) / 1024
        return 0

    def post(self, path: str, body: dict) -> dict:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=600)
        connection.request("POST", path, json.dumps(body), {"Authorization": f"Bearer {self.key}"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {text!r}")
        return json.loads(text)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=120)


def wrk(server: Server, script: str, clients: int, seconds: int, **environment) -> dict:
    command = ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s",
               "--timeout", "20s", "--header", f"Authorization: Bearer {server.key}", "--script",
               str(HERE / "load" / script), f"http://127.0.0.1:{server.port}"]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                         env={**os.environ, **environment}).stdout
    told = json.loads(out.strip().splitlines()[-1])
    return {"clients": clients, "requests_per_s": round(told["requests"] / told["us"] * 1e6),
            "p50_ms": told["p50_us"] / 1000, "p99_ms": told["p99_us"] / 1000,
            "max_ms": told["max_us"] / 1000, "errors": told["errors"],
            "requests": told["requests"]}


def drained(server: Server) -> float:
    begin = time.monotonic()
    while server.post("/v1/stats", {})["vectors_pending"] > 0:
        if time.monotonic() - begin > 60:
            return -1
        time.sleep(1)
    return round(time.monotonic() - begin, 1)


def remembers(seconds: int) -> dict:
    with tempfile.TemporaryDirectory() as home:
        common.run("init", home=Path(home))
        server = Server(Path(home))
        server.post("/v1/recall", {"cue": "the lake"})  # the embedder is loaded
        out = wrk(server, "remember.lua", 64, seconds)
        stats = server.post("/v1/stats", {})
        out |= {"started_ms": server.started_ms, "rss_mib": round(server.rss_mib()),
                "in_log": stats["memories"], "pending_after": stats["vectors_pending"]}
        server.stop()
        sound = json.loads(common.run("verify", "--json", home=Path(home)).stdout)["ok"]
    assert sound and out["in_log"] >= out["requests"], out
    return out


def recalls(home: Path, seconds: int) -> dict:
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "home"
        shutil.copytree(home, copy)
        cues = Path(scratch) / "cues"
        lines = (home.parent / "queries.txt").read_text(encoding="utf-8").splitlines()
        cues.write_text("\n".join(line.replace("\\", " ").replace('"', " ")
                                  for line in lines[:CUES]), encoding="utf-8")
        server = Server(copy)
        for cue in cues.read_text(encoding="utf-8").splitlines():
            server.post("/v1/recall", {"cue": cue})  # their vectors are cached
        out = wrk(server, "recall.lua", 16, seconds, MBE_CUES=str(cues))
        out["rss_mib"] = round(server.rss_mib())
        server.stop()
    return out


def still_streams(count: int) -> dict:
    """Streams of a waking that is over end at once, so these ask for one that is held back."""
    with tempfile.TemporaryDirectory() as home:
        common.run("init", home=Path(home))
        server = Server(Path(home))
        before = server.rss_mib()
        streams = []
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", server.port))
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            one.recv(4096)
            streams.append(one)
        out = {"connections": count, "rss_mib_more": round(server.rss_mib() - before, 1)}
        server.stop()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--home", type=Path, default=LARGE)
    parser.add_argument("--smoke", action="store_true", help="seconds, nothing written")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        print("SKIPPED: wrk is not installed; tools/setup --full installs it", flush=True)
        sys.exit(common.SKIPPED)
    seconds = 2 if asked.smoke else asked.seconds
    figures = {"load_average": os.getloadavg()[0], "remember": remembers(seconds)}
    if asked.home.exists():
        figures["recall"] = recalls(asked.home, seconds)
    else:
        print(f"SKIPPED: recalls; there is no home at {asked.home}", flush=True)
    figures["kept_open"] = still_streams(100 if asked.smoke else 1_000)
    print(json.dumps(figures, indent=1))
    if not asked.smoke:
        common.write_result("server_load", {"seconds": seconds, "cues": CUES}, figures)


if __name__ == "__main__":
    main()
