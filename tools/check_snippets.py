"""Every example in a document equals a piece of a program that the tests build or run.

In the document, a comment right above the fenced block names the source:
    <!-- snippet: examples/first.cpp#remember -->
In the source, the piece stands between the lines `// [remember]` and `// [/remember]` (`#` in
Python). Common indentation is taken away. Without #name the whole file is meant.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

BLOCK = re.compile(
    r"(?:<!-- snippet: (\S+?)(?:#(\w+))? -->\n)?```(cpp|c|python)\n(.*?)```", re.DOTALL)
DOCUMENTS = ("README*.md", "docs/guide/*.md")


def piece(source: str, name: str | None) -> str | None:
    """The named piece of a source, or all of it."""
    if name is None:
        return source
    match = re.search(rf"^[ \t]*(?://|#) \[{name}\]\n(.*?)^[ \t]*(?://|#) \[/{name}\]$", source,
                      re.DOTALL | re.MULTILINE)
    return textwrap.dedent(match.group(1)) if match else None


def complaints(document: str, name: str, root: Path) -> list[str]:
    """Examples of one document that have no source or differ from it."""
    found = []
    for match in BLOCK.finditer(document):
        path, part, _, code = match.groups()
        line = document.count("\n", 0, match.start()) + 1
        if path is None:
            found.append(f"{name}:{line}: an example without a source")
        elif not (root / path).is_file():
            found.append(f"{name}:{line}: {path} does not exist")
        elif piece((root / path).read_text(encoding="utf-8"), part) != code:
            found.append(f"{name}:{line}: differs from {path}" + (f"#{part}" if part else ""))
    return found


def main() -> int:
    """Checks the documents of the tree this file belongs to."""
    root = Path(__file__).resolve().parent.parent
    documents = sorted(path for pattern in DOCUMENTS for path in root.glob(pattern))
    found = []
    for path in documents:
        text = path.read_text(encoding="utf-8")
        found += complaints(text, path.relative_to(root).as_posix(), root)
    print("\n".join([*found, f"snippets: {len(documents)} documents, {len(found)} complaints"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
