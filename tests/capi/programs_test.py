"""What libmbe.so shows to a linker, and the examples in C and C#, run as programs.

programs_test.py BUILD LIBMBE EXAMPLE
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD, LIBRARY, EXAMPLE = (Path(argument) for argument in sys.argv[1:4])
CACHE = os.environ.get("MBE_CACHE") or Path(
    os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe"
SANITIZED = "MBE_SANITIZE:STRING=\n" not in (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")


def run(*command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a program with the library at hand."""
    environment = {**os.environ, "LD_LIBRARY_PATH": str(LIBRARY.parent), "LC_ALL": "C.UTF-8"}
    return subprocess.run([str(part) for part in command], env={**environment, **more},
                          capture_output=True, text=True, timeout=240, check=False)


class Programs(unittest.TestCase):
    """Each with a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="mbe-capi-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_library_shows_the_interface_and_nothing_else(self) -> None:
        listing = run("nm", "-D", "--defined-only", LIBRARY)
        shown = {line.split()[-1].split("@")[0] for line in listing.stdout.splitlines()}
        header = (SOURCE / "include/mbe.h").read_text(encoding="utf-8")
        declared = {word.split("(")[0].lstrip("*") for line in header.splitlines()
                    if line.startswith("MBE_API") for word in line.split() if "(" in word}
        self.assertIn("mbe_recall", declared)
        self.assertEqual(shown, declared)

    def test_header_is_plain_c99_and_cpp(self) -> None:
        for compiler, kind, standard in (("cc", "c", "c99"), ("c++", "c++", "c++98")):
            done = run(compiler, "-x", kind, f"-std={standard}", "-Wall", "-Wextra", "-pedantic",
                       "-Wno-long-long", "-Werror", "-fsyntax-only", SOURCE / "include/mbe.h")
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_example_in_c(self) -> None:
        done = run(EXAMPLE, self.folder / "home")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("프로젝트가 망했다", done.stdout)
        self.assertIn("walnuts", done.stdout)
        self.assertIn('"ok":true', done.stdout)

    def test_library_finds_its_data_wherever_it_is_loaded_from(self) -> None:
        done = subprocess.run(
            [EXAMPLE.resolve(), self.folder / "home"], cwd=LIBRARY.resolve().parent.parent,
            env={"LD_LIBRARY_PATH": LIBRARY.resolve().parent.name, "HOME": str(self.folder),
                 "MBE_CACHE": str(CACHE)}, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_example_in_c_says_why_it_cannot(self) -> None:
        done = run(EXAMPLE, "/proc/version/home")
        self.assertEqual(done.returncode, 1)
        self.assertIn("next_step", done.stderr)
        self.assertEqual(run(EXAMPLE).returncode, 2)

    @unittest.skipIf(SANITIZED, "Mono cannot load an instrumented library")
    def test_example_in_c_sharp(self) -> None:
        if shutil.which("mcs") is None or shutil.which("mono") is None:
            self.skipTest("no C# compiler: apt install mono-mcs mono-runtime")
        program = self.folder / "Remember.exe"
        made = run("mcs", "-langversion:5", "-warnaserror", f"-out:{program}",
                   SOURCE / "examples/csharp/Remember.cs")
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        done = run("mono", program, self.folder / "home")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("프로젝트가 망했다", done.stdout)
        self.assertIn("refused with code 2", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
