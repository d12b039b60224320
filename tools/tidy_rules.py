"""The house rules of ARCHITECTURE.md, checked over every tracked or new file of the tree.

Each rule is a function that takes the tree and yields complaints "file:line: what".
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cpp_scan

LINE_COLUMNS_MAX = 100
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
ROOT_CMAKE_LINES_MAX = 120
CODE = {".cpp", ".h", ".hpp", ".py", ".sh", ".cmake", ".ts", ".svelte"}
CPP = {".cpp", ".h", ".hpp"}
TEST_CODE = ("_test.cpp", "_fuzz.cpp", "_contract.h", "oracle.h")
BUILT = ("src/", "app/", "tests/", "bench/", "examples/")


@dataclass
class Tree:
    """The files that belong to the project, and the build folder if one is checked too."""

    root: Path
    build: Path | None = None

    @cached_property
    def files(self) -> list[str]:
        """Tracked files and new ones that git does not ignore, as paths below the root."""
        listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=self.root,
                                 check=True, capture_output=True, text=True)
        names = set(listing.stdout.splitlines())
        return sorted(name for name in names if (self.root / name).is_file())

    @cached_property
    def texts(self) -> dict[str, str]:
        """The code files with their text."""
        return {name: (self.root / name).read_text(encoding="utf-8") for name in self.files
                if self.is_code(name)}

    def is_code(self, name: str) -> bool:
        """By its ending, or a script without one by its first line."""
        if Path(name).suffix in CODE or Path(name).name == "CMakeLists.txt":
            return True
        if Path(name).suffix or name.startswith("data/"):
            return False
        return (self.root / name).read_bytes().startswith(b"#!")

    def cpp(self) -> Iterator[tuple[str, str]]:
        """Name and text of each C++ file."""
        return ((name, text) for name, text in self.texts.items() if Path(name).suffix in CPP)


def long_lines(tree: Tree) -> Iterator[str]:
    """No line of code over 100 columns."""
    for name, text in tree.texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > LINE_COLUMNS_MAX:
                yield f"{name}:{number}: {len(line)} columns, at most {LINE_COLUMNS_MAX}"


def long_files(tree: Tree) -> Iterator[str]:
    """No file of code over 400 lines; the root CMake file at most 120."""
    for name, text in tree.texts.items():
        limit = ROOT_CMAKE_LINES_MAX if name == "CMakeLists.txt" else FILE_LINES_MAX
        count = text.count("\n")
        if count > limit:
            yield f"{name}: {count} lines, at most {limit}"


def long_functions(tree: Tree) -> Iterator[str]:
    """No function over 60 lines, C++ or Python."""
    for name, text in tree.cpp():
        for block in cpp_scan.functions(text):
            count = block.last_line - block.first_line + 1
            if count > FUNCTION_LINES_MAX:
                yield f"{name}:{block.first_line}: a function of {count} lines, at most 60"
    for name, text in tree.texts.items():
        if Path(name).suffix != ".py":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                count = node.end_lineno - node.lineno + 1
                if count > FUNCTION_LINES_MAX:
                    yield f"{name}:{node.lineno}: a function of {count} lines, at most 60"


def open_ends(tree: Tree) -> Iterator[str]:
    """No unfinished work without the number of its issue."""
    pattern = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b(?!.*#\d)")
    for name, text in tree.texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            if pattern.search(line):
                yield f"{name}:{number}: unfinished work without an issue number"


def head_comments(tree: Tree) -> Iterator[str]:
    """Every header starts with a comment: what it is, its invariant, who may call it."""
    for name, text in tree.cpp():
        if name.endswith(".h") and not text.startswith("//"):
            yield f"{name}:1: no head comment"


def documented(tree: Tree) -> Iterator[str]:
    """Every public function of a header is explained."""
    for name, text in tree.cpp():
        if name.endswith(".h") and name.startswith(("src/", "include/")):
            for number, line in cpp_scan.undocumented(text):
                yield f"{name}:{number}: not documented: {line}"


def translated(tree: Tree) -> Iterator[str]:
    """Every message of a failure has its Korean row."""
    table = tree.root / "data/messages/ko.tsv"
    rows = set()
    if table.is_file():
        rows = {line.split("\t")[0] for line in table.read_text(encoding="utf-8").splitlines()}
    for name, text in tree.cpp():
        if name.startswith(("src/", "app/")) and not name.endswith(TEST_CODE):
            for number, literal in cpp_scan.failure_literals(text):
                if literal.replace('\\"', '"') not in rows:
                    yield f'{name}:{number}: no row in data/messages/ko.tsv: "{literal}"'


def one_definition(tree: Tree) -> Iterator[str]:
    """No two types of one name in a program: the linker would mix their functions in silence."""
    seen: dict[str, str] = {}
    for name, text in tree.cpp():
        if name.startswith(("src/", "include/", "app/")):
            for number, full_name in cpp_scan.types(text):
                place = f"{name}:{number}"
                other = seen.setdefault(full_name, place)
                if other.split(":")[0] != name:
                    yield f"{place}: {full_name} is also defined at {other}"


def built(tree: Tree) -> Iterator[str]:
    """Every source is built; a test that is built is registered, see cmake/targets.cmake."""
    if tree.build is None:
        return
    commands = json.loads((tree.build / "compile_commands.json").read_text(encoding="utf-8"))
    compiled = {str(Path(entry["file"]).resolve()) for entry in commands}
    cache = tree.build / "CMakeCache.txt"
    without_bench = cache.is_file() and "MBE_BENCH:BOOL=OFF" in cache.read_text(encoding="utf-8")
    folders = tuple(name for name in BUILT if name != "bench/" or not without_bench)
    for name, _ in tree.cpp():
        if name.endswith(".cpp") and not name.endswith("_fuzz.cpp") and name.startswith(folders):
            if str((tree.root / name).resolve()) not in compiled:
                yield f"{name}: not built"


RULES: list[Callable[[Tree], Iterator[str]]] = [
    long_lines, long_files, long_functions, open_ends, head_comments, documented, translated,
    one_definition, built]


def main() -> int:
    """Prints every complaint; 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, help="build folder: also check that all is built")
    parser.add_argument("--rule", help="only this rule", choices=[r.__name__ for r in RULES])
    arguments = parser.parse_args()
    tree = Tree(Path(__file__).resolve().parent.parent, arguments.build)
    complaints = 0
    for rule in RULES:
        if arguments.rule in (None, rule.__name__):
            for complaint in rule(tree):
                print(f"{complaint}  [{rule.__name__}]")
                complaints += 1
    print(f"tidy: {len(tree.texts)} files, {complaints} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
