#!/usr/bin/env python3
"""Runs a test with the Python that has the providers' clients; tools/setup --tests installs it.

    providers_test.py PYTHON SCRIPT [MBE]
"""
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def main() -> int:
    python, script, *more = sys.argv[1:]
    if not Path(python).exists():
        print("SKIPPED: the providers' clients are not installed; run tools/setup --tests")
        return SKIPPED
    program = Path(__file__).with_name(script)
    return subprocess.run([python, "-B", program, *more], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
