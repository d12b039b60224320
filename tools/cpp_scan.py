"""A light reading of C++ for the house rules: no parser, just comments, braces and literals.

Good enough because the tree is formatted by clang-format: what it cannot tell apart it lets pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])'", re.DOTALL)
_CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_TYPE = re.compile(r"(?:struct|class|enum class|enum|union) (?!class\b)(\w+)\b(?!::)[^;]*$")
_FAIL = re.compile(r"\bfail\(\s*(?:ErrorCode::\w+|\w+)\s*,\s*((?:\"(?:\\.|[^\"\\\n])*\"\s*)+)")
_LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')


@dataclass
class Block:
    """What stands between two braces."""

    header: str
    first_line: int
    last_line: int
    kind: str  # "function", "container" or "other"
    in_container: bool


def blank(text: str, keep_literals: bool = False) -> str:
    """The text with comments and literals as spaces; lines and columns stay where they are."""

    def cover(match: re.Match[str]) -> str:
        token = match.group(0)
        if keep_literals and not token.startswith("/"):
            return token
        return re.sub(r"[^\n]", " ", token)

    return _TOKEN.sub(cover, text)


def _header(text: str, brace: int) -> str:
    """What leads to an opening brace: back to the end of what stands before."""
    depth, start = 0, brace
    while start > 0:
        previous = text[start - 1]
        if previous in ")]":
            depth += 1
        elif previous in "([":
            depth -= 1
            if depth < 0:
                break
        elif previous in ";{}" and depth == 0:
            break
        start -= 1
    return " ".join(text[start:brace].split())


def _kind(header: str) -> str:
    """Whether a brace opens a function, a container of declarations, or something else."""
    without_template = re.sub(r"template\s*<.*?>\s", "", header)
    is_function = re.search(r"\)\s*((const|noexcept|override|final|->[^=]*|:[^:].*)\s*)*$",
                            without_template)
    if _CONTAINER.search(without_template) and not is_function:
        return "container"
    if is_function and not re.match(r"(if|for|while|switch|catch)\b", without_template):
        return "function"
    return "other"


def blocks(text: str) -> list[Block]:
    """All braced blocks of a file, inner ones before the outer ones that hold them."""
    clean = re.sub(r"(?m)^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n[^\n]*)*",
                   lambda m: re.sub(r"[^\n]", " ", m.group(0)), blank(text))
    found: list[Block] = []
    stack: list[tuple[str, int, str]] = []
    line = 1
    for position, character in enumerate(clean):
        if character == "\n":
            line += 1
        elif character == "{":
            header = _header(clean, position)
            stack.append((header, line, _kind(header)))
        elif character == "}" and stack:
            header, first_line, kind = stack.pop()
            in_container = not stack or stack[-1][2] == "container"
            found.append(Block(header, first_line, line, kind, in_container))
    return found


def functions(text: str) -> list[Block]:
    """The functions that stand in namespaces or classes."""
    return [b for b in blocks(text) if b.kind == "function" and b.in_container]


def types(text: str) -> list[tuple[int, str]]:
    """Line and full name of every type defined in a named namespace, none inside another type."""
    found, stack = [], []
    for number, line in enumerate(blank(text).split("\n"), 1):
        if line.startswith("namespace") and not line.rstrip().endswith("}"):
            stack.append(line.removeprefix("namespace").split("{")[0].strip())
        elif line.startswith("}") and ";" not in line and stack and _closes_namespace(text, number):
            stack.pop()
        match = _TYPE.match(line)
        if match and stack and all(stack):
            found.append((number, "::".join([*stack, match.group(1)])))
    return found


def _closes_namespace(text: str, number: int) -> bool:
    """clang-format names the end of every namespace in a comment."""
    return "// namespace" in text.split("\n")[number - 1]


def failure_literals(text: str) -> list[tuple[int, str]]:
    """Line and format string of every fail(code, "…") call; adjacent literals are joined."""
    found = []
    for match in _FAIL.finditer(blank(text, keep_literals=True)):
        literal = "".join(_LITERAL.findall(match.group(1)))
        found.append((text.count("\n", 0, match.start()) + 1, literal))
    return found


def undocumented(text: str) -> list[tuple[int, str]]:
    """Line and start of each public function of a header that no /// or // comment explains.

    A comment explains the declarations below it up to the next empty line. Exempt are constructors,
    destructors, operators, overrides, what is defaulted or deleted, and accessors of one line.
    """
    lines = text.split("\n")
    hidden = _hidden_lines(text)
    found = []
    for number, line in enumerate(lines, 1):
        if number in hidden or not _declares_function(line, " ".join(lines[number : number + 3])):
            continue
        if not _explained(lines, number - 1):
            found.append((number, line.strip()))
    return found


def _declares_function(line: str, following: str) -> bool:
    """Whether a line begins the declaration of a function that needs a comment."""
    code = re.sub(r"//.*", "", line).strip()
    if not re.search(r"[;{}]$", code):
        code += " " + re.split(r"(?<=[;{])", following.strip())[0]
    if not re.match(r"\[\[nodiscard\]\]|[A-Za-z_]", code):
        return False
    if re.match(r"(return|using|if|for|while|switch|case|else|MBE_|public|private|protected|throw|"
                r"static_assert|typedef|friend|template|requires|namespace|extern)\b", code):
        return False
    match = re.match(r"(?:[\w:<>,&*\[\]\s]+?[\s&*>\]])(\w+)\s*\(", code)
    if match is None or "=" in code.split("(")[0] or "operator" in code or "~" in code:
        return False
    if match.group(1)[0].isupper() or re.search(r"\{ return [^;]*; \}$", code):
        return False
    return not re.search(r"\boverride\b|=\s*(default|delete)", code)


def _explained(lines: list[str], index: int) -> bool:
    """Whether the group of declarations that a line belongs to starts with a comment."""
    while index > 0 and lines[index - 1].strip():
        index -= 1
        code = lines[index].strip()
        if code.startswith("//"):
            return True
        if code.endswith("{") or code in ("public:", "};"):
            break
    return "///<" in lines[index]


def _hidden_lines(text: str) -> set[int]:
    """Lines inside functions, private parts, and nameless namespaces."""
    hidden: set[int] = set()
    for block in blocks(text):
        if block.kind != "container":
            hidden.update(range(block.first_line + 1, block.last_line + 1))
        elif block.header.endswith("namespace"):
            hidden.update(range(block.first_line, block.last_line + 1))
        elif re.search(r"\b(class|struct)\b", block.header):
            hidden.update(_private_lines(text, block))
    return hidden


def _private_lines(text: str, block: Block) -> set[int]:
    """Lines of a class below private: or protected: and above the next public:."""
    lines = text.split("\n")
    private = re.search(r"\bclass\b", block.header) is not None
    out = set()
    for number in range(block.first_line + 1, block.last_line):
        code = lines[number - 1].strip()
        if code in ("public:", "private:", "protected:"):
            private = code != "public:"
        elif private:
            out.add(number)
    return out
