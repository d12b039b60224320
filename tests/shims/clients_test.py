#!/usr/bin/env python3
"""Runs a programme of this folder with the interpreter that has the official clients; tools/setup
--tests installs it.

    clients_test.py PYTHON PROGRAMME MBE
"""
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def main() -> int:
    python, programme, mbe = sys.argv[1:]
    if not Path(python).exists():
        print("SKIPPED: the clients are not installed; run tools/setup --tests")
        return SKIPPED
    programme = str(Path(__file__).with_name(programme))
    return subprocess.run([python, "-B", programme, mbe], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
