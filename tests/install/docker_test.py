"""The Dockerfile, as far as it can be checked without docker: its commands are valid shell, the
image runs without root, and its health check tells a healthy server from none."""

from __future__ import annotations

import json
import re
import socket
import subprocess

from installing import SOURCE, FolderTest, Server, build_folder, main, plain_environment, run


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its words, continued lines joined."""
    text = (SOURCE / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
    pairs = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(pair[0], pair[1]) for pair in pairs]


class Image(FolderTest):
    """What the Dockerfile says."""

    def test_runs_valid_shell(self) -> None:
        commands = [words for name, words in instructions() if name == "RUN"]
        self.assertEqual(len(commands), 3)
        for command in commands:
            subprocess.run(["sh", "-n", "-c", command], check=True)

    def test_runs_without_root_and_keeps_the_home_outside(self) -> None:
        last = [name for name, _ in instructions()]
        stage = instructions()[len(last) - last[::-1].index("FROM"):]
        self.assertIn(("USER", "mbe"), stage)
        self.assertIn(("VOLUME", "/var/lib/mbe"), stage)
        self.assertNotIn("--insecure-http", dict(stage)["ENTRYPOINT"], "for its user to say")

    def test_copies_no_build_no_home_and_no_repository(self) -> None:
        left_out = (SOURCE / ".dockerignore").read_text(encoding="utf-8").splitlines()
        for name in [".git", "build", "dist", "**/node_modules", "**/.env", "*.gguf"]:
            self.assertIn(name, left_out)

    def test_checks_the_health_of_the_server(self) -> None:
        words = dict(instructions())["HEALTHCHECK"]
        check = json.loads(words[words.index("CMD ") + 4:])
        command = [str(build_folder() / "mbe"), "serve", "--home", str(self.folder / "home"),
                   "--port", "0"]
        with Server(command, plain_environment()) as server:
            port = server.address.rsplit(":", 1)[1]
            healthy = [word.replace("8000", port) for word in check]
            self.assertEqual(run(healthy, plain_environment()).returncode, 0)
            self.assertEqual(server.interrupt(), 0)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        dead = [word.replace("8000", port) for word in check]
        self.assertNotEqual(run(dead, plain_environment()).returncode, 0)


main()
