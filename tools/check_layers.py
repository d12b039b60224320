"""Who may include whom: src/LAYERS gives each folder a rank, and only lower ranks are included.

A file of src/<folder> may include "<folder>/…" of its own folder and of folders of a lower rank.
Every folder with sources must be listed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def read_ranks(text: str) -> dict[str, int]:
    """Folder → rank."""
    ranks = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            rank, folder = line.split()
            ranks[folder] = int(rank)
    return ranks


def folder_of(path: str, ranks: dict[str, int]) -> str | None:
    """The longest listed folder that holds a file."""
    parts = Path(path).parts[:-1]
    for length in range(len(parts), 0, -1):
        folder = "/".join(parts[:length])
        if folder in ranks:
            return folder
    return None


def complaints(sources: dict[str, str], ranks: dict[str, int]) -> list[str]:
    """sources: path below src → text. What breaks the order, and folders that have no rank."""
    found = []
    for path, text in sorted(sources.items()):
        own = folder_of(path, ranks)
        if own is None:
            found.append(f"src/{path}: its folder is not in src/LAYERS")
            continue
        for target in INCLUDE.findall(text):
            other = folder_of(target, ranks)
            if other is not None and other != own and ranks[other] >= ranks[own]:
                found.append(f"src/{path}: {own} (rank {ranks[own]}) includes {target} "
                             f"(rank {ranks[other]})")
    return found


def main() -> int:
    """Checks the tree this file belongs to."""
    source = Path(__file__).resolve().parent.parent / "src"
    ranks = read_ranks((source / "LAYERS").read_text(encoding="utf-8"))
    sources = {path.relative_to(source).as_posix(): path.read_text(encoding="utf-8")
               for pattern in ("*.h", "*.cpp") for path in source.rglob(pattern)}
    found = complaints(sources, ranks)
    print("\n".join([*found, f"layers: {len(sources)} files, {len(found)} complaints"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
