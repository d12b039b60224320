"""Every example in Python runs and says what it should."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from packaged import REAL_CACHE, SOURCE, HomeTest, main

EXAMPLES = SOURCE / "examples/python"
SAYS = {
    "quick_start.py": "프로젝트가 망했다",
    "life_of_a_memory.py": "not_found -",
    "at_once.py": "3 of 8",
    "mem0_verbs.py": "'ADD', 'UPDATE'",
    "langchain_retriever.py": "The heron eats frogs",
    "llama_index_retriever.py": "The heron eats frogs",
}
WITH_LIBRARIES = ("langchain_retriever.py", "llama_index_retriever.py")


def retrievers() -> Path:
    """The Python that has LangChain and LlamaIndex."""
    wanted = (SOURCE / "tools/requirements/retrievers.txt").read_bytes()
    return REAL_CACHE / f"retrievers-{hashlib.sha256(wanted).hexdigest()[:12]}" / "bin/python"


class Examples(HomeTest):
    """Each in a home of its own."""

    def test_every_example_is_run_here(self) -> None:
        self.assertEqual({file.name for file in EXAMPLES.glob("*.py")}, set(SAYS))

    def test_examples_of_the_package_alone(self) -> None:
        for name in SAYS.keys() - set(WITH_LIBRARIES):
            with self.subTest(name):
                os.environ["MBE_HOME"] = str(self.folder / name)
                done = self.run_python(EXAMPLES / name, self.folder / name)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn(SAYS[name], done.stdout)

    def test_retrievers_with_the_real_libraries(self) -> None:
        if not retrievers().exists():
            self.skipTest(f"LangChain and LlamaIndex are not in {REAL_CACHE}; tools/setup --tests")
        import memory_engine
        os.environ["PYTHONPATH"] = str(Path(memory_engine.__file__).parents[1])
        os.environ["HOME"] = str(self.folder)
        for name in WITH_LIBRARIES:
            with self.subTest(name):
                done = self.run_python(EXAMPLES / name, self.folder / name, python=retrievers())
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn(SAYS[name], done.stdout)
                self.assertNotIn("thermostat", done.stdout)

    def test_the_lines_of_the_wrappers_run_unchanged(self) -> None:
        lines = ("user_input = '그 프로젝트 어떻게 됐지?'\n"
                 "from memory_engine.prompt_wrapper import compose_prompt\n"
                 "from memory_engine.cache_manager import update_cache\n"
                 "waypoints = update_cache(user_input)\n"
                 "prompt = compose_prompt(user_input, waypoints)\n"
                 "assert user_input in prompt\n")
        done = self.run_python("-W", "error", "-c", lines, python=sys.executable)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    main()
