"""launch.sh against the release build of this tree, with homes that are gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from installing import (SOURCE, FolderTest, Server, build_folder, main, plain_environment, run,
                        skip)

LAUNCH = str(SOURCE / "launch.sh")


class Launch(FolderTest):
    """What a person sees who types ./launch.sh."""

    def home(self) -> str:
        return str(self.folder / "home")

    def gguf(self, name: str) -> Path:
        file = self.folder / "files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"GGUF")
        return file

    def prepare(self, *options: str, **environment: str) -> tuple[int, str]:
        """Sets up and builds, and does not serve: exit code and what was said."""
        done = run([LAUNCH, "--home", self.home(), "--no-serve", *options],
                   plain_environment(**environment))
        return done.returncode, done.stdout + done.stderr

    def test_refuses_an_unknown_option_with_usage(self) -> None:
        done = run([LAUNCH, "--bogus"], plain_environment())
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown option --bogus", done.stderr)
        self.assertIn("Usage: ./launch.sh", done.stderr)
        self.assertEqual(done.stdout, "", "nothing was begun")

    def test_refuses_an_option_without_its_value(self) -> None:
        done = run([LAUNCH, "--port"], plain_environment())
        self.assertEqual(done.returncode, 2)
        self.assertIn("--port needs a value", done.stderr)

    def test_help_names_every_option(self) -> None:
        done = run([LAUNCH, "--help"], plain_environment())
        self.assertEqual(done.returncode, 0)
        text = Path(LAUNCH).read_text(encoding="utf-8")
        options = {word for line in text.splitlines() if line.startswith("    --")
                   for word in line.split(")")[0].split()
                   if word.startswith("--") and not word.endswith("*")}
        self.assertGreater(len(options), 12)
        for option in options:
            self.assertIn(option, done.stdout)

    def test_serves_until_ctrl_c(self) -> None:
        command = [LAUNCH, "--home", self.home(), "--port", "0"]
        with Server(command, plain_environment()) as server:
            self.assertEqual(server.get("/healthz")[0], 200, server.said)
            self.assertRegex(server.said, r"the code [a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}")
            refused = run(command, plain_environment())
            self.assertEqual(refused.returncode, 3)
            self.assertIn("being served already; stop that first", refused.stderr)
            self.assertEqual(server.interrupt(), 0, server.said)
        self.assertFalse((self.folder / "home" / "socket").exists())

    def test_says_that_the_port_is_taken_and_what_to_do(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            done = run([LAUNCH, "--home", self.home(), "--port", port], plain_environment())
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertIn(f"port {port} of 127.0.0.1 is taken by another program", done.stderr)
        self.assertIn("--port", done.stderr)

    def test_refuses_other_machines_without_proxy_or_consent(self) -> None:
        done = run([LAUNCH, "--home", self.home(), "--host", "0.0.0.0", "--port", "0"],
                   plain_environment())
        self.assertEqual(done.returncode, 5)
        self.assertIn("--behind-proxy", done.stderr)

    def test_links_models_by_folder_and_by_family(self) -> None:
        files = ["creation/any.gguf", "DeepSeek-R1-Distill-Llama-8B.gguf", "Llama-3.1-8B.gguf",
                 "Mixtral-8x7B.gguf", "other.gguf"]
        for name in files:
            self.gguf(name)
        code, said = self.prepare("--models", str(self.folder / "files"))
        self.assertEqual(code, 0, said)
        links = {str(link.relative_to(self.folder / "home" / "models")): str(link.resolve())
                 for link in (self.folder / "home" / "models").rglob("*.gguf")}
        places = ["creation/any.gguf", "creation/DeepSeek-R1-Distill-Llama-8B.gguf",
                  "self/Llama-3.1-8B.gguf", "emotion/Mixtral-8x7B.gguf", "other.gguf"]
        self.assertEqual(links, {place: str((self.folder / "files" / name).resolve())
                                 for place, name in zip(places, files)})

    def test_replaces_the_links_of_before_and_no_file(self) -> None:
        self.gguf("old.gguf")
        self.assertEqual(self.prepare("--models", str(self.folder / "files"))[0], 0)
        own = self.folder / "home" / "models" / "own.gguf"
        own.write_bytes(b"GGUF of its own")
        (self.folder / "files" / "old.gguf").unlink()
        self.gguf("new.gguf")
        self.assertEqual(self.prepare("--models", str(self.folder / "files"))[0], 0)
        names = sorted(file.name for file in own.parent.iterdir())
        self.assertEqual(names, ["new.gguf", "own.gguf"])
        self.gguf("own.gguf")
        code, said = self.prepare("--models", str(self.folder / "files"))
        self.assertEqual(code, 1)
        self.assertIn("own.gguf is a file already", said)
        self.assertEqual(own.read_bytes(), b"GGUF of its own")

    def test_refuses_a_folder_without_models(self) -> None:
        code, said = self.prepare("--models", str(self.folder))
        self.assertEqual(code, 1)
        self.assertIn("no GGUF file in", said)
        self.assertFalse((self.folder / "home").exists())

    def test_needs_no_version_control(self) -> None:
        programs = self.folder / "programs"
        programs.mkdir()
        (programs / "git").write_text(f"#!/bin/sh\ntouch '{self.folder}/called'\nexit 1\n")
        (programs / "git").chmod(0o755)
        code, said = self.prepare(PATH=f"{programs}:{os.environ['PATH']}")
        self.assertEqual(code, 0, said)
        self.assertFalse((self.folder / "called").exists())

    def test_asks_for_the_cuda_toolkit_before_anything_else(self) -> None:
        if shutil.which("nvcc") or Path("/usr/local/cuda/bin/nvcc").exists():
            self.skipTest("this machine has nvcc")
        code, said = self.prepare("--gpu", MBE_CACHE=str(self.folder / "cache"))
        self.assertEqual(code, 1)
        self.assertIn("nvcc is needed", said)

    def prepared(self, script: str) -> str:
        """What one step of the preparation says; `$home` is the home."""
        head = f"set -euo pipefail; source '{SOURCE}/tools/report.sh'; " \
               f"source '{SOURCE}/tools/prepare_home.sh'; home='{self.home()}'; "
        done = run(["bash", "-c", head + script], plain_environment(MBE_CACHE=str(self.folder)))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_puts_the_sample_where_no_transcripts_are(self) -> None:
        program = self.folder / "mbe"
        program.write_text('#!/bin/sh\ncase "$*" in *--help) echo "  sample  a world" ;; '
                           '*) echo "asked: $*" ;; esac\n')
        program.chmod(0o755)
        asked = f"asked: sample --home {self.home()} --origin mina"
        step = f'add_sample "{program}" "$home" --origin mina'
        self.assertIn(asked, self.prepared(step))
        (self.folder / "home/memory").mkdir(parents=True)
        said = self.prepared(step)
        self.assertNotIn("asked:", said)
        self.assertIn("has transcripts already", said)

    def test_goes_on_where_the_program_has_no_sample(self) -> None:
        self.assertIn("this version of mbe has none", self.prepared('add_sample /bin/true "$home"'))

    def test_gives_the_sample_model_to_a_home_without_models_alone(self) -> None:
        fetched = self.folder / "models/gemma-3-270m/gemma-3-270m-q4_0.gguf"
        fetched.parent.mkdir(parents=True)
        fetched.write_bytes(b"GGUF")
        self.prepared('link_sample_model "$home"')
        models = self.folder / "home/models"
        self.assertEqual((models / fetched.name).resolve(), fetched.resolve())
        (models / fetched.name).rename(models / "own.gguf")
        self.assertIn("has models of its own", self.prepared('link_sample_model "$home"'))
        self.assertEqual([file.name for file in models.iterdir()], ["own.gguf"])

    def test_shows_the_tour_without_a_home(self) -> None:
        done = run([LAUNCH, "--home", self.home(), "--tour"], plain_environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse((self.folder / "home").exists())


if build_folder() != SOURCE / "build" / "release":
    skip("launch.sh uses build/release")
main()
