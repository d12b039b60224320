"""Every kind of error, with its code, its base classes and its next step; misuse is refused."""

from __future__ import annotations

import os
import pickle

from memory_engine import (EngineError, InputOutputError, InvalidArgumentError, LimitError, Memory,
                           NotFoundError, UnavailableError, _engine)
from memory_engine.errors import CLASSES, error_of
from packaged import HomeTest, main


class Errors(HomeTest):
    """What is raised."""

    def test_each_code_has_a_class(self) -> None:
        codes = {code for one in _engine.operations() for code in one["errors"]}
        self.assertLessEqual(codes, set(CLASSES))
        for code, kind in CLASSES.items():
            error = error_of(code, "what failed", "what to do")
            self.assertIs(type(error), kind)
            self.assertEqual((error.code, str(error), error.next_step),
                             (code, "what failed", "what to do"))
            self.assertEqual(str(pickle.loads(pickle.dumps(error))), "what failed")
        self.assertTrue(issubclass(NotFoundError, LookupError))
        self.assertTrue(issubclass(LimitError, ValueError))

    def test_not_found_and_limit_and_invalid(self) -> None:
        memory = self.open()
        with self.assertRaises(NotFoundError) as raised:
            memory.show(99)
        self.assertTrue(raised.exception.message and raised.exception.next_step)
        with self.assertRaises(LimitError):
            memory.remember("x" * 1_000_001)
        with self.assertRaises(InvalidArgumentError):
            memory.remember("")
        with self.assertRaises(InvalidArgumentError):
            memory.recall("x", top_k=0)
        with self.assertRaises(InvalidArgumentError):
            memory.recall("x", arms=["smell"])  # type: ignore[list-item]
        self.assertEqual(memory.stats()["memories"], 0)

    def test_denied_where_nothing_may_be_written(self) -> None:
        self.open().remember("kept")
        reading = self.open(read_only=True)
        self.assertEqual(reading.stats()["memories"], 1)
        with self.assertRaises(CLASSES["denied"]):
            reading.remember("no")

    def test_io_where_no_home_can_be(self) -> None:
        with self.assertRaises(InputOutputError):
            Memory("/proc/version/home")

    def test_unavailable_without_a_model(self) -> None:
        memory = self.open()
        memory.remember("nothing to embed it with")
        with self.assertRaises(UnavailableError):
            memory.reembed()

    def test_corrupt_after_damage_is_told_by_verify(self) -> None:
        with Memory(self.home) as memory:
            memory.remember("sound")
        log = next(self.home.rglob("*.seg.jsonl"))
        text = log.read_bytes()
        log.write_bytes(text[:-40] + b"x" * 10 + text[-30:])
        try:
            verified = self.open().verify()
        except EngineError as error:
            self.assertEqual(error.code, "corrupt")
        else:
            self.assertFalse(verified["ok"])

    def test_wrong_values_are_refused(self) -> None:
        memory = self.open()
        for wrong in (object(), b"bytes", {1: 2}, {"a", "b"}, 2**70, float("nan")):
            with self.subTest(wrong), self.assertRaises((TypeError, ValueError)):
                memory._call("remember", {"text": "x", "speaker": wrong}, None)
        deep: list[object] = []
        for _ in range(100):
            deep = [deep]
        with self.assertRaises(ValueError):
            memory._call("remember", {"text": deep}, None)
        with self.assertRaises(UnicodeEncodeError):
            memory.remember("\ud800")
        with self.assertRaises(TypeError):
            memory.list(tags="a lone text")
        with self.assertRaises(NotFoundError):
            memory._call("fly", {}, None)
        self.assertEqual(memory.stats()["memories"], 0)

    def test_messages_come_in_korean(self) -> None:
        with self.assertRaises(NotFoundError) as raised:
            self.open(language="ko").show(99)
        self.assertRegex(raised.exception.message, "[가-힣]")
        with self.assertRaises(InvalidArgumentError):
            self.open(language="xx")
        os.environ["LC_ALL"] = "ko_KR.UTF-8"
        with self.assertRaisesRegex(NotFoundError, "[가-힣]"):
            self.open().show(99)


if __name__ == "__main__":
    main()
