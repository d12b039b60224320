"""The methods of the package are the operations of the program: one name, one set of arguments."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import urllib.request
from typing import Any

from memory_engine import AsyncMemory, Memory, _engine
from packaged import PROGRAM, REAL_CACHE, HomeTest, main


class Doors(HomeTest):
    """Python beside REST."""

    def described(self) -> dict[str, Any]:
        """The arguments of each operation, as the server describes them."""
        server = subprocess.Popen([PROGRAM, "--home", self.home, "serve", "--port", "0", "--json",
                                   "--log", "none"], stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "MBE_CACHE": str(REAL_CACHE)})
        try:
            assert server.stdout is not None
            port = json.loads(server.stdout.readline())["port"]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json") as answer:
                paths = json.load(answer)["paths"]
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)
        return {path.removeprefix("/v1/"):
                about["post"]["requestBody"]["content"]["application/json"]["schema"]
                for path, about in paths.items() if path.startswith("/v1/")}

    def test_methods_take_what_operations_take(self) -> None:
        described = self.described()
        self.assertEqual({one["name"]: one["arguments"] for one in _engine.operations()}, described)
        for name, schema in described.items():
            for kind in (Memory, AsyncMemory):
                with self.subTest(name, kind=kind.__name__):
                    method = getattr(kind, "import_" if name == "import" else name)
                    taken = set(inspect.signature(method).parameters) - {"self", "chain"}
                    self.assertEqual({one.rstrip("_") for one in taken},
                                     set(schema.get("properties", {})))
                    needed = {one for one, about in inspect.signature(method).parameters.items()
                              if about.default is about.empty} - {"self"}
                    self.assertEqual({one.rstrip("_") for one in needed},
                                     set(schema.get("required", [])))


if __name__ == "__main__":
    main()
