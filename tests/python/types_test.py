"""mypy --strict accepts the package, its stub and the examples, and refuses a wrong call."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import memory_engine
from packaged import REAL_CACHE, SOURCE, HomeTest, main


def checker() -> Path:
    """The Python that has mypy."""
    wanted = (SOURCE / "tools/requirements/bindings.txt").read_bytes()
    return REAL_CACHE / f"bindings-{hashlib.sha256(wanted).hexdigest()[:12]}" / "bin/python"


class Types(HomeTest):
    """What a type checker sees of the installed package."""

    def check(self, *files: Path | str) -> subprocess.CompletedProcess[str]:
        """mypy --strict."""
        if not checker().exists():
            self.skipTest(f"mypy is not in {REAL_CACHE}; tools/setup --tests")
        return self.run_python(
            "-m", "mypy", "--strict", "--python-executable", sys.executable, "--cache-dir",
            self.folder / "mypy", *files, python=checker())

    def test_package_and_examples_are_typed(self) -> None:
        package = Path(memory_engine.__file__).parent
        self.assertTrue((package / "py.typed").exists())
        self.assertIn("class Door", (package / "_engine.pyi").read_text(encoding="utf-8"))
        examples = [file for file in sorted((SOURCE / "examples/python").glob("*.py"))
                    if "retriever" not in file.name]
        done = self.check("-p", "memory_engine")
        self.assertEqual(done.returncode, 0, done.stdout)
        for example in examples:
            done = self.check(example)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_wrong_calls_are_seen(self) -> None:
        wrong = self.folder / "wrong.py"
        wrong.write_text("from memory_engine import Memory\n"
                         "Memory().recall(3)\n"
                         "Memory().recall('x', top_k='many')\n"
                         "Memory().show(1)['colour']\n"
                         "Memory().recall('x', arms=['smell'])\n", encoding="utf-8")
        done = self.check(wrong)
        for line in (2, 3, 4, 5):
            self.assertIn(f"wrong.py:{line}: error", done.stdout)


if __name__ == "__main__":

    main()
