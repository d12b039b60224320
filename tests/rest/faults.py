#!/usr/bin/env python3
"""The real server killed and stopped while many clients write: what was acknowledged is there.

    faults.py MBE [--rounds N] [--clients N] [--seed N]

Each round serves the home, lets the clients remember over keep-alive connections, and ends the
server at a chance moment: by SIGKILL, in the last round by SIGTERM, after which it must have
answered all it took and ended with 0. Then the log must hold every acknowledged block.
"""
import argparse
import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time


class Served:
    """A server on a home, and the key of its origin."""

    def __init__(self, mbe: str, home: str, key: str = ""):
        begin = time.monotonic()
        self.process = subprocess.Popen([mbe, "--home", home, "serve", "--port", "0", "--json",
                                         "--log", "none"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        self.started_ms = round((time.monotonic() - begin) * 1000)
        self.key = key

    def post(self, connection: http.client.HTTPConnection, operation: str, arguments: dict):
        """Status and body; an exception where the server has gone."""
        connection.request("POST", f"/v1/{operation}", json.dumps(arguments),
                           {"Authorization": f"Bearer {self.key}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


class Client(threading.Thread):
    """Remembers one text after another until the server goes; notes what was acknowledged."""

    def __init__(self, served: Served, name: str):
        super().__init__()
        self.served, self.name_of = served, name
        self.acknowledged = {}
        self.wrong = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("localhost", self.served.port, timeout=30)
        for step in range(1_000_000):
            text = f"{self.name_of} says number {step}"
            try:
                status, body = self.served.post(connection, "remember", {"text": text})
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                return
            if status != 200:
                self.wrong.append((status, body))
                return
            self.acknowledged[body["block_index"]] = text


def program(mbe: str, home: str, *words: str, text: str = "") -> str:
    return subprocess.run([mbe, "--home", home, *words], input=text, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def in_log(mbe: str, home: str) -> dict:
    lines = program(mbe, home, "export", "--format", "block_memory").splitlines()
    return {block["block_index"]: block["context"] for block in map(json.loads, lines)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mbe")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    draw = random.Random(options.seed)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="mbe-rest-") as folder:
        home = f"{folder}/home"
        program(options.mbe, home, "people", "add", "mina", "--role", "origin",
                text="twelve characters\n")
        key = json.loads(program(options.mbe, home, "people", "key", "create", "mina",
                                 "--json"))["key"]
        promised = {}
        for number in range(options.rounds):
            stops = number + 1 == options.rounds
            served = Served(options.mbe, home, key)
            clients = [Client(served, f"client {number}-{i}") for i in range(options.clients)]
            for client in clients:
                client.start()
            time.sleep(draw.uniform(0.05, 0.8))
            served.process.send_signal(signal.SIGTERM if stops else signal.SIGKILL)
            code = served.process.wait(timeout=60)
            for client in clients:
                client.join()
                promised |= client.acknowledged
                assert not client.wrong, client.wrong
            assert code == (0 if stops else -signal.SIGKILL), code
            there = in_log(options.mbe, home)
            lost = {index: text for index, text in promised.items() if there.get(index) != text}
            assert not lost, f"{len(lost)} acknowledged blocks are gone: {list(lost.items())[:3]}"
            print(f"{'stopped' if stops else 'killed'}: first answer {served.started_ms} ms after "
                  f"start; {len(promised)} acknowledged, {len(there)} there")
        assert json.loads(program(options.mbe, home, "verify", "--json"))["ok"]
    return 0


if __name__ == "__main__":
    sys.exit(main())
