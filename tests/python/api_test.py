"""The package as a program uses it."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import threading
from datetime import date, datetime, timezone

import memory_engine
from memory_engine import (AsyncMemory, InvalidArgumentError, Memory, NotFoundError, _engine,
                           _operations)
from memory_engine._default import close_default_memory
from memory_engine.cache_manager import update_cache
from memory_engine.prompt_wrapper import compose_prompt
from packaged import SOURCE, HomeTest, main

SAMPLES = {
    "remember": {"text": "오늘은 마라톤을 완주했다"},
    "update": {"block_index": 2, "text": "내일 걷는다"},
    "pin": {"block_index": 1}, "unpin": {"block_index": 1}, "hide": {"block_index": 1},
    "restore": {"block_index": 1}, "forget_preview": {"blocks": [1]},
    "forget": {"blocks": [3], "count": 1}, "recall": {"cue": "마라톤", "as_of": date(2999, 1, 1)},
    "explain": {"block_index": 1, "cue": "마라톤"}, "show": {"block_index": 1},
    "list": {"limit": 2}, "timeline": {}, "goals": {}, "history": {"block_index": 1},
    "observe": {"text": "강가를 걸었다"}, "short_term": {}, "waypoints": {},
    "update_waypoints": {"text": "강"}, "compose": {"input": "마라톤 어땠지?"},
    "analyse": {"text": "강"}, "similarity": {"pairs": [{"a": "강", "b": "바다"}]},
    "import_": {"items": [{"id": "x", "text": "예전의 말", "time": "2020-01-02"}]},
    "file_view": {"path": "/memories"},
    "file_edit": {"command": "create", "path": "/memories/a", "file_text": "x"},
    "stats": {}, "verify": {}, "rebuild": {}, "checkpoint": {}, "scrub": {},
    "block_summary": {"at_least": 2}, "block_merger": {}, "block_filter": {"importance": 0.1},
    "conflicts": {}, "import_upload": {"data": "W3siaWQiOiIxIiwibWVtb3J5Ijoi67O066asIn1d"},
}
WITHOUT_MODEL = {"reembed"}  # refuses, see models_test.py
OF_AN_UPLOAD = {"import_preview", "import_file", "import_status", "import_discard"}


class Operations(HomeTest):
    """Methods and the table."""

    def test_every_operation_is_a_method_that_works(self) -> None:
        memory = self.open()
        for text in ("나는 봄에 마라톤을 하고 싶다", "어제 강가를 걸었다", "비밀이다"):
            memory.remember(text, session="talk")
        for operation in _engine.operations():
            name = operation["name"] + ("_" if operation["name"] == "import" else "")
            with self.subTest(name):
                method = getattr(memory, name)
                documented = inspect.getdoc(method) or ""
                for argument in operation["arguments"].get("properties", {}):
                    self.assertIn(argument, documented)
                if name in WITHOUT_MODEL:
                    continue
                if name in OF_AN_UPLOAD:
                    upload = memory.import_upload(**SAMPLES["import_upload"])
                    SAMPLES[name] = {"upload_id": upload["upload_id"]}
                result = method(**SAMPLES[name])
                self.assertEqual(set(operation["result"]["required"]) - set(result), set())
        self.assertLessEqual(set(SAMPLES) | WITHOUT_MODEL,
                             {name for name, _ in inspect.getmembers(memory)})

    def test_asyncio_has_the_same_methods(self) -> None:
        for operation in _engine.operations():
            name = operation["name"] + ("_" if operation["name"] == "import" else "")
            plain = inspect.signature(getattr(_operations.Operations, name))
            awaited = getattr(_operations.AsyncOperations, name)
            self.assertTrue(inspect.iscoroutinefunction(awaited), name)
            self.assertEqual(inspect.signature(awaited), plain)

    def test_values_come_back_as_they_went_in(self) -> None:
        memory = self.open()
        text = "줄\n바꿈\t\"따옴표\" 🐦 \u2028"
        self.assertEqual(memory.remember(text)["context"], text)
        block = memory.show(1)
        self.assertEqual(memory.show(1), block)
        self.assertIsNone(block["embedding"])
        self.assertIs(block["pinned"], False)
        self.assertEqual(list(block)[:9], ["block_index", "timestamp", "context", "keywords",
                                           "tags", "embedding", "importance", "hash", "prev_hash"])

    def test_chains_are_apart(self) -> None:
        memory = self.open()
        memory.remember("elsewhere", chain="other")
        self.assertEqual(memory.stats(chain="other")["memories"], 1)
        self.assertEqual(memory.stats()["memories"], 0)
        self.assertEqual(memory.chains(), ["main", "other"])
        with self.assertRaises(NotFoundError):
            memory.stats(chain="absent")

    def test_times_are_taken_as_values(self) -> None:
        memory = self.open()
        when = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
        self.assertEqual(memory.remember("long ago", event_time=when)["timestamp"],
                         "2020-01-02T03:04:05Z")
        self.assertEqual(len(memory.list(until=date(2020, 1, 2))["blocks"]), 1)
        self.assertEqual(len(memory.list(until=date(2020, 1, 1))["blocks"]), 0)
        with self.assertRaises(InvalidArgumentError):
            memory.remember("when?", event_time=datetime(2020, 1, 2))


class Life(HomeTest):
    """Opening, closing, threads, processes."""

    def test_a_closed_memory_says_so(self) -> None:
        with Memory(self.home) as memory:
            memory.remember("kept")
        memory.close()
        with self.assertRaisesRegex(InvalidArgumentError, "closed"):
            memory.stats()
        self.assertEqual(self.open().stats()["memories"], 1)

    def test_version_is_that_of_the_engine(self) -> None:
        listing = (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8")
        self.assertIn(f"project(mbe VERSION {memory_engine.__version__} ", listing)

    def test_two_memories_of_one_home_see_the_same(self) -> None:
        one, other = self.open(), self.open()
        one.remember("said once")
        self.assertEqual(other.stats()["memories"], 1)
        one.close()
        self.assertEqual(other.recall("said once")["hits"][0]["context"], "said once")

    def test_threads_work_at_once(self) -> None:
        memory = self.open()
        inside = threading.Barrier(4)

        def say(number: int) -> None:
            inside.wait()
            for n in range(10):
                memory.remember(f"thread {number} says {n}")

        threads = [threading.Thread(target=say, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(memory.stats()["memories"], 40)
        self.assertTrue(memory.verify()["ok"])

    def test_a_forked_child_opens_its_own(self) -> None:
        memory = self.open()
        memory.remember("before the fork")
        child = os.fork()
        if child == 0:
            try:
                memory.stats()
            except InvalidArgumentError as error:
                with Memory(self.home) as own:
                    right = "fork" in str(error) and own.stats()["memories"] == 1
                os._exit(0 if right else 1)
            os._exit(2)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(memory.stats()["memories"], 1)

    def test_asyncio_calls_run_at_once(self) -> None:
        async def work() -> int:
            async with AsyncMemory(self.home, threads=2) as memory:
                await asyncio.gather(*(memory.remember(f"note {n}") for n in range(6)))
                with self.assertRaises(NotFoundError):
                    await memory.show(99)
                return (await memory.stats())["memories"]

        self.assertEqual(asyncio.run(work()), 6)


class Wrappers(HomeTest):
    """cache_manager and prompt_wrapper, on the default home."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(close_default_memory)
        with Memory(self.home) as memory:
            self.oven = memory.remember("The oven needs a new thermostat")["block_index"]
            self.heron = memory.remember("The heron eats frogs")["block_index"]

    def test_waypoints_are_kept_in_the_cache_file(self) -> None:
        waypoints = update_cache("What does the heron eat?")
        self.assertEqual(waypoints[0]["block_index"], self.heron)
        self.assertTrue(0 < waypoints[0]["relevance"] <= 1)
        kept = [json.loads(file.read_text(encoding="utf-8"))
                for file in self.home.rglob("context_cache.json")]
        self.assertEqual(kept[0]["current_context"], "What does the heron eat?")
        self.assertEqual(kept[0]["waypoints"][0]["block_index"], self.heron)

    def test_prompt_holds_the_waypoints_that_are_given(self) -> None:
        waypoints = update_cache("What does the heron eat?")
        self.assertIn("frogs", compose_prompt("What does the heron eat?", waypoints))
        chosen = compose_prompt("What does the heron eat?", [self.oven])
        self.assertIn("thermostat", chosen)
        self.assertNotIn("frogs", chosen)
        self.assertNotIn("frogs", compose_prompt("What does the heron eat?", []))
        self.assertIn("frogs", compose_prompt("What does the heron eat?"))
        with self.assertRaises(NotFoundError):
            compose_prompt("What does the heron eat?", [999])

    def test_prompt_keeps_its_budget_and_form(self) -> None:
        messages = json.loads(compose_prompt("hello", format="openai", budget_tokens=300))
        self.assertTrue(messages)
        with self.assertRaises(memory_engine.LimitError):
            compose_prompt("hello", budget_tokens=3)


if __name__ == "__main__":
    main()
