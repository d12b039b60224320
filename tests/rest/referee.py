#!/usr/bin/env python3
"""The real server under requests that schemathesis generates from its own OpenAPI description:
none may end in a 5xx, break the described schema or be taken though the schema forbids it; and
the memory must be sound afterwards.

    referee.py MBE [--examples N] [--rounds N] [--seed N]

N examples: generated requests an operation and a round, at most; some 6,000 for 25.
"""
import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from served import PASSWORD, Served, new_key, program

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = 77
# Schemas tell no dates, no bytes and no block that must exist: what they allow may be refused.
LEFT_OUT = "positive_data_acceptance"
# While Echo wakes again, asking is refused with 503, which counts as a failure of the server.
WAKES = "/api/evolve"
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


def prepared(mbe: str, home: str, served: Served) -> str:
    """The origin's key of a home with some memories."""
    key = new_key(mbe, home, "mina", "--rights", "read,write,erase,administer")
    for i in range(20):
        status, _, body = served.ask("POST", "/v1/remember",
                                     {"text": f"오늘은 강가를 {i} km 걸었다", "session": "walks"},
                                     key=key)
        assert status == 200, body
    Path(home, "schemathesis.toml").write_text(CONFIG)
    return key


def generated(home: str, port: int, key: str, examples: int, seed: int) -> tuple[bool, int]:
    """Whether one round found nothing, and how many requests it was."""
    # One worker: CPython 3.11 parses the referee's own sources in several threads at once wrongly.
    run = subprocess.run(
        [referees(), "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run",
         f"http://localhost:{port}/openapi.json", "-H", f"Authorization: Bearer {key}",
         "--exclude-path", WAKES, "--exclude-checks", LEFT_OUT, "--max-examples", str(examples),
         "--seed", str(seed), "--workers", "1", "--no-color"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        cwd=home, env={**os.environ, "COLUMNS": "120"})
    cases = re.search(r"(\d[\d,]*) generated", run.stdout)
    count = int(cases[1].replace(",", "")) if cases else 0
    print(f"{count} requests, seed {seed}", flush=True)
    if run.returncode != 0:
        print("\n".join(line[:400] for line in run.stdout.splitlines()[-120:]), flush=True)
    return run.returncode == 0 and count > 0, count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mbe")
    parser.add_argument("--examples", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=1, help="each with the next seed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not referees().exists():
        print("SKIPPED: schemathesis is not installed; run tools/setup --tests")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="mbe-rest-") as folder:
        home = f"{folder}/home"
        program(options.mbe, home, "people", "add", "mina", "--role", "origin",
                text=PASSWORD + "\n")
        served = Served(options.mbe, home, options=("--log", "none"))
        try:
            key = prepared(options.mbe, home, served)
            rounds = [generated(home, served.port, key, options.examples, options.seed + number)
                      for number in range(options.rounds)]
        finally:
            code = served.stop()
        verified = served.is_sound()
    failed = sum(not sound for sound, _ in rounds)
    print(f"{sum(count for _, count in rounds)} requests in {len(rounds)} rounds, {failed} of them "
          f"with a fault; server ended with {code}; memory {'sound' if verified else 'damaged'}")
    return 0 if failed == 0 and code == 0 and verified else 1


if __name__ == "__main__":
    sys.exit(main())
