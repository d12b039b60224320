"""The memory tool of Anthropic's models over this engine.

    from memory_engine import Memory
    from memory_engine.memory_tool import memory_tool

    tool = memory_tool(Memory("my-memory"))          # in this process
    tool = memory_tool_at("http://localhost:8000", key)  # on a server
    client.beta.messages.tool_runner(model=..., tools=[tool], ...)

It needs the package ``anthropic``. The model's files are blocks of the memory: they are recalled
like all else, keep their history, and a file that the model deletes is hidden, not erased.
"""

from __future__ import annotations

import importlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

Answer = Mapping[str, Any]
Run = Callable[[dict[str, Any]], Answer]
COMMANDS = ("view", "create", "str_replace", "insert", "delete", "rename")


def run_command(memory: Any, command: Mapping[str, Any]) -> Answer:
    """What one command of the tool says: ``content``, and whether it ``is_error``.

    Args:
        memory: a memory_engine.Memory.
        command: the input that the model gave to the tool.
    """
    from memory_engine.errors import InvalidArgumentError, LimitError
    given = dict(command)
    try:
        if given.get("command") != "view":
            return dict(memory.file_edit(**given))
        return dict(memory.file_view(**_view(given)))
    except (InvalidArgumentError, LimitError, TypeError) as error:
        return {"content": f"Error: {error}", "is_error": True}


def memory_tool(memory: Any) -> Any:
    """A tool for ``client.beta.messages.tool_runner`` that keeps its files in ``memory``."""
    return _tool(lambda command: run_command(memory, command))


def memory_tool_at(address: str, key: str, chain: str = "", timeout_s: float = 60) -> Any:
    """The same with a server of a home.

    Args:
        address: where it listens, such as http://localhost:8000.
        key: a key of an account there (``mbe people key create``).
        chain: which memory; else the one the key is for.
    """
    query = "?" + urllib.parse.urlencode({"chain": chain}) if chain else ""

    def run(command: dict[str, Any]) -> Answer:
        request = urllib.request.Request(
            f"{address}/anthropic/memory{query}", json.dumps(command).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as response:
                answer: Answer = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            with error:
                told = json.loads(error.read() or b"{}")
            return {"content": f"Error: {told.get('detail', error)}", "is_error": True}

    return _tool(run)


def _view(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of file_view; of a range, -1 is the last line."""
    from memory_engine.errors import InvalidArgumentError
    out = {name: value for name, value in given.items() if name not in ("command", "view_range")}
    lines = given.get("view_range")
    if lines is None:
        return out
    is_pair = isinstance(lines, (list, tuple)) and len(lines) == 2
    if not is_pair or not all(isinstance(line, int) for line in lines) or lines[1] == 0:
        raise InvalidArgumentError("view_range is two line numbers", "use -1 for the last line")
    out["from_line"] = lines[0]
    if lines[1] != -1:
        out["until_line"] = lines[1]
    return out


def _tool(run: Run) -> Any:
    """A class of the package at hand: its own types, whatever its version."""
    tools: Any = importlib.import_module("anthropic.lib.tools")

    def answered(_: Any, command: Any) -> str:
        given = command if isinstance(command, Mapping) else command.model_dump(exclude_none=True)
        answer = run(dict(given))
        if answer["is_error"]:
            raise tools.ToolError(answer["content"])
        return str(answer["content"])

    members: dict[str, Any] = {name: answered for name in COMMANDS}
    members["__doc__"] = "The memory tool over a memory of memory_engine."
    return type("MemoryTool", (tools.BetaAbstractMemoryTool,), members)()
