"""A real `mbe serve` on a home of its own, for the programmes of this folder."""
import http.client
import json
import os
import signal
import subprocess
from pathlib import Path

PASSWORD = "twelve characters"


def program(mbe: str, home: str, *words: str, text: str = "") -> str:
    """What the program prints; an exception where it does not end with 0."""
    return subprocess.run([mbe, "--home", home, *words], input=text, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def new_key(mbe: str, home: str, account: str, *options: str) -> str:
    return json.loads(program(mbe, home, "people", "key", "create", account, "--json",
                              *options))["key"]


class Served:
    """A server of a home. `settings` go into its server.toml; its log goes beside the home."""

    def __init__(self, mbe: str, home: str, settings: str = "", options: tuple = ()):
        self.mbe, self.home = mbe, home
        self.wait_s = 60  # for an answer
        if settings:
            Path(home).mkdir(parents=True, exist_ok=True)
            Path(home, "server.toml").write_text(settings)
        self.log = Path(home).with_suffix(".log")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [mbe, "--home", home, "serve", "--port", "0", "--json",
                 *(options or ("--log", "all"))],
                stdout=subprocess.PIPE, stderr=log, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def ask(self, method: str, target: str, body: object = None, headers: dict | None = None,
            key: str = "") -> tuple[int, dict, bytes]:
        """Status, headers in lower case, body; over a connection of its own."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=self.wait_s)
        text = None if body is None else json.dumps(body)
        sent = dict(headers or {})
        if key:
            sent["Authorization"] = f"Bearer {key}"
        try:
            connection.request(method, target, text, sent)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()

    def rss_kb(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def log_lines(self) -> list[dict]:
        """What the log says; a line that is no JSON is a fault, and fails here."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self) -> int:
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=600)
        self.process.stdout.close()
        return code

    def is_sound(self) -> bool:
        """Whether verify is content with the home; call it when the server has stopped."""
        return json.loads(program(self.mbe, self.home, "verify", "--json"))["ok"]
