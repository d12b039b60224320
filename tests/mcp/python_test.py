#!/usr/bin/env python3
"""Runs python_clients.py with the interpreter that has the client; tools/setup --tests installs it.

    python_test.py PYTHON MBE
"""
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def main() -> int:
    python, mbe = sys.argv[1:]
    if not Path(python).exists():
        print("SKIPPED: the MCP client is not installed; run tools/setup --tests")
        return SKIPPED
    clients = Path(__file__).with_name("python_clients.py")
    return subprocess.run([python, "-B", clients, mbe], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
