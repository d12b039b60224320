"""A real `mbe serve` with people and keys before an upstream of this machine, for these tests."""
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from upstream import Upstream

MBE = sys.argv[1] if len(sys.argv) > 1 else ""
UPSTREAM_KEY = "sk-of-the-upstream"
CACHE = Path(os.environ.get("MBE_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")
DICTIONARY = "mecab-ko-dic-2.1.1.post2"
PEOPLE = {"mina": "origin", "jun": "member", "sol": "guest", "bot": "agent"}


class ProxyTest(unittest.TestCase):
    """A home, a server and an upstream for all tests of a class."""

    mode = "readwrite"

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="mbe-proxy-"))
        # The dictionary without a model: loading one takes a second, and another test does it.
        bare = cls.folder / "cache"
        bare.mkdir()
        (bare / DICTIONARY).symlink_to(CACHE / DICTIONARY)
        cls.environment = {**os.environ, "MBE_CACHE": str(bare), "UPSTREAM_KEY": UPSTREAM_KEY}
        cls.home = cls.folder / "home"
        cls.upstream = Upstream()
        cls.program("init")
        (cls.home / "config.toml").write_text(cls.config())
        cls.keys = {}
        for name, role in PEOPLE.items():
            cls.program("people", "add", name, "--role", role, text="twelve characters\n")
            cls.keys[name] = cls.new_key(name, "--rights", "read,write,erase")
        cls.start()

    @classmethod
    def config(cls) -> str:
        return (f'[proxy]\nmemory = "{cls.mode}"\n'
                f'[proxy.openai]\nurl = "{cls.upstream.url}"\nkey_env = "UPSTREAM_KEY"\n'
                f'[proxy.anthropic]\nurl = "{cls.upstream.url}"\n'
                f'key_command = "printf {UPSTREAM_KEY}"\nmodel = "words"\n')

    @classmethod
    def start(cls) -> None:
        cls.log = cls.folder / "log"
        with open(cls.log, "ab") as log:
            cls.server = subprocess.Popen(
                [MBE, "--home", cls.home, "serve", "--port", "0", "--json", "--log", "all"],
                stdout=subprocess.PIPE, stderr=log, text=True, env=cls.environment)
        cls.port = json.loads(cls.server.stdout.readline())["port"]
        cls.url = f"http://127.0.0.1:{cls.port}"

    @classmethod
    def end(cls) -> None:
        cls.server.send_signal(signal.SIGTERM)
        assert cls.server.wait(timeout=60) == 0
        cls.server.stdout.close()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.end()
        assert UPSTREAM_KEY not in cls.log.read_text()
        assert json.loads(cls.program("verify", "--json"))["ok"]
        cls.upstream.shutdown()
        cls.upstream.server_close()
        shutil.rmtree(cls.folder)

    @classmethod
    def program(cls, *words: str, text: str = "") -> str:
        return subprocess.run([MBE, "--home", cls.home, *words], input=text, text=True, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=cls.environment).stdout

    @classmethod
    def new_key(cls, account: str, *options: str) -> str:
        return json.loads(cls.program("people", "key", "create", account, "--json",
                                      *options))["key"]

    def ask(self, path: str, body: Any, key: str | None, headers: dict | None = None,
            method: str = "POST") -> tuple[int, dict[str, str], bytes]:
        """Without a client library: status, headers in lower case, body."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if key:
            sent.setdefault("Authorization", f"Bearer {key}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            text = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, text, sent)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()

    def operation(self, name: str, arguments: dict, who: str = "mina", chain: str = "") -> dict:
        target = f"/v1/{name}" + (f"?chain={chain}" if chain else "")
        status, _, body = self.ask(target, arguments, self.keys[who])
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def blocks(self, who: str = "mina", **arguments: Any) -> list[dict]:
        """The newest first."""
        return self.operation("list", {"limit": 100, **arguments}, who)["blocks"]
