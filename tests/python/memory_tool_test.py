"""The memory tool's commands over a home in this process; with the package `anthropic` it is tested
in tests/shims.
"""

from __future__ import annotations

from memory_engine.memory_tool import run_command
from packaged import HomeTest, main

PATH = "/memories/wishes.md"


class MemoryTool(HomeTest):
    """One home, one model."""

    def setUp(self) -> None:
        super().setUp()
        self.memory = self.open()

    def said(self, command: str, **more: object) -> tuple[str, bool]:
        """Content, and whether it is an error."""
        answer = run_command(self.memory, {"command": command, **more})
        return answer["content"], answer["is_error"]

    def test_commands_keep_files_that_are_recalled(self) -> None:
        self.assertEqual(self.said("create", path=PATH, file_text="I want to see a heron\nsoon\n"),
                         (f"File created successfully at: {PATH}", False))
        content, failed = self.said("view", path=PATH, view_range=[2, -1])
        self.assertTrue(content.endswith(":\n     2\tsoon"), content)
        self.assertFalse(failed)
        self.said("str_replace", path=PATH, old_str="soon", new_str="in May")
        hit = self.memory.recall("heron")["hits"][0]
        self.assertEqual((hit["trust"], hit["source"]), ("tool", f"file:{PATH}"))
        self.assertIn("in May", hit["context"])

    def test_what_the_model_did_wrong_is_an_answer(self) -> None:
        for wrong in ({"command": "view", "path": "/etc/passwd"},
                      {"command": "view", "path": PATH},
                      {"command": "view", "path": PATH, "view_range": [1]},
                      {"command": "create", "path": PATH, "text": "x"},
                      {"command": "format", "path": PATH}, {}):
            with self.subTest(wrong):
                self.assertTrue(run_command(self.memory, wrong)["is_error"])


if __name__ == "__main__":
    main()
