"""Makes the wheel and an environment with nothing but it, as a person would: environment.py OUT

Tests run in that environment's Python: OUT/venv/bin/python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SKIPPED = 77


def main() -> int:
    """77 where what builds a wheel was not set up."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    cache = Path(os.environ.get("MBE_CACHE") or
                 Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")
    if not any(cache.glob("bindings-*/bin/python")):
        print(f"SKIPPED: what builds the wheel is not in {cache}; tools/setup --tests")
        return SKIPPED
    subprocess.run(["bash", SOURCE / "tools/wheel", "--native", out], check=True)
    venv = out / "venv"
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    wheel = next(out.glob("memory_engine-*.whl"))
    subprocess.run([venv / "bin/python", "-m", "pip", "install", "--no-index",
                    "--disable-pip-version-check", wheel], check=True)
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
