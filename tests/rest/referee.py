#!/usr/bin/env python3
"""The real server under requests that schemathesis generates from its own OpenAPI description:
none may end in a 5xx, break the described schema or be taken though the schema forbids it; and
the memory must be sound afterwards.

    referee.py MBE [--examples N] [--seed N]    N: generated requests an operation, at most
"""
import argparse
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = 77
# Schemas tell no dates, no bytes and no block that must exist: what they allow may be refused.
LEFT_OUT = "positive_data_acceptance"
CONFIG = """\
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "422", "431"]
"""


def referees() -> Path:
    """The interpreter that has schemathesis; tools/setup --tests installs it."""
    listed = (ROOT / "tools/requirements/referees.txt").read_bytes()
    cache = Path(os.environ.get("MBE_CACHE") or
                 Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")
    return cache / f"referees-{hashlib.sha256(listed).hexdigest()[:12]}" / "bin/python"


def program(mbe: str, home: str, *words: str, text: str = "") -> str:
    return subprocess.run([mbe, "--home", home, *words], input=text, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def post(port: int, key: str, operation: str, arguments: dict) -> dict:
    request = urllib.request.Request(
        f"http://localhost:{port}/v1/{operation}", json.dumps(arguments).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def generated(mbe: str, home: str, port: int, options: argparse.Namespace) -> bool:
    program(mbe, home, "people", "add", "mina", "--role", "origin", text="twelve characters\n")
    made = program(mbe, home, "people", "key", "create", "mina", "--rights",
                   "read,write,erase,administer", "--json")
    key = json.loads(made)["key"]
    for i in range(20):
        post(port, key, "remember", {"text": f"오늘은 강가를 {i} km 걸었다", "session": "walks"})
    Path(home, "schemathesis.toml").write_text(CONFIG)
    run = subprocess.run(
        [referees(), "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run",
         f"http://localhost:{port}/openapi.json", "-H", f"Authorization: Bearer {key}",
         "--exclude-checks", LEFT_OUT, "--max-examples", str(options.examples), "--seed",
         str(options.seed), "--workers", "2", "--no-color"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        cwd=home, env={**os.environ, "COLUMNS": "120"})
    cases = re.search(r"(\d[\d,]*) generated", run.stdout)
    print(f"{cases[1] if cases else 'no'} requests, seed {options.seed}")
    if run.returncode != 0:
        print("\n".join(line[:400] for line in run.stdout.splitlines()[-120:]))
    return run.returncode == 0 and cases is not None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mbe")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not referees().exists():
        print("SKIPPED: schemathesis is not installed; run tools/setup --tests")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="mbe-rest-") as folder:
        home = f"{folder}/home"
        server = subprocess.Popen([options.mbe, "--home", home, "serve", "--port", "0", "--json",
                                         "--log", "none"],
                                  stdout=subprocess.PIPE, text=True)
        try:
            port = json.loads(server.stdout.readline())["port"]
            sound = generated(options.mbe, home, port, options)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=60)
        verified = json.loads(program(options.mbe, home, "verify", "--json"))["ok"]
        print(f"server ended with {code}; memory {'sound' if verified else 'damaged'}")
        return 0 if sound and code == 0 and verified else 1


if __name__ == "__main__":
    sys.exit(main())
