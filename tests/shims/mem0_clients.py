"""The official mem0 client and plain HTTP against the real server: every verb, and what is refused.

    mem0_clients.py MBE
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "rest"))
FOLDER = tempfile.TemporaryDirectory(prefix="mbe-shims-")
os.environ["MEM0_TELEMETRY"] = "False"  # before mem0 is imported: it reads both then
os.environ["MEM0_DIR"] = FOLDER.name

import served  # noqa: E402
from mem0 import MemoryClient  # noqa: E402
from mem0.exceptions import MemoryNotFoundError, ValidationError  # noqa: E402

MBE = sys.argv[1]
WISH = "나는 봄에 마라톤을 하고 싶다"


def texts(found: dict) -> list[str]:
    return [one["memory"] for one in found["results"]]


def refused(kind: type, call, *args, **more) -> str:
    """What an exception of that kind says; a failure where none comes."""
    try:
        call(*args, **more)
    except kind as error:
        return str(error)
    raise AssertionError(f"{call} was not refused")


def verbs(memory: MemoryClient) -> None:
    mine = {"filters": {"user_id": "mina"}}
    added = memory.add([{"role": "user", "content": WISH},
                        {"role": "assistant", "content": "몇 킬로미터를 뛰고 싶어?"}],
                       user_id="mina", metadata={"app": "diary"})
    first = added["results"][0]["id"]
    memory.add("나는 강가를 걷는다", user_id="sol", run_id="r1")
    assert texts(memory.search("봄에 뭐 하고 싶댔지?", **mine))[0] == WISH
    assert memory.search("강가", **mine, threshold=0.99)["results"] == []
    assert memory.get(first)["metadata"] == {"app": "diary"}
    listed = memory.get_all(**mine, page=1, page_size=1)
    assert listed["count"] == 2 and len(listed["results"]) == 1, listed
    narrowed = memory.get_all(filters={"AND": [{"user_id": "mina"}, {"app": "diary"}]})
    assert narrowed["count"] == 2, narrowed
    memory.update(first, text="나는 가을에 마라톤을 하고 싶다")
    assert memory.get(first)["memory"] == "나는 가을에 마라톤을 하고 싶다"
    assert [one["event"] for one in memory.history(first)] == ["ADD", "UPDATE"]
    memory.batch_update([{"memory_id": first, "text": WISH}])
    assert memory.get(first)["memory"] == WISH
    assert {one["name"] for one in memory.users()["results"]} == {"mina", "sol", "r1"}
    memory.delete(first)
    refused(MemoryNotFoundError, memory.get, first)
    refused(MemoryNotFoundError, memory.delete, first)
    memory.batch_delete([{"memory_id": one["id"]} for one in memory.get_all(**mine)["results"]])
    assert memory.get_all(**mine)["results"] == []
    assert texts(memory.get_all(filters={"user_id": "sol"})) == ["나는 강가를 걷는다"]
    memory.delete_all(user_id="sol")
    assert memory.get_all(filters={"user_id": "sol"})["results"] == []
    memory.add("noch etwas", user_id="sol")
    memory.reset()
    assert memory.users()["results"] == []
    print("the official client: every verb")


def refusals(memory: MemoryClient, address: str) -> None:
    refused(ValueError, MemoryClient, host=address, api_key="mbe_wrong")
    assert "user_id" in refused(ValidationError, memory.add, "whose?")
    refused(ValidationError, memory.search, "x", filters={"user_id": "mina", "a": {"gt": 1}})
    refused(MemoryNotFoundError, memory.get, "00000000-0000-4000-8000-000000000000")
    print("the official client: what is refused, and how")


def plain(server: served.Served, key: str) -> None:
    """The paths of the open-source server, as curl calls them."""
    headers = {"X-API-Key": key}

    def call(method: str, path: str, body: object = None) -> object:
        status, _, text = server.ask(method, "/mem0" + path, body, headers)
        assert status == 200, (path, status, text)
        return served.json.loads(text)

    said = {"messages": [{"role": "user", "content": WISH}], "user_id": "mina"}
    one = call("POST", "/memories", said)["results"][0]["id"]
    assert texts(call("GET", "/memories?user_id=mina")) == [WISH]
    assert texts(call("POST", "/search", {"query": "마라톤", "user_id": "mina"})) == [WISH]
    assert call("PUT", f"/memories/{one}", {"text": "둘"})["memory"] == "둘"
    assert call("GET", f"/memories/{one}")["memory"] == "둘"
    assert len(call("GET", f"/memories/{one}/history")) == 2
    call("DELETE", f"/memories/{one}")
    call("DELETE", "/memories?user_id=mina")
    call("POST", "/reset")
    assert server.ask("GET", "/mem0/memories?user_id=mina")[0] == 401
    print("plain HTTP: every path of the open-source server")


def main() -> None:
    home = str(Path(FOLDER.name) / "home")
    served.program(MBE, home, "people", "add", "mina", "--role", "origin",
                   text=served.PASSWORD + "\n")
    key = served.new_key(MBE, home, "mina", "--rights", "read,write,erase")
    server = served.Served(MBE, home)
    try:
        address = f"http://localhost:{server.port}"
        memory = MemoryClient(host=f"{address}/mem0", api_key=key)
        verbs(memory)
        refusals(memory, f"{address}/mem0")
        plain(server, key)
        said = subprocess.run([sys.executable, HERE / "first_mem0.py", address, key], text=True,
                              check=True, stdout=subprocess.PIPE).stdout
        assert said.strip() == WISH, said
        print("the guide's program: found what it added")
    finally:
        assert server.stop() == 0
    assert server.is_sound()


main()
