#!/usr/bin/env python3
"""A real server under mixed load for a long time: memory, open files and times stay what they are.

    soak.py MBE [--seconds N] [--models FOLDER] [--report FILE]

Clients remember, recall, compose, list, forget, chat (whole and as a stream, some of them left in
the middle) and ask for status, each at its own pace. With --models three GGUF files of the folder
answer, in three processes. Every few seconds memory and open files are counted. Fails where an
answer fails, the log tells of one, files stay open, or memory grows beyond what was remembered.
Latency is told as its drift - the last quarter against the second - beside that of /healthz, which
is the machine's own; it fails nothing, since other programmes may have the machine.
"""
import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from raw_http import Broken, Wire
from served import PASSWORD, Served, new_key, program

CIRCUITS = ("emotion", "self", "creation")
WARM = 0.25  # of the time: what is loaded and laid out at first use
RSS_GROWTH_KB_MAX = 49_152
FILES_GROWTH_MAX = 8
TALK = ["제주도 여행은 9월에 가기로 했어", "The project with Mina failed in March",
        "오늘은 강가를 {n} km 걸었다", "I want to run a marathon next spring", "요즘 의욕이 줄었어",
        "We met at the harbour at {n} o'clock"]


class Load:
    """The clients, what they met, and how long each kind of request took."""

    def __init__(self, served: Served, key: str, seconds: float, has_models: bool):
        self.served, self.key, self.has_models = served, key, has_models
        self.begun = time.monotonic()
        self.until = self.begun + seconds
        self.took: dict[str, list[tuple[float, float]]] = {}
        self.wrong: list[str] = []
        self.chats = self.by_models = 0
        self.lock = threading.Lock()

    def note(self, kind: str, begin: float, fault: str = "") -> None:
        now = time.monotonic()
        with self.lock:
            self.took.setdefault(kind, []).append((begin - self.begun, now - begin))
            if fault:
                self.wrong.append(f"{kind} after {round(begin - self.begun)} s: {fault[:300]}")

    def client(self, kind: str, every_s: float, seed: int) -> None:
        draw = random.Random(seed)
        request = getattr(self, kind)
        turn = self.begun + draw.random() * every_s
        while turn < self.until:
            time.sleep(max(0.0, turn - time.monotonic()))
            begin = time.monotonic()
            try:
                self.note(kind, begin, request(draw) or "")
            except (OSError, Broken, ValueError, KeyError) as error:
                self.note(kind, begin, repr(error))
            turn = max(turn + every_s, time.monotonic())

    def post(self, operation: str, body: dict) -> tuple[str, dict]:
        """A fault, or none and the answer."""
        status, _, text = self.served.ask("POST", operation, body, key=self.key)
        return ("" if status == 200 else f"{status} {text[:200]!r}"), json.loads(text)

    def health(self, _: random.Random) -> str:
        return "" if self.served.ask("GET", "/healthz")[0] == 200 else "no health"

    def remember(self, draw: random.Random) -> str:
        text = draw.choice(TALK).format(n=draw.randrange(10**6))
        return self.post("/v1/remember", {"text": text})[0]

    def recall(self, draw: random.Random) -> str:
        return self.post("/v1/recall", {"cue": draw.choice(TALK).format(n="")})[0]

    def compose(self, draw: random.Random) -> str:
        return self.post("/v1/compose", {"input": draw.choice(TALK).format(n=3)})[0]

    def forget(self, draw: random.Random) -> str:
        fault, listed = self.post("/v1/list", {"limit": 20})
        blocks = [one["block_index"] for one in listed.get("blocks", [])]
        if fault or not blocks:
            return fault
        target = {"blocks": [draw.choice(blocks)]}
        for _ in range(5):  # an answer made of it may come between the preview and the deed
            fault, preview = self.post("/v1/forget_preview", target)
            if fault:
                return fault
            fault, told = self.post("/v1/forget", target | {"count": preview["count"]})
            if not fault or told.get("code") != "invalid_argument":
                break
        return fault

    def whole(self, draw: random.Random) -> str:
        body = {"question": draw.choice(TALK).format(n=5) + "?", "temporary": True}
        return self.post("/api/ask", body)[0]

    def status(self, _: random.Random) -> str:
        for path in ("/api/status", "/metrics", "/api/conversations", "/readyz"):
            status, _, text = self.served.ask("GET", path, key=self.key)
            if status != 200:
                return f"{path} {status} {text[:200]!r}"
        return ""

    def chat(self, draw: random.Random) -> str:
        """A stream to its end, or - one in four - left in the middle."""
        body = json.dumps({"question": draw.choice(TALK).format(n=draw.randrange(1000)),
                           "conversation": f"c{draw.randrange(8)}"}).encode()
        leaves = draw.random() < 0.25
        with Wire(self.served.port) as wire:
            wire.send(b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                      b"Authorization: Bearer " + self.key.encode() +
                      b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            while wire.more():
                if leaves and b"event: recall" in wire.rest:
                    return ""
            if not wire.rest.startswith(b"HTTP/1.1 200"):
                return repr(wire.rest[:300])
            if b"event: done" not in wire.rest or b"event: error" in wire.rest:
                return repr(wire.rest[-300:])
            with self.lock:
                self.chats += 1
                self.by_models += b'"made_of":"models"' in wire.rest
            return ""


def paces(has_models: bool) -> dict[str, float]:
    """Seconds between two requests of a client."""
    return {"health": 0.5, "remember": 0.25, "recall": 0.2, "compose": 0.5, "forget": 2.0,
            "whole": 8.0 if has_models else 1.0, "chat": 0.1 if has_models else 0.5, "status": 1.0}


def slope(points: list[tuple[float, float]]) -> float:
    """Least squares, of y for each x."""
    if len(points) < 3:
        return 0.0
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope


def drift(samples: list[tuple[float, float]], seconds: float) -> tuple[float, float]:
    """Median of the second quarter in ms, and by what part the last quarter's is more."""
    early = [took for at, took in samples if seconds * 0.25 <= at < seconds * 0.5]
    late = [took for at, took in samples if at >= seconds * 0.75]
    if not early or not late:
        return 0.0, 0.0
    first, last = statistics.median(early), statistics.median(late)
    return first * 1000, last / first - 1


def watched(load: Load, seconds: float) -> list[tuple[float, float, float]]:
    """Seconds, memory in KB and open files, until the clients are done."""
    out = []
    every = max(0.5, min(10.0, seconds / 40))
    while time.monotonic() < load.until:
        time.sleep(every)
        served = load.served
        out.append((time.monotonic() - load.begun, served.rss_kb(), served.open_files()))
    return out


def report(load: Load, samples: list, seconds: float, errors: int, blocks: int) -> dict:
    warm = [one for one in samples if one[0] >= seconds * WARM]
    rss = [(at / 60, kb) for at, kb, _ in warm]
    files = [(at / 60, count) for at, _, count in warm]
    out = {"seconds": round(seconds), "models": load.has_models, "blocks": blocks,
           "requests": {kind: len(took) for kind, took in sorted(load.took.items())},
           "rss_kb": {"warm": warm[0][1], "end": warm[-1][1], "per_minute": round(slope(rss), 1)},
           "open_files": {"warm": warm[0][2], "end": warm[-1][2],
                          "most": max(count for _, _, count in samples),
                          "per_minute": round(slope(files), 3)},
           "log_errors": errors, "failed": len(load.wrong),
           "chats": {"whole": load.chats, "by_models": load.by_models}, "latency": {}}
    for kind, took in sorted(load.took.items()):
        median_ms, more = drift(took, seconds)
        p95 = sorted(one for _, one in took)[int(len(took) * 0.95)] * 1000
        out["latency"][kind] = {"median_ms": round(median_ms, 1), "p95_ms": round(p95, 1),
                                "drift_percent": round(more * 100, 1)}
    return out


def prepared(options: argparse.Namespace, home: str) -> str:
    program(options.mbe, home, "people", "add", "mina", "--role", "origin", text=PASSWORD + "\n")
    if options.models:
        files = sorted(Path(options.models).glob("*.gguf"))[:len(CIRCUITS)]
        assert len(files) == len(CIRCUITS), f"three GGUF files are needed in {options.models}"
        # Short answers of one thread each: many of them, rather than eloquent ones.
        settings = "".join(f'[models.{circuit}]\nfile = "{file}"\nthreads = 1\n'
                           f'[circuits.{circuit}]\nmodel = "{circuit}"\ndeadline_ms = 120000\n'
                           for circuit, file in zip(CIRCUITS, files, strict=True))
        Path(home, "circuits.toml").write_text(
            settings + '[synthesis]\nmodel = "self"\nanswer_tokens = 48\nprompt_tokens = 768\n')
    return new_key(options.mbe, home, "mina", "--rights", "read,write,erase,administer")


def soaked(served: Served, key: str, options: argparse.Namespace) -> tuple[dict, list[str]]:
    waits_until = time.monotonic() + 600
    while served.ask("GET", "/readyz")[0] != 200 and time.monotonic() < waits_until:
        time.sleep(0.5)
    once = Load(served, key, 0, bool(options.models))
    for kind in paces(once.has_models):  # what is loaded at first use is loaded
        fault = getattr(once, kind)(random.Random(1))
        assert not fault, f"{kind}: {fault}"
    load = Load(served, key, options.seconds, bool(options.models))
    clients = [threading.Thread(target=load.client, args=(kind, every, number))
               for number, (kind, every) in enumerate(paces(load.has_models).items())]
    for client in clients:
        client.start()
    samples = watched(load, options.seconds)
    for client in clients:
        client.join()
    blocks = load.post("/v1/stats", {})[1].get("blocks", 0)
    errors = [line for line in served.log_lines()
              if line.get("level") == "error" or int(line.get("status", 0)) in (500, 501, 502)]
    out = report(load, samples, options.seconds, len(errors), blocks)
    faults = load.wrong + [f"log: {line}" for line in errors]
    if load.has_models and load.by_models == 0:
        faults.append("no model spoke")
    # A block of this size costs some KB in the indexes that are held; more than that is a leak.
    grown = out["rss_kb"]["end"] - out["rss_kb"]["warm"]
    if grown > RSS_GROWTH_KB_MAX + 8 * blocks:
        faults.append(f"memory grew by {grown} KB while {blocks} blocks were written")
    if out["open_files"]["end"] - out["open_files"]["warm"] > FILES_GROWTH_MAX:
        faults.append(f"files stay open: {out['open_files']}")
    return out, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mbe")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--models", default="", help="a folder with three GGUF files")
    parser.add_argument("--report", default="", help="where the figures go, as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mbe-soak-") as folder:
        home = f"{folder}/home"
        Path(home).mkdir()
        key = prepared(options, home)
        served = Served(options.mbe, home)
        served.wait_s = 600  # models take their time where the machine is busy
        try:
            out, faults = soaked(served, key, options)
            print(json.dumps(out, indent=1), flush=True)  # whatever becomes of the end
            if options.report:
                Path(options.report).write_text(json.dumps(out, indent=1) + "\n")
        finally:
            code = served.stop()
        if code != 0 or not served.is_sound():
            faults.append(f"the server ended with {code}, or the memory is damaged")
    for fault in faults[:30]:
        print("FAULT", fault)
    print(f"{sum(out['requests'].values())} requests, {len(faults)} faults")
    return 0 if not faults else 1


if __name__ == "__main__":
    sys.exit(main())
