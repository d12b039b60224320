"""What the tests of this folder share: the tree, a folder that is gone afterwards, a plain
environment, and a server that was started as a person starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SKIPPED = 77


def plain_environment(**more: str) -> dict[str, str]:
    """Ours without what would choose another home, and in English."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("MBE_HOME", "MBE_DATA", "MBE_PASSPHRASE", "MBE_STARTED", "LANGUAGE")}
    return {**kept, "LC_ALL": "C.UTF-8", **more}


class FolderTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="mbe-install-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Server:
    """A process that serves until it is interrupted."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.said = ""
        self.address = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"http://\S+:\d+$", line.strip()):
                self.address = found.group()
            if "Ctrl-C stops it" in line:
                return
        self.process.wait()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a GET."""
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return answer.status, answer.read().decode()

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=120)
        self.said += rest
        return self.process.returncode

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def run(command: list[str], environment: dict[str, str], **more: object) -> (
        subprocess.CompletedProcess[str]):
    """Runs to its end; both streams as text."""
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False,
                          timeout=500, **more)  # type: ignore[call-overload]


def build_folder() -> Path:
    """The build that is tested: the only argument of each test program."""
    return Path(sys.argv[1]).resolve()


def skip(why: str) -> None:
    """Ends the program as CTest knows a skipped test."""
    print("skipped:", why)
    sys.exit(SKIPPED)


def main() -> None:
    """Runs the tests of the program that was started."""
    unittest.main(argv=sys.argv[:1], verbosity=2)
