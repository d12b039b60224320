"""Writes _operations.py: every operation of the engine's table as a typed, documented method, once
plain and once for asyncio, and its results as TypedDicts.

write_operations.py FOLDER_OF_THE_MODULE OUTPUT
"""

from __future__ import annotations

import keyword
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

# Results that are worth a name of their own, by where they first appear; others are called after
# the operation and the member.
NAMES = {
    "remember": "Block", "forget_preview.targets": "ListedBlock", "recall": "Recall",
    "recall.hits": "Hit", "recall.hits.arms": "ArmShare", "pin": "Marked",
    "forget_preview": "ForgetPreview",
    "forget": "Forgotten", "timeline.days": "Day", "goals.goals": "Goal",
    "history.history": "HistoryEntry", "observe": "Observed", "observe.waypoints": "Waypoint",
    "short_term.turns": "Turn", "compose": "Prompt", "analyse": "Analysis",
    "import.refused": "RefusedItem", "stats": "Stats", "verify": "Verification",
    "rebuild": "Done",
}
POSITIONAL = ("block_index", "text", "cue", "input", "pairs", "items")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WIDTH = 96

HEAD = '''"""The operations as methods, and what they give. Made by write_operations.py; see
docs/operations.md for the whole table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, List, Literal, TypedDict

from memory_engine._time import as_time
'''

PLAIN_CLASS = '''
class Operations(ABC):
    """Every operation; ``chain`` names another chain than that of the memory."""

    @abstractmethod
    def _call(self, operation: str, arguments: dict[str, Any], chain: str | None) -> Any:
        """Runs one."""
'''

ASYNC_CLASS = '''
class AsyncOperations(ABC):
    """Every operation, awaited; ``chain`` names another chain than that of the memory."""

    @abstractmethod
    async def _call(self, operation: str, arguments: dict[str, Any], chain: str | None) -> Any:
        """Runs one."""
'''


def camel(name: str) -> str:
    """short_term → ShortTerm."""
    return "".join(part.capitalize() for part in name.split("_"))


def safe(name: str) -> str:
    """A name that Python takes: import → import_."""
    return name + "_" if keyword.iskeyword(name) else name


def kinds(schema: Schema) -> list[str]:
    """The JSON types that a value may have."""
    kind = schema["type"]
    return list(kind) if isinstance(kind, list) else [kind]


class Results:
    """The TypedDicts, each shape once, in the order in which they can be written."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.classes: list[str] = []

    def type_of(self, schema: Schema, place: str) -> str:
        """The Python type of a result."""
        found = []
        for kind in kinds(schema):
            if kind == "object" and "properties" not in schema:
                inner = self.type_of(schema["additionalProperties"], place)
                found.append(f"dict[str, {inner}]")
            elif kind == "object":
                found.append(self.class_of(schema, place))
            elif kind == "array":
                found.append(f"List[{self.type_of(schema['items'], place)}]")
            else:
                found.append(PLAIN[kind])
        return " | ".join(found)

    def class_of(self, schema: Schema, place: str) -> str:
        """The TypedDict of an object."""
        shape = repr(schema["properties"])
        if shape not in self.names:
            members = {name: self.type_of(member, f"{place}.{name}")
                       for name, member in schema["properties"].items()}
            name = NAMES.get(place, camel(place.replace(".", "_")) +
                             ("" if "." in place else "Result"))
            self.names[shape] = name
            if any(keyword.iskeyword(member) for member in members):
                inner = ", ".join(f'"{m}": {t}' for m, t in members.items())
                self.classes.append(f'{name} = TypedDict("{name}", {{{inner}}})')
                return name
            lines = [f"class {name}(TypedDict):", f'    """Of ``{place}``."""', ""]
            self.classes.append("\n".join([*lines, *(f"    {m}: {t}" for m, t in members.items())]))
        return self.names[shape]


def argument_type(schema: Schema) -> str:
    """What a caller may give."""
    if "enum" in schema:
        return f"Literal[{', '.join(repr(one) for one in schema['enum'] if one is not None)}]"
    if "anyOf" in schema:
        return "str | date | datetime"
    kind = kinds(schema)[0]
    if kind == "array":
        items = schema["items"]
        inner = "Mapping[str, Any]" if items["type"] == "object" else argument_type(items)
        return f"Sequence[{inner}]"
    return PLAIN[kind]


def argument_value(name: str, schema: Schema) -> str:
    """The argument as it goes into the call."""
    if "anyOf" in schema:
        return f"as_time({safe(name)})"
    if kinds(schema)[0] == "array":
        if schema["items"]["type"] == "object":
            return f"[dict(one) for one in {safe(name)}]"
        return f"list_of({safe(name)})"
    return safe(name)


def limits(schema: Schema) -> str:
    """`(1 … 1000)`, where that tells something."""
    largest = schema.get("maximum")
    if largest is None or largest > 2**50:
        return ""
    return f" ({plain(schema['minimum'])} … {plain(largest)})"


def plain(number: float) -> str:
    """Without a fraction that is none."""
    return str(int(number) if number == int(number) else number)


def wrapped(text: str, first: str, rest: str) -> str:
    """Lines of a docstring."""
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest)


def packed(items: Iterable[str], first: str, rest: str) -> str:
    """Items with commas, as many a line as there is room for."""
    lines = [first]
    for item in items:
        if len(lines[-1]) + len(item) + 2 > WIDTH and lines[-1].strip():
            lines.append(rest)
        lines[-1] += item + ", "
    return "\n".join(line.rstrip() for line in lines).rstrip(",")


def docstring(operation: dict[str, Any]) -> str:
    """Summary, arguments, errors."""
    lines = [wrapped(operation["summary"][0].upper() + operation["summary"][1:] + ".",
                     '        """', "        "), ""]
    arguments = operation["arguments"].get("properties", {})
    if arguments:
        lines.append("        Args:")
    for name, schema in arguments.items():
        lines.append(wrapped(f"{safe(name)}: {schema['description']}{limits(schema)}.",
                             " " * 12, " " * 16))
    errors = ", ".join(operation["errors"])
    lines += ["" if arguments else None, "        Raises:",
              wrapped("EngineError: io" + (", " + errors if errors else "") +
                      (", invalid_argument" if arguments else "") + ".", " " * 12, " " * 16),
              '        """']
    return "\n".join(line for line in lines if line is not None)


def signature(operation: dict[str, Any]) -> list[str]:
    """The parameters, what must be given first."""
    schema = operation["arguments"]
    required = schema.get("required", [])
    first, named = ["self"], []
    for name, one in schema.get("properties", {}).items():
        kind = argument_type(one)
        if name in required and name in POSITIONAL:
            first.append(f"{safe(name)}: {kind}")
        elif name in required:
            named.insert(0, f"{safe(name)}: {kind}")
        else:
            named.append(f"{safe(name)}: {kind} | None = None")
    if operation["on_chain"]:
        named.append("chain: str | None = None")
    return [*first, *(["*", *named] if named else [])]


def call_arguments(operation: dict[str, Any]) -> list[str]:
    """The members of the dict that goes to the engine."""
    schema = operation["arguments"]
    required = schema.get("required", [])
    members = []
    for name, one in schema.get("properties", {}).items():
        value = argument_value(name, one)
        if value != safe(name) and name not in required:
            value = f"None if {safe(name)} is None else {value}"
        members.append(f'"{name}": {value}')
    return members


def method(operation: dict[str, Any], result: str, waits: bool) -> str:
    """One operation."""
    head = f"    {'async ' if waits else ''}def {safe(operation['name'])}("
    chain = "chain" if operation["on_chain"] else "None"
    head = packed(signature(operation), head, " " * 12) + f") -> {result}:"
    body = packed(call_arguments(operation), "        arguments: dict[str, Any] = {",
                  " " * 12) + "}"
    call = f'{"await " if waits else ""}self._call("{operation["name"]}", arguments, {chain})'
    return "\n".join([head, docstring(operation), body, f"        result: {result} = {call}",
                      "        return result"])


def module(operations: list[dict[str, Any]]) -> str:
    """The whole file."""
    results = Results()
    types = {one["name"]: results.type_of(one["result"], one["name"]) for one in operations}
    parts = [HEAD]
    parts += [f"\n\n{text}\n" for text in results.classes]
    parts.append('\n\ndef list_of(values: Sequence[Any]) -> List[Any]:\n'
                 '    """A list; a lone text is not one."""\n'
                 '    if isinstance(values, str):\n'
                 '        raise TypeError("a list of texts is wanted, not a text")\n'
                 '    return list(values)\n')
    for head, waits in ((PLAIN_CLASS, False), (ASYNC_CLASS, True)):
        parts.append("\n" + head)
        parts += [f"\n{method(one, types[one['name']], waits)}\n" for one in operations]
    names = sorted([*results.names.values()])
    exported = textwrap.fill(", ".join(f'"{name}"' for name in names), WIDTH,
                             initial_indent="    ", subsequent_indent="    ")
    parts.append(f"\n\n__all__ = [\n{exported}\n]\n")
    return "".join(parts)


def main() -> None:
    """Command line."""
    folder, output = sys.argv[1:]
    sys.path.insert(0, folder)
    import _engine  # type: ignore[import-not-found]
    Path(output).write_text(module(_engine.operations()), encoding="utf-8")


if __name__ == "__main__":
    main()
