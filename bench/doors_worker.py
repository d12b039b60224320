"""One system of bench/doors.py on one size, in a process of its own: prints its figures as JSON.

    doors_worker.py SETTINGS.json measure|kill|look

`measure` adds every item by itself and asks every question twice; `kill` adds the first items, and
right after the last one's answer kills the system, itself too if it is in it; `look` starts the
system again on what is left and says whether that last item is found.
Processor time is that of the system's processes alone (of this one where the system is a library),
from the clocks that the kernel keeps for each; the client's own is told beside it.
"""
import array
import asyncio
import json
import os
import signal
import sys
import time
import urllib.request
from pathlib import Path

import doors_systems

PROBES = 10  # items that a system has when it is killed, unless the settings say otherwise


def children(parent: int) -> list:
    """All processes below one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found, open_ = [], [parent]
    while open_:
        above = open_.pop()
        below = [pid for pid, its in parents.items() if its == above]
        found += below
        open_ += below
    return found


class Watch:
    """Processor seconds and memory of the system, and of this process beside it."""
    def __init__(self, system):
        self.pids = [os.getpid()] if system.in_process else children(os.getpid())

    def cpu_s(self) -> float:
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.pids)

    def rss_mib(self) -> float:
        total = 0
        for pid in self.pids:
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS"):
                    total += int(line.split()[1])
        return total / 1024


def steal() -> tuple:
    """Stolen and all ticks of the machine so far."""
    ticks = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return ticks[7], sum(ticks[:8])


def shares(values: list) -> dict:
    ordered = sorted(values)
    return {f"{name}_ms": ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1e3
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}


def disk_mib(store: Path, pattern: str = "*") -> float:
    """What the files of that name take."""
    return sum(path.stat().st_blocks * 512 for path in store.rglob(pattern)
               if path.is_file()) / 2**20


class Run:
    def __init__(self, settings: dict):
        self.settings = settings
        self.store = Path(settings["store"])
        self.store.mkdir(parents=True, exist_ok=True)
        self.system = doors_systems.SYSTEMS[settings["system"]](self.store, settings)
        vectors = array.array("f")
        vectors.frombytes(Path(settings["vectors"]).read_bytes())
        size = settings["dimension"]
        rows = [vectors[i:i + size].tolist() for i in range(0, len(vectors), size)]
        self.embed_call = (0, 0)
        self.vectors = dict(zip(settings["vector_of"], rows, strict=True))

    async def pass_over(self, rows: list, call, limit_s: float) -> tuple:
        """Figures of one call a row, as far as the limit lets it come, and what each gave."""
        watch = Watch(self.system)
        asked = getattr(self.system, "embeds_taken", [])
        asked.clear()
        embedded = self.embedded_so_far()
        taken, given = [], []
        cpu, client, begun = watch.cpu_s(), time.process_time(), time.monotonic()
        for row in rows:
            before = time.perf_counter()
            given.append(await call(row, self.vectors.get(row["id"])))
            taken.append(time.perf_counter() - before)
            if time.monotonic() - begun > limit_s:
                break
        count = len(taken)
        out = {"calls": count, **shares(taken),
               "cpu_ms": (watch.cpu_s() - cpu) * 1e3 / count,
               "client_cpu_ms": (time.process_time() - client) * 1e3 / count}
        if self.system.in_process:
            out["client_cpu_ms"] = 0.0
        calls = (self.embedded_so_far() - embedded) / count
        wall, cpu = self.embed_call
        out["embed_call_cpu_ms"] = sum(cpu for _, cpu in asked) * 1e3 / count + calls * cpu
        out["embed_call_ms"] = sum(wall for wall, _ in asked) * 1e3 / count + calls * wall
        return out, given

    async def embedded(self) -> dict:
        """Ours, with a model from now on: waits until every item has its vectors, its own and the
        one among its neighbours, of which `vectors_pending` does not speak."""
        source = self.settings.get("embedded_home")
        if source:
            doors_systems.copied_home(Path(source), self.store)
        await self.system.start(True)
        watch = Watch(self.system)
        await self.system.search({"text": "the model is loaded"}, None)
        cpu, begun = watch.cpu_s(), time.monotonic()
        await self.system.embed()
        stats = await self.system.stats()
        if stats["model"] is None or stats["vectors_pending"]:
            raise SystemExit(f"vectors are not made: {stats}")
        if source:
            return {}
        return {"vectors": stats["vectors"],
                "embed_cpu_ms": (watch.cpu_s() - cpu) * 1e3 / stats["memories"],
                "embed_ms": (time.monotonic() - begun) * 1e3 / stats["memories"]}

    def embedded_so_far(self) -> int:
        """Texts that the embedder was asked for by a system which is another process."""
        if self.embed_call == (0, 0):
            return 0
        with urllib.request.urlopen(self.settings["embedder"]) as answer:
            return json.loads(answer.read())["embedded"]

    def call_of_embedder(self) -> tuple:
        """Milliseconds and processor milliseconds of asking it once, as such a system does."""
        import requests
        body = {"input": [self.settings["known_text"]], "model": "doors"}
        cpu, begun = time.process_time(), time.monotonic()
        for _ in range(100):
            requests.post(self.settings["embedder"] + "/embeddings", json=body,
                          timeout=30).json()
        return (time.monotonic() - begun) * 10, (time.process_time() - cpu) * 10

    async def measure(self) -> dict:
        settings, system = self.settings, self.system
        before = steal()
        if system.asks_embedder and not system.in_process:
            self.embed_call = self.call_of_embedder()
        begun = time.monotonic()
        await system.start(False)
        figures = {"start_ms": (time.monotonic() - begun) * 1e3}
        await system.add(settings["first"], self.vectors[settings["first"]["id"]])
        figures["add"], _ = await self.pass_over(settings["items"], system.add,
                                                 settings["limit_s"])
        if system.embeds:
            figures["rss_without_model_mib"] = Watch(system).rss_mib()
            await system.stop()
            figures["embedding"] = await self.embedded()
        await system.search(settings["first"], self.vectors[settings["first"]["id"]])
        figures["search_first"], _ = await self.pass_over(settings["questions"], system.search,
                                                          settings["limit_s"])
        figures["search"], ranked = await self.pass_over(settings["questions"], system.search,
                                                         settings["limit_s"])
        told = {"ranked": ranked}
        if hasattr(system, "search_by_default"):
            figures["search_by_default"], told["ranked_by_default"] = await self.pass_over(
                settings["questions"], system.search_by_default, settings["limit_s"])
        figures |= {"rss_mib": Watch(system).rss_mib(), "disk_mib": disk_mib(self.store),
                    "disk_reserve_mib": disk_mib(self.store, "ballast*")}
        if system.embeds:
            figures["add_beside_embedding"], _ = await self.pass_over(settings["extra"],
                                                                      system.add, 60)
        await system.stop()
        after = steal()
        figures["steal_share"] = (after[0] - before[0]) / max(1, after[1] - before[1])
        figures["load_average"] = os.getloadavg()[0]
        return {"figures": figures, **told}

    def probes(self) -> list:
        return self.settings["items"][:self.settings.get("probes", PROBES)]

    async def kill(self) -> None:
        await self.system.start(False)
        for item in self.probes():
            await self.system.add(item, self.vectors[item["id"]])
        for pid in [*children(os.getpid()), os.getpid()]:
            os.kill(pid, signal.SIGKILL)

    async def look(self) -> dict:
        await self.system.start(False)
        last = self.probes()[-1]
        vector = self.vectors[last["id"]]
        asked = {"id": last["id"], "text": doors_systems.content(last)}
        found = await self.system.search(asked, vector)
        await self.system.stop()
        return {"found": last["id"] in found}


def main() -> None:
    run = Run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(json.dumps(asyncio.run(getattr(run, sys.argv[2])())))


if __name__ == "__main__":
    main()
