#!/usr/bin/env python3
"""Nobody reaches another's memory through the real server, whatever they send.

    isolation.py MBE [--probes N] [--seed N]

A home with an origin, two members, a guest and an agent, and a canary text in each memory. Each
probe is one request: an operation of /openapi.json or a path of Echo's, by somebody, on their own,
another's or an absent memory and block, with what might widen a scope: names in headers and bodies,
a second chain, another's cookie. No answer may hold a canary that is not the caller's, another's
memory must answer as one that does not exist, and afterwards each memory holds its own alone. The
Unix socket is the owner's door: everything through it, and nobody else may open it.
"""
import argparse
import collections
import json
import os
import random
import socket
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote

from raw_http import Broken, Wire
from served import PASSWORD, Served, new_key, program

PEOPLE = {"mina": "origin", "jun": "member", "ara": "member", "sol": "guest", "bot": "agent"}
OWN = {"mina": "main", "jun": "person:jun", "ara": "person:ara", "sol": "person:sol"}
ABSENT = "person:nobody"
CANARY = "the canary of "
WIDENING = ({}, {"X-User": "mina"}, {"X-Forwarded-User": "mina"}, {"X-MBE-User": "mina"},
            {"X-Forwarded-For": "127.0.0.1"}, {"X-Original-URL": "/v1/list?chain=main"},
            {"X-HTTP-Method-Override": "GET"}, {"Cookie": "mbe_session=origin"},
            {"Accept-Language": "ko"}, {"Idempotency-Key": "shared-by-all"})
WORKERS = 4


def arguments(operation: dict, draw: random.Random, who: str) -> dict:
    """What would show or change something: required members, and some of the others."""
    known = {"text": f"a mark of {who}", "count": 1, "pairs": [["a", "b"]],
             "cue": draw.choice(["canary", "카나리아", "mina's canary"]),
             "input": "what of the canary?", "block_index": draw.choice([1, 2, 3, 10**6]),
             "blocks": [draw.choice([1, 2, 10**6])],
             "items": [{"id": f"i{draw.randrange(10**6)}", "text": f"a mark of {who}"}],
             "conversation": "default", "speaker": draw.choice([who, "mina"]),
             "utterance": "canary", "path": draw.choice(["/memories", "/memories/canary.md"]),
             "command": draw.choice(["create", "delete"]), "file_text": f"a mark of {who}",
             "question": draw.choice(["what is mina's canary?", "너는 무엇을 기억해?"])}
    schema = operation["schema"]
    out = {name: known[name] for name in schema.get("required", []) if name in known}
    for name in schema.get("properties", {}):
        if name in known and draw.random() < 0.3:
            out[name] = known[name]
    if draw.random() < 0.1:
        out[draw.choice(["chain", "user_id", "user", "owner", "account"])] = "mina"
    return out


class Probes:
    def __init__(self, served: Served, keys: dict[str, str], operations: list[dict]):
        self.served, self.keys, self.operations = served, keys, operations
        self.faults: list[str] = []
        self.counts: collections.Counter = collections.Counter()
        self.lock = threading.Lock()

    def run(self, count: int, seed: int) -> None:
        draw = random.Random(seed)
        with Wire(self.served.port) as wire:
            for _ in range(count):
                try:
                    self.probe(wire, draw)
                except (OSError, Broken) as error:
                    with self.lock:
                        self.faults.append(f"no answer: {error!r}")
                    return

    def probe(self, wire: Wire, draw: random.Random) -> None:
        who = draw.choice(["jun", "ara", "sol", "bot", "shared", "expired", "revoked", ""])
        operation = draw.choice(self.operations)
        target = draw.choice(["own", "main", "person:jun", "person:ara", "person:sol", "home:audit",
                              ABSENT, "twice"])
        path = operation["path"]
        if target == "twice":
            path += f"?chain={quote(OWN.get(who, 'main'))}&chain=main"
        elif target != "own":
            path += f"?chain={quote(target)}"
        headers = dict(draw.choice(WIDENING))
        if who:
            headers["Authorization"] = f"Bearer {self.keys[who]}"
        given = arguments(operation, draw, who)
        content = b"" if operation["method"] == "GET" else json.dumps(given).encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        wire.send(f"{operation['method']} {path} HTTP/1.1\r\nHost: localhost\r\n{head}"
                  f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        answer = wire.answer()
        if answer is None:
            raise Broken("the connection was closed")
        body = answer.body.decode()
        chain = {"own": OWN.get(who, "main"), "twice": "main"}.get(target, target)
        fault = self.judged(who, operation, chain, answer.status, body)
        with self.lock:
            self.counts[answer.status] += 1
            if fault:
                self.faults.append(f"{who} {operation['method']} {path} {given} {headers.keys()}: "
                                   f"{fault}; {answer.status} {body[:300]}")

    @staticmethod
    def judged(who: str, operation: dict, chain: str, status: int, body: str) -> str:
        if status >= 500 and status != 503:
            return "a failure"
        for name in PEOPLE:
            if CANARY + name in body and name != who:
                return f"it tells of {name}"
        is_open = operation["path"] in ("/healthz", "/readyz", "/openapi.json", "/api/session")
        if who in ("", "expired", "revoked"):
            return "" if status in (401, 403, 404) or is_open else "a stranger was let in"
        if operation["path"].startswith("/v1/") and chain != OWN.get(who):
            return "" if status == 403 else "another's memory does not refuse"
        return ""


def operations_of(served: Served) -> list[dict]:
    described = json.loads(served.ask("GET", "/openapi.json")[2])
    out = []
    for path, methods in described["paths"].items():
        for method, about in methods.items():
            if path in ("/login", "/logout", "/first_run", "/reset", "/api/boot/events"):
                continue
            content = about.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            out.append({"path": path, "method": method.upper(), "schema": schema})
    assert len(out) > 30, "the description has lost its operations"
    return out


def same_words(served: Served, keys: dict[str, str], operations: list[dict]) -> list[str]:
    """Another's memory and one that does not exist are refused in the same words."""
    faults = []
    for operation in operations:
        if not operation["path"].startswith("/v1/"):
            continue
        said = {}
        for chain in ("main", "person:ara", ABSENT):
            status, _, body = served.ask("POST", f"{operation['path']}?chain={chain}", {},
                                         key=keys["jun"])
            said[chain] = (status, body.decode().replace(chain, "THIS"))
        if len(set(said.values())) != 1:
            faults.append(f"{operation['path']} tells whether a memory exists: {said}")
    return faults


def socket_is_the_owners(served: Served) -> list[str]:
    path = Path(served.home, "socket")
    mode = path.stat().st_mode & 0o777
    faults = [] if mode == 0o600 else [f"the socket has mode {mode:o}"]
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(str(path))
    wire.sendall(b"POST /v1/list?chain=person:jun HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                 b"Connection: close\r\n\r\n{}")
    text = b""
    while part := wire.recv(65_536):
        text += part
    if b"a mark of jun" not in text:
        faults.append(f"the owner cannot read through the socket: {text[:300]!r}")
    if os.geteuid() == 0 and opened_by_another(str(path)):
        faults.append("another user of the machine can open the socket")
    return faults


def opened_by_another(path: str) -> bool:
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65_534)
        os.setuid(65_534)
        try:
            socket.socket(socket.AF_UNIX).connect(path)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def people_of(options: argparse.Namespace, home: str) -> dict[str, str]:
    keys = {}
    for name, role in PEOPLE.items():
        program(options.mbe, home, "people", "add", name, "--role", role, text=PASSWORD + "\n")
        keys[name] = new_key(options.mbe, home, name, "--rights", "read,write,erase")
    # A key of the origin's that is for one memory alone reaches no other.
    keys["shared"] = new_key(options.mbe, home, "mina", "--for-chain", "shared")
    keys["expired"] = new_key(options.mbe, home, "mina", "--days", "1")
    with sqlite3.connect(f"{home}/people.sqlite") as people:
        people.execute("UPDATE api_key SET expires = 1 WHERE id = ?", (keys["expired"][:12],))
    people.close()
    keys["revoked"] = new_key(options.mbe, home, "mina")
    program(options.mbe, home, "people", "key", "revoke", keys["revoked"][:12])
    return keys


def afterwards(options: argparse.Namespace, home: str) -> list[str]:
    """Each memory holds its canary and marks of its owner alone."""
    faults = []
    for name, chain in OWN.items():
        text = program(options.mbe, home, "--chain", chain, "export", "--format", "block_memory")
        contexts = [json.loads(line).get("context") or "" for line in text.splitlines()]
        for other in (*PEOPLE, "shared"):
            if other == name:
                continue
            if any(f"a mark of {other}" in one or CANARY + other in one for one in contexts):
                faults.append(f"{chain} holds what is {other}'s")
        if name == "mina" and contexts.count(CANARY + name) != 1:
            faults.append(f"the canary of {name} is there {contexts.count(CANARY + name)} times")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mbe")
    parser.add_argument("--probes", type=int, default=int(os.environ.get("MBE_PROBES", "20000")))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"repeat: {' '.join(sys.argv)} --seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="mbe-isolation-") as folder:
        os.chmod(folder, 0o755)  # the home itself keeps others out
        home = f"{folder}/home"
        keys = people_of(options, home)
        served = Served(options.mbe, home, "threads = 8\n")
        try:
            for name in OWN:
                status, _, body = served.ask("POST", "/v1/remember", {"text": CANARY + name},
                                             key=keys[name])
                assert status == 200, body
            operations = operations_of(served)
            probes = Probes(served, keys, operations)
            share = options.probes // WORKERS
            workers = [threading.Thread(target=probes.run, args=(share, options.seed * 100 + i))
                       for i in range(WORKERS)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            faults = probes.faults + same_words(served, keys, operations)
            faults += socket_is_the_owners(served)
        finally:
            code = served.stop()
        faults += afterwards(options, home)
        if code != 0 or not served.is_sound():
            faults.append(f"the server ended with {code}, or the memory is damaged")
    for fault in faults[:40]:
        print("FAULT", fault)
    print(f"{sum(probes.counts.values())} probes of {len(operations)} operations, "
          f"{dict(sorted(probes.counts.items()))}; {len(faults)} faults")
    return 0 if not faults else 1


if __name__ == "__main__":
    sys.exit(main())
