"""The systems of bench/doors.py, each behind its own public interface, each keeping a folder.

A system is started on its store, is given items and questions, and is stopped; `start` on the same
store again finds what it kept. All are async because MCP's client is; whatever else blocks may
block, for nothing runs beside it. `in_process` says that the system is this very process. Ours come
first: `embeds` says that it makes vectors itself, so that it can be started without a model.
"""
import contextlib
import http.client
import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

TOP_K = 10
START_S = 60
COLLECTION = "doors"


def content(item: dict) -> str:
    """What a peer is given, where it has no field for the speaker."""
    return f"{item['speaker']}: {item['text']}" if item["speaker"] else item["text"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class System:
    """What every system can do; `settings` is what bench/doors.py wrote for this run."""
    in_process = False
    embeds = False
    asks_embedder = False

    def __init__(self, store: Path, settings: dict):
        self.store, self.settings = store, settings
        self.process = None
        self.ids: dict = {}  # what it calls an item, or the item's text, to the item's id
        for item in settings["known"]:
            self.ids[content(item)] = item["id"]

    async def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=120)
            self.process = None


class Ours(System):
    """What the doors of ours share: a home, and whether a model is found for it."""
    embeds = True

    def command(self, *words: str) -> list:
        return [self.settings["mbe"], "--home", str(self.store), *words]

    def environment(self, has_model: bool) -> dict:
        cache = self.settings["cache" if has_model else "bare_cache"]
        return {**os.environ, "MBE_CACHE": cache}

    def key(self, environment: dict) -> str:
        """Of the origin; an account that is there already is as good."""
        subprocess.run(self.command("people", "add", "origin", "--role", "origin"),
                       input="twelve characters\n", text=True, env=environment,
                       capture_output=True, check=False)
        made = subprocess.run(self.command("people", "key", "create", "origin", "--json"),
                              env=environment, check=True, stdout=subprocess.PIPE)
        return json.loads(made.stdout)["key"]

    def serve(self, has_model: bool) -> tuple:
        """Port and key of a server of the home."""
        environment = self.environment(has_model)
        key = self.key(environment)
        self.process = subprocess.Popen(
            self.command("serve", "--port", "0", "--json", "--log", "none"), env=environment,
            stdout=subprocess.PIPE, text=True)
        return json.loads(self.process.stdout.readline())["port"], key

    @staticmethod
    def request(item: dict) -> dict:
        out = {"text": item["text"], "source": item["id"]}
        out |= {name: item[name] for name in ("speaker", "session") if item[name]}
        return out | ({"event_time": item["time"]} if item["time"] else {})


class MbeRest(Ours):
    """`mbe serve`, POST /v1/remember and /v1/recall with a key, over one connection."""
    async def start(self, has_model: bool) -> None:
        port, self.bearer = self.serve(has_model)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=7_200)

    def post(self, path: str, body: dict) -> dict:
        self.connection.request("POST", path, json.dumps(body),
                                {"Authorization": f"Bearer {self.bearer}"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text!r}")
        return json.loads(text)

    async def add(self, item: dict, _vector) -> None:
        self.post("/v1/remember", self.request(item))

    async def search(self, question: dict, _vector) -> list:
        found = self.post("/v1/recall", {"cue": question["text"], "top_k": TOP_K,
                                         "threshold": False, "neighbours": False})
        return [hit["source"] for hit in found["hits"]]

    async def search_by_default(self, question: dict, _vector) -> list:
        """As a caller gets it who says nothing: what is likely noise left out."""
        found = self.post("/v1/recall", {"cue": question["text"], "top_k": TOP_K})
        return [hit["source"] for hit in found["hits"]]

    async def stats(self) -> dict:
        return self.post("/v1/stats", {})

    async def embed(self) -> None:
        self.post("/v1/reembed", {})


class MbePython(Ours):
    """`memory_engine`, the whole engine in this process; runs in the environment that has it."""
    in_process = True

    async def start(self, has_model: bool) -> None:
        os.environ["MBE_CACHE"] = self.environment(has_model)["MBE_CACHE"]
        from memory_engine import Memory
        self.memory = Memory(str(self.store), use_server=False)

    async def stop(self) -> None:
        self.memory.close()

    async def add(self, item: dict, _vector) -> None:
        given = self.request(item)
        self.memory.remember(given.pop("text"), **given)

    async def search(self, question: dict, _vector) -> list:
        found = self.memory.recall(question["text"], top_k=TOP_K, threshold=False,
                                   neighbours=False)
        return [hit["source"] for hit in found["hits"]]

    async def stats(self) -> dict:
        return self.memory.stats()

    async def embed(self) -> None:
        self.memory.reembed()


class Mcp(System):
    """A session of the official client with a server over standard streams."""
    def parameters(self, has_model: bool) -> tuple:
        raise NotImplementedError

    async def start(self, has_model: bool) -> None:
        from mcp import StdioServerParameters
        from mcp.client.stdio import stdio_client
        command, environment = self.parameters(has_model)
        self.stack = contextlib.AsyncExitStack()
        errors = self.stack.enter_context(open(self.store.parent / "errors.txt", "a",
                                               encoding="utf-8"))
        started = StdioServerParameters(command=command[0], args=command[1:], env=environment)
        await self.session_over(stdio_client(started, errlog=errors))

    async def session_over(self, transport) -> None:
        from mcp import ClientSession
        reads, writes = (await self.stack.enter_async_context(transport))[:2]
        self.session = await self.stack.enter_async_context(ClientSession(reads, writes))
        await self.session.initialize()

    async def stop(self) -> None:
        await self.stack.aclose()
        await super().stop()

    async def tool(self, name: str, arguments: dict):
        answer = await self.session.call_tool(name, arguments)
        if answer.isError:
            raise RuntimeError(f"{name}: {answer.content}")
        return answer


class MbeMcp(Mcp, Ours):
    """`mbe mcp` over standard streams; no server beside it."""
    def parameters(self, has_model: bool) -> tuple:
        return self.command("mcp"), self.environment(has_model)

    async def add(self, item: dict, _vector) -> None:
        await self.tool("remember", self.request(item))

    async def search(self, question: dict, _vector) -> list:
        found = await self.tool("recall", {"cue": question["text"], "top_k": TOP_K,
                                           "budget_tokens": 20_000})
        return [hit["source"] for hit in found.structuredContent["hits"]]

    async def stats(self) -> dict:
        return (await self.tool("memory_operation", {"name": "stats"})).structuredContent

    async def embed(self) -> None:
        await self.tool("memory_operation", {"name": "reembed"})


class MbeMcpHttp(MbeMcp):
    """Streamable HTTP at /mcp of `mbe serve`, with a key."""
    async def start(self, has_model: bool) -> None:
        from mcp.client.streamable_http import streamablehttp_client
        port, key = self.serve(has_model)
        self.stack = contextlib.AsyncExitStack()
        await self.session_over(streamablehttp_client(f"http://127.0.0.1:{port}/mcp", headers={
            "Authorization": f"Bearer {key}"}))


class ReferenceMemory(Mcp):
    """@modelcontextprotocol/server-memory: one entity an item, for it gives back whole entities.

    search_nodes finds what contains the very string, so that a question is asked word by word, cut
    to what its forms share; the client puts first what contains more and rarer words, which the
    server does not do.
    """
    PLAIN = frozenset("""about after also been before could does doing done ever from have having
        into kind like many more most much name often said some than that their them then there
        they this type want were what when where which while whom whose will with would your
        """.split())

    def parameters(self, _has_model: bool) -> tuple:
        return ([self.settings["node"], self.settings["reference"]],
                {**os.environ, "MEMORY_FILE_PATH": str(self.store / "memory.jsonl")})

    async def add(self, item: dict, _vector) -> None:
        entity = {"name": item["id"], "entityType": "turn", "observations": [content(item)]}
        await self.tool("create_entities", {"entities": [entity]})

    def words(self, text: str) -> list:
        found = [word for word in re.findall(r"\w+", text.lower())
                 if len(word) > 3 and word not in self.PLAIN]
        cut = [re.sub(r"(?<=\w{4})(ing|ed|es|s)$", "", word) for word in found]
        return list(dict.fromkeys(cut))

    async def search(self, question: dict, _vector) -> list:
        scores: dict = {}
        for word in self.words(question["text"]):
            answer = await self.tool("search_nodes", {"query": word})
            found = [entity["name"] for entity in answer.structuredContent["entities"]]
            for name in found:
                rarity = math.log(1 + self.settings["count"] / len(found))
                scores[name] = scores.get(name, 0) + rarity
        return sorted(scores, key=lambda name: -scores[name])[:TOP_K]


class McpMemoryService(Mcp):
    """mcp-memory-service: memory_store and memory_search on its sqlite-vec.

    Its embedder is the one it can be told to ask; the conversation's id keeps it from refusing what
    is alike (a turn of 0.85 cosine, which the vectors given here often have).
    """
    asks_embedder = True

    def parameters(self, _has_model: bool) -> tuple:
        environment = {
            **os.environ, "MCP_MEMORY_BASE_DIR": str(self.store), "HF_HUB_OFFLINE": "1",
            "MCP_MEMORY_STORAGE_BACKEND": "sqlite_vec", "MCP_QUALITY_AI_PROVIDER": "none",
            "MCP_MEMORY_SQLITE_PATH": str(self.store / "memory.db"),
            "MCP_EXTERNAL_EMBEDDING_URL": self.settings["embedder"] + "/embeddings",
            "MCP_EXTERNAL_EMBEDDING_MODEL": "doors", "HOME": str(self.store)}
        return [str(Path(sys.executable).with_name("memory")), "server"], environment

    async def add(self, item: dict, _vector) -> None:
        await self.tool("memory_store", {"content": content(item),
                                         "conversation_id": item["session"] or "none"})

    async def search(self, question: dict, _vector) -> list:
        answer = await self.tool("memory_search", {"query": question["text"], "limit": TOP_K})
        found = re.findall(r"^\d+\. (.*)\n {3}Hash: ", answer.content[0].text, re.MULTILINE)
        return [self.ids[one] for one in found]


class ChromaServer(System):
    """`chroma run` and its HttpClient; the client sends the vectors, no model is asked."""
    async def start(self, _has_model: bool) -> None:
        import chromadb
        port = free_port()
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.store),
             "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"})
        settings = chromadb.config.Settings(anonymized_telemetry=False)
        until = time.monotonic() + START_S
        while True:
            try:
                client = chromadb.HttpClient(host="127.0.0.1", port=port, settings=settings)
                break
            except Exception:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
        self.collection = client.get_or_create_collection(
            COLLECTION, embedding_function=None, metadata={"hnsw:space": "cosine"})

    async def add(self, item: dict, vector) -> None:
        self.collection.add(ids=[item["id"]], embeddings=[vector], documents=[content(item)])

    async def search(self, _question: dict, vector) -> list:
        return self.collection.query(query_embeddings=[vector], n_results=TOP_K)["ids"][0]


class Mem0(System):
    """mem0's Memory with infer=False on its local Qdrant; its language model is nobody's port."""
    in_process = True
    asks_embedder = True

    async def start(self, _has_model: bool) -> None:
        os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": str(self.store / "mem0")}
        from mem0 import Memory
        stub = {"api_key": "none", "openai_base_url": self.settings["embedder"]}
        self.memory = Memory.from_config({
            "vector_store": {"provider": "qdrant", "config": {
                "collection_name": COLLECTION, "path": str(self.store / "qdrant"),
                "on_disk": True, "embedding_model_dims": self.settings["dimension"]}},
            "embedder": {"provider": "openai", "config": {**stub, "model": "doors"}},
            "llm": {"provider": "openai", "config": {**stub, "model": "doors"}},
            "history_db_path": str(self.store / "history.db")})
        self.embeds_taken = []
        original = self.memory.embedding_model.embed

        def timed(*given, **named):
            wall, cpu = time.perf_counter(), time.process_time()
            out = original(*given, **named)
            self.embeds_taken.append((time.perf_counter() - wall, time.process_time() - cpu))
            return out
        self.memory.embedding_model.embed = timed

    async def stop(self) -> None:
        self.memory.close()

    async def add(self, item: dict, _vector) -> None:
        self.memory.add([{"role": "user", "content": content(item)}], user_id=COLLECTION,
                        infer=False)

    async def search(self, question: dict, _vector) -> list:
        found = self.memory.search(question["text"], filters={"user_id": COLLECTION}, top_k=TOP_K)
        return [self.ids[one["memory"]] for one in found["results"]]


SYSTEMS = {"mbe_rest": MbeRest, "mbe_mcp": MbeMcp, "mbe_mcp_http": MbeMcpHttp,
           "mbe_python": MbePython, "chroma_server": ChromaServer, "mem0": Mem0,
           "mcp_memory_service": McpMemoryService, "reference_memory": ReferenceMemory}


def copied_home(source: Path, store: Path) -> None:
    """Puts a home in the place of another; sockets and locks stay behind."""
    shutil.rmtree(store)
    shutil.copytree(source, store, ignore=lambda folder, names: [
        name for name in names if (Path(folder) / name).is_socket()])
