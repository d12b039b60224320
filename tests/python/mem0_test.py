"""mem0's verbs: what they give, what they refuse, and who sees what."""

from __future__ import annotations

from memory_engine import InvalidArgumentError, LimitError, NotFoundError
from memory_engine.mem0 import Memory
from packaged import HomeTest, main


class Mem0(HomeTest):
    """One home, several people."""

    def setUp(self) -> None:
        super().setUp()
        self.memory = Memory(self.home)
        self.addCleanup(self.memory.close)

    def add(self, text: str, **more: object) -> str:
        """The id of what was added for mina."""
        added = self.memory.add(text, **{"user_id": "mina", **more})  # type: ignore[arg-type]
        return str(added["results"][0]["id"])

    def texts(self, **scope: str) -> list[str]:
        """What get_all finds."""
        return [one["memory"] for one in self.memory.get_all(**scope)["results"]]

    def test_add_keeps_each_message_as_it_was_said(self) -> None:
        added = self.memory.add(
            [{"role": "system", "content": "be kind"}, {"role": "user", "content": "I moved"},
             {"role": "assistant", "content": "Where to?"}], user_id="mina", infer=True)
        self.assertEqual([(one["memory"], one["event"], one["role"]) for one in added["results"]],
                         [("I moved", "ADD", "user"), ("Where to?", "ADD", "assistant")])
        self.assertEqual(self.texts(user_id="mina"), ["Where to?", "I moved"])
        with self.assertRaises(InvalidArgumentError):
            self.memory.add("whose?")
        with self.assertRaises(LimitError):
            self.add("x", metadata={"long": "y" * 600})

    def test_search_finds_by_association_within_its_scope(self) -> None:
        first = self.add("I moved to Busan", metadata={"app": "diary"})
        self.add("I bought a new oven")
        self.memory.add("I moved to Jeju", user_id="sol")
        found = self.memory.search("where did I move?", user_id="mina")["results"]
        self.assertEqual(found[0]["id"], first)
        self.assertTrue(0 < found[0]["score"] <= 1)
        self.assertEqual(found[0]["user_id"], "mina")
        self.assertEqual(found[0]["metadata"], {"app": "diary"})
        self.assertNotIn("Jeju", str(found))
        self.assertEqual(len(self.memory.search("moved", filters={"user_id": "mina"}, limit=1)
                             ["results"]), 1)
        self.assertEqual(self.memory.search("moved", user_id="mina", threshold=1.0)["results"], [])
        self.assertEqual(self.memory.search("moved", user_id="nobody")["results"], [])
        self.assertNotIn("mem0 user_id:nobody", self.memory.engine.chains())

    def test_further_ids_and_metadata_narrow(self) -> None:
        self.add("told to the cook", agent_id="cook")
        self.add("told to the gardener", agent_id="gardener", run_id="r1")
        self.assertEqual(self.texts(user_id="mina", agent_id="cook"), ["told to the cook"])
        self.assertEqual(self.texts(user_id="mina", run_id="r1"), ["told to the gardener"])
        self.assertEqual(len(self.texts(user_id="mina")), 2)
        self.add("with a mark", metadata={"app": "diary"})
        narrowed = self.memory.get_all(user_id="mina", filters={"app": "diary"})["results"]
        self.assertEqual([one["memory"] for one in narrowed], ["with a mark"])

    def test_update_keeps_the_id_and_the_history(self) -> None:
        first = self.add("I live in Busan", metadata={"app": "diary"})
        self.memory.update(first, "I live in Jeju")
        self.memory.update(first, "I live in Seoul")
        item = self.memory.get(first)
        assert item is not None
        self.assertEqual((item["id"], item["memory"], item["metadata"]),
                         (first, "I live in Seoul", {"app": "diary"}))
        self.assertEqual(self.texts(user_id="mina"), ["I live in Seoul"])
        found = self.memory.search("where do I live?", user_id="mina")["results"]
        self.assertEqual(found[0]["id"], first)
        history = self.memory.history(first)
        self.assertEqual([one["event"] for one in history][:2], ["ADD", "UPDATE"])
        self.assertEqual(history[1]["old_memory"], "I live in Busan")
        self.assertEqual(history[1]["new_memory"], "I live in Jeju")

    def test_delete_erases_with_all_later_forms(self) -> None:
        first = self.add("I live in Busan")
        kept = self.add("I like rain")
        self.memory.update(first, "I live in Jeju")
        self.memory.delete(first)
        self.assertIsNone(self.memory.get(first))
        self.assertEqual(self.texts(user_id="mina"), ["I like rain"])
        self.assertIsNotNone(self.memory.get(kept))
        with self.assertRaises(NotFoundError):
            self.memory.delete(first)
        for wrong in ("", "1", "main#1", "mem0 user_id:mina#999", "mem0 user_id:nobody#1"):
            self.assertIsNone(self.memory.get(wrong), wrong)
            with self.assertRaises(NotFoundError):
                self.memory.update(wrong, "x")

    def test_delete_all_and_reset(self) -> None:
        self.add("one")
        self.add("told to the cook", agent_id="cook")
        self.memory.add("hers", user_id="sol")
        self.memory.engine.remember("not of mem0")
        self.memory.delete_all(user_id="mina", agent_id="cook")
        self.assertEqual(self.texts(user_id="mina"), ["one"])
        self.memory.delete_all(user_id="mina")
        self.memory.delete_all(user_id="mina")
        self.assertEqual(self.texts(user_id="mina"), [])
        self.assertEqual(self.texts(user_id="sol"), ["hers"])
        self.memory.reset()
        self.assertEqual(self.texts(user_id="sol"), [])
        self.assertEqual(self.memory.engine.stats()["memories"], 1)


if __name__ == "__main__":
    main()
