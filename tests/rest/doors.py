#!/usr/bin/env python3
"""Walks the table of operations through the doors of the real program: each operation has one name
and one set of arguments in REST, MCP, the command line and C++, as docs/operations.md says. Python
is tests/python/doors_test.py.

    doors.py MBE
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from served import Served

ROOT = Path(__file__).resolve().parents[2]
MBE = sys.argv[1]
TOOLS = {"remember", "recall", "show", "update", "forget", "timeline"}
PAGING = {"budget_tokens", "offset"}  # of every tool: how much of the result
PREVIEW = {"forget": {"count"}}  # the tool previews where it is left out
Schemas = dict[str, dict]


def rest_schemas(home: str) -> Schemas:
    served = Served(MBE, home, options=("--log", "none"))
    try:
        paths = json.loads(served.ask("GET", "/openapi.json")[2])["paths"]
    finally:
        served.stop()
    return {path.removeprefix("/v1/"):
            about["post"]["requestBody"]["content"]["application/json"]["schema"]
            for path, about in paths.items() if path.startswith("/v1/")}


class Mcp:
    """One client over standard streams."""

    def __init__(self, home: str) -> None:
        self.process = subprocess.Popen([MBE, "--home", home, "mcp"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.count = 0
        self.ask("initialize", protocolVersion="2025-11-25", capabilities={},
                 clientInfo={"name": "doors", "version": "1"})

    def ask(self, method: str, **params: object) -> dict:
        self.count += 1
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": self.count, "method": method,
                                             "params": params}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["result"]

    def help(self, **arguments: object) -> dict:
        given = {"name": "help", "budget_tokens": 20000}
        if arguments:
            given["arguments"] = arguments
        return self.ask("tools/call", name="memory_operation",
                        arguments=given)["structuredContent"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


def mcp_faults(home: str, rest: Schemas) -> list[str]:
    client, faults = Mcp(home), []
    try:
        listed = {one["name"] for one in client.help()["operations"]}
        if listed != set(rest):
            faults.append(f"MCP's help differs from REST: {sorted(listed ^ set(rest))}")
        for name, schema in rest.items():
            if client.help(name=name)["arguments"] != schema:
                faults.append(f"MCP: memory_operation takes other arguments for {name}")
        tools = {one["name"]: one["inputSchema"] for one in client.ask("tools/list")["tools"]}
        if set(tools) != TOOLS | {"memory_operation"}:
            faults.append(f"MCP: the tools are {sorted(tools)}")
        for name in TOOLS & set(tools):
            faults += tool_faults(name, tools[name], rest[name])
    finally:
        client.close()
    return faults


def tool_faults(name: str, tool: dict, schema: dict) -> list[str]:
    faults = []
    # A tool has the arguments that are asked for often; memory_operation has them all.
    unknown = set(tool["properties"]) - set(schema.get("properties", {})) - PAGING
    if unknown:
        faults.append(f"MCP: the tool {name} takes {sorted(unknown)}, the operation does not")
    needed = set(schema.get("required", [])) - PREVIEW.get(name, set())
    if set(tool.get("required", [])) != needed:
        faults.append(f"MCP: the tool {name} requires {tool.get('required')}")
    return faults


def cells(line: str) -> list[str]:
    return [one.strip() for one in line.strip().strip("|").split("|")]


class Document:
    """docs/operations.md: of each operation its C++ and its commands, and how arguments are called
    at the command line."""

    def __init__(self) -> None:
        self.cpp: dict[str, str] = {}
        self.commands: dict[str, str] = {}
        self.words: dict[str, list[str]] = {}
        text = (ROOT / "docs/operations.md").read_text()
        for line in text.splitlines():
            row = cells(line)
            if len(row) == 4 and row[0].startswith("`"):
                for name in re.findall(r"`(\w+)`", row[0]):
                    self.cpp[name], self.commands[name] = row[1], row[2]
            elif len(row) == 2 and row[0].startswith("`"):
                for name in re.findall(r"`(\w+)`", row[0]):
                    self.words[name] = re.findall(r"`([^`]+)`", row[1]) or ["–"]
                    if "zone of the machine" in row[1]:
                        self.words[name].append("–")


def command_faults(document: Document, rest: Schemas) -> list[str]:
    faults = []
    for name, schema in rest.items():
        if name not in document.commands:
            faults.append(f"docs/operations.md has no row for {name}")
            continue
        commands = re.findall(r"`mbe ([^`]+)`", document.commands[name])
        # Where a row has several operations, each has a command called as itself.
        own = [one for one in commands if one.split()[0] == name.replace("_", "-")] or commands[:1]
        for command in own:
            words = [word for word in command.split() if word[0].islower()]
            said = subprocess.run([MBE, *words, "--help"], capture_output=True, text=True,
                                  check=False)
            if said.returncode != 0:
                faults.append(f"mbe {' '.join(words)} --help: {said.stderr.strip()}")
                continue
            faults += [f"mbe {command} has nothing for `{argument}` of {name}"
                       for argument in schema.get("properties", {})
                       if not offers(said.stdout, argument, document)]
    return faults


def offers(told: str, argument: str, document: Document) -> bool:
    option = "--" + argument.replace("_", "-")
    called = [option, option.removesuffix("s"), *document.words.get(argument, [])]
    if "–" in called:
        return True
    return any(re.search(rf"(?<![\w-]){re.escape(one.rstrip('…'))}(?![\w-])", told)
               for one in called)


def cpp_faults(document: Document, rest: Schemas) -> list[str]:
    headers = "\n".join(path.read_text() for folder in ("include", "src")
                        for path in sorted((ROOT / folder).rglob("*.h")))
    faults = []
    for name in rest:
        told = re.findall(r"`(?:(\w+)::)?(\w+)`", document.cpp.get(name, ""))
        faults += [f"{name}: there is no {owner}::{function} in a header"
                   for owner, function in told
                   if owner and not re.search(rf"class {owner}\b", headers)
                   or not re.search(rf"\b{function}\(|class {function}\b", headers)]
        if not told:
            faults.append(f"docs/operations.md names no C++ for {name}")
    return faults


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mbe-doors-") as folder:
        rest = rest_schemas(f"{folder}/home")
        document = Document()
        faults = mcp_faults(f"{folder}/home", rest)
    faults += command_faults(document, rest) + cpp_faults(document, rest)
    faults += [f"docs/operations.md names an argument that no operation has: {name}"
               for name in document.words
               if not any(name in one.get("properties", {}) for one in rest.values())]
    assert len(rest) > 30, "the description has lost its operations"
    for fault in faults:
        print(fault)
    print(f"{len(rest)} operations through REST, MCP, the command line and C++: "
          f"{len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
