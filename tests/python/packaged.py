"""What the tests of this folder share: a home of its own, and no model unless a test brings one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from memory_engine import Memory

SOURCE = Path(__file__).resolve().parents[2]
OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
PROGRAM = Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
SKIPPED = 77
REAL_CACHE = Path(os.environ.get("MBE_CACHE") or
                  Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")


class HomeTest(unittest.TestCase):
    """A test with a home in a folder that is gone afterwards, in English, without a model."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="mbe-python-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.home = self.folder / "home"
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        for name in ("MBE_DATA", "MBE_PASSPHRASE"):
            os.environ.pop(name, None)
        os.environ.update(MBE_HOME=str(self.home), MBE_CACHE=str(self.folder / "cache"),
                          LC_ALL="C.UTF-8")

    def open(self, **options: object) -> Memory:
        """A memory that is closed when the test ends."""
        memory = Memory(self.home, **options)  # type: ignore[arg-type]
        self.addCleanup(memory.close)
        return memory

    def run_python(self, *arguments: str | Path,
                   python: str | Path = sys.executable) -> subprocess.CompletedProcess[str]:
        """A program of its own in this environment."""
        return subprocess.run([str(python), "-B", *(str(one) for one in arguments)],
                              capture_output=True, text=True, timeout=240, check=False)


def main() -> None:
    """Runs the tests of the calling file."""
    unittest.main(module="__main__", argv=sys.argv[:1])
