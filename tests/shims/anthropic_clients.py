"""Anthropic's official package with this memory behind its memory tool: its tool runner against a
stub of the upstream that plays a model, and each command by itself.

    anthropic_clients.py MBE
"""
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import types
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "rest"))

import served  # noqa: E402
from anthropic.lib.tools import BetaAbstractMemoryTool, ToolError  # noqa: E402

MBE = sys.argv[1]
WISH = "나는 봄에 마라톤을 하고 싶다"
PATH = "/memories/wishes.md"
MODULE = HERE.parents[1] / "bindings/python/memory_engine/memory_tool.py"

# What the model asks of its tool, one after the other; then it speaks.
SCRIPT = [{"command": "view", "path": "/memories"},
          {"command": "create", "path": PATH, "file_text": WISH + "\n"},
          {"command": "create", "path": PATH, "file_text": "again"},
          {"command": "view", "path": "/etc/passwd"}]


def helper() -> types.ModuleType:
    """The module alone: the package around it would want its native part."""
    spec = importlib.util.spec_from_file_location("memory_tool", MODULE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Upstream(BaseHTTPRequestHandler):
    """A model that follows the script, and keeps what it was told."""

    heard: list[dict] = []

    def do_POST(self) -> None:
        """One turn of the conversation."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Upstream.heard.append(body)
        turn = len(Upstream.heard) - 1
        if turn < len(SCRIPT):
            content = [{"type": "tool_use", "id": f"toolu_{turn}", "name": "memory",
                        "input": SCRIPT[turn]}]
        else:
            content = [{"type": "text", "text": "적어 두었어요."}]
        reply = json.dumps({
            "id": f"msg_{turn}", "type": "message", "role": "assistant", "model": body["model"],
            "content": content, "stop_sequence": None,
            "stop_reason": "tool_use" if turn < len(SCRIPT) else "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def results() -> list[tuple[str, bool]]:
    """What the model was told of each call."""
    out = []
    for body in Upstream.heard[1:]:
        part, = body["messages"][-1]["content"]
        told = part["content"]
        text = told if isinstance(told, str) else "".join(one["text"] for one in told)
        out.append((text, part.get("is_error", False)))
    return out


def runner(address: str, key: str) -> None:
    """The guide's program, its upstream the stub."""
    upstream = HTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "memory_engine")
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "memory_tool.py").symlink_to(MODULE)
        said = subprocess.run(
            [sys.executable, HERE / "first_memory_tool.py", address, key,
             f"http://127.0.0.1:{upstream.server_port}"], text=True, check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": folder, "ANTHROPIC_API_KEY": "none"}).stdout
    upstream.shutdown()
    assert said.strip() == "적어 두었어요.", said
    tools = Upstream.heard[0]["tools"]
    assert tools == [{"type": "memory_20250818", "name": "memory"}], tools
    told = results()
    assert told[0] == ("Here're the files and directories up to 2 levels deep in /memories, "
                       "excluding hidden items and node_modules:\n0\t/memories", False), told
    assert told[1] == (f"File created successfully at: {PATH}", False), told
    assert told[2] == (f"Error: File {PATH} already exists", True), told
    assert told[3][1] and "/etc/passwd" in told[3][0], told
    print("the official tool runner: its model kept a file here")


def commands(address: str, key: str, server: served.Served) -> None:
    """Each command through the official class, and what recall finds of it."""
    tool = helper().memory_tool_at(address, key)
    assert isinstance(tool, BetaAbstractMemoryTool)
    assert tool.call({"command": "str_replace", "path": PATH, "old_str": "봄", "new_str": "가을"}
                     ).startswith("The memory file has been edited.")
    assert tool.call({"command": "insert", "path": PATH, "insert_line": 0,
                      "insert_text": "# 소원"}) == f"The file {PATH} has been edited."
    assert tool.call({"command": "view", "path": PATH, "view_range": [2, -1]}).endswith(
        "     2\t나는 가을에 마라톤을 하고 싶다")
    status, _, body = server.ask("POST", "/v1/recall", {"cue": "마라톤"}, key=key)
    hit = json.loads(body)["hits"][0]
    assert status == 200 and hit["trust"] == "tool" and "가을" in hit["context"], hit
    tool.call({"command": "rename", "old_path": PATH, "new_path": "/memories/a/b.md"})
    tool.call({"command": "delete", "path": "/memories/a"})
    try:
        tool.call({"command": "view", "path": "/memories/a/b.md"})
        raise AssertionError("a deleted file is still there")
    except ToolError as error:
        assert "does not exist" in str(error.content), error.content
    denied = helper().memory_tool_at(address, key, chain="person:nobody-else")
    try:
        denied.call({"command": "view", "path": "/memories"})
        raise AssertionError("a key reached a memory that is not its own")
    except ToolError as error:
        assert "person:nobody-else" in str(error.content), error.content
    print("the official class: every command, and what is refused")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mbe-shims-") as folder:
        home = str(Path(folder) / "home")
        for name, role in (("mina", "origin"), ("jun", "member")):
            served.program(MBE, home, "people", "add", name, "--role", role,
                           text=served.PASSWORD + "\n")
        key = served.new_key(MBE, home, "jun", "--rights", "read,write")
        server = served.Served(MBE, home)
        try:
            address = f"http://localhost:{server.port}"
            runner(address, key)
            commands(address, key, server)
        finally:
            assert server.stop() == 0
        assert server.is_sound()


main()
