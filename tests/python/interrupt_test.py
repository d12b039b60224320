"""Ctrl-C during work: KeyboardInterrupt comes, and the memory is whole."""

from __future__ import annotations

import os
import signal
import threading

from packaged import HomeTest, main


class Interrupt(HomeTest):
    """A signal that another thread sends while the engine works."""

    def test_import_stops_whole_and_goes_on_where_it_stopped(self) -> None:
        memory = self.open()
        items = [{"id": f"item {n}", "text": f"the {n}. thing that was said about herons"}
                 for n in range(1000)]
        working = threading.Event()

        def interrupt() -> None:
            working.wait()
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        rounds = 0
        with self.assertRaises(KeyboardInterrupt):
            while rounds < 1000:
                working.set()
                memory.import_([{**item, "id": f"{rounds} {item['id']}"} for item in items])
                rounds += 1
        thread.join()
        self.assertTrue(memory.verify()["ok"])
        before = memory.stats()["memories"]
        report = memory.import_([{**item, "id": f"{rounds} {item['id']}"} for item in items])
        self.assertEqual(report["imported"] + report["skipped"], len(items))
        self.assertEqual(memory.stats()["memories"], before + report["imported"])

    def test_the_lock_is_let_go_of_during_a_call(self) -> None:
        memory = self.open()
        memory.import_([{"id": f"{n}", "text": f"thing {n}"} for n in range(300)])
        done = threading.Event()
        counted = 0

        def work() -> None:
            memory.rebuild()
            done.set()

        thread = threading.Thread(target=work)
        thread.start()
        while not done.is_set():
            counted += 1
        thread.join()
        self.assertGreater(counted, 100)


if __name__ == "__main__":
    main()
