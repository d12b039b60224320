#!/usr/bin/env python3
"""Runs a file of this folder with the interpreter that has the official clients, which
tools/setup --tests installs.

    proxy_test.py PYTHON FILE MBE
"""
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def main() -> int:
    python, file, mbe = sys.argv[1:]
    if not Path(python).exists():
        print("SKIPPED: the clients are not installed; run tools/setup --tests")
        return SKIPPED
    program = Path(__file__).with_name(file)
    return subprocess.run([python, "-B", program, mbe], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
