"""A home that a server has open: the package asks that server, and goes on when it stops."""

from __future__ import annotations

import os
import signal
import subprocess

from memory_engine import NotFoundError
from packaged import PROGRAM, REAL_CACHE, HomeTest, main


class Served(HomeTest):
    """A server as a person starts it."""

    def setUp(self) -> None:
        super().setUp()
        self.server = subprocess.Popen(
            [PROGRAM, "--home", self.home, "serve", "--port", "0"], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env={**os.environ, "MBE_CACHE": str(REAL_CACHE)})
        self.addCleanup(self.stop)
        assert self.server.stdout is not None
        for line in self.server.stdout:
            if "Ctrl-C stops it" in line:
                break

    def stop(self) -> None:
        """Ctrl-C, and its end."""
        if self.server.returncode is not None:
            return
        self.server.send_signal(signal.SIGINT)
        self.server.communicate()

    def test_calls_go_to_the_server_and_then_to_the_home(self) -> None:
        memory = self.open()
        self.assertTrue(memory.served)
        block = memory.remember("told to the server", chain="a b&c")
        self.assertEqual(block["channel"], "cli")
        self.assertEqual(memory.recall("server", chain="a b&c")["hits"][0]["block_index"],
                         block["block_index"])
        self.assertIn("a b&c", memory.chains())
        with self.assertRaises(NotFoundError) as raised:
            memory.show(99, chain="a b&c")
        self.assertTrue(raised.exception.next_step)
        self.stop()
        self.assertFalse(memory.served)
        self.assertEqual(memory.stats(chain="a b&c")["memories"], 1)
        self.assertEqual(memory.remember("told to the home")["channel"], "python")

    def test_a_home_can_be_opened_beside_the_server(self) -> None:
        beside = self.open(use_server=False)
        self.assertFalse(beside.served)
        beside.remember("written beside it")
        self.assertEqual(self.open().recall("written beside")["hits"][0]["context"],
                         "written beside it")


if __name__ == "__main__":
    main()
