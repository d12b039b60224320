"""The Debian package: what is in it and what is not, and that it works from where it is unpacked,
with nothing but itself. Made from the build under test; tools/package makes the one to hand out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from installing import SOURCE, FolderTest, build_folder, main, plain_environment, run, skip

# Each place where a file may lie.
PLACES = re.compile(
    r"usr/(bin/mbe|lib/mbe/llama-server-[0-9.]+/bin/llama-server|lib/systemd/system/mbe\.service"
    r"|share/mbe/.+|share/doc/mbe/.+|share/man/(ko/)?man1/mbe\.1\.gz"
    r"|share/bash-completion/completions/mbe|share/zsh/vendor-completions/_mbe"
    r"|share/fish/vendor_completions\.d/mbe\.fish)")
# What a package must not hold: archives, environments, keys, caches, sources, tests, memories.
FORBIDDEN = re.compile(
    r"\.(tar|t?gz|bz2|xz|zst|zip|whl|deb|7z)$|(^|/)\.|\.env|cache|secret|\.(pem|key|db|log)$"
    r"|\.(cpp|h|hpp|c|cc|py|sh|ts|svelte|cmake|o|a|so)$|_test|/tests?/|__pycache__|node_modules"
    r"|root\.key|\.git")
BUILT_WITH = ["llama.cpp", "mecab-ko-dic", "boost", "nlohmann-json3", "cli11", "tomlplusplus"]
BUILT_INTO_THE_PAGE = ["svelte", "clsx", "esm-env", "marked", "dompurify"]


class Package(FolderTest):
    """One package for all tests of this file."""

    made = Path()
    root = Path()

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(tempfile.mkdtemp(prefix="mbe-package-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        done = run(["cpack", "--config", str(build_folder() / "CPackConfig.cmake"), "-B",
                    str(folder / "made"), "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"],
                   plain_environment())
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        cls.made = next((folder / "made").glob("*.deb"))
        cls.root = folder / "root"
        subprocess.run(["dpkg-deb", "-x", str(cls.made), str(cls.root)], check=True)

    def listing(self) -> list[tuple[str, str, str]]:
        """Mode, owner and path of everything in the package."""
        out = subprocess.run(["dpkg-deb", "--contents", str(self.made)], check=True,
                             capture_output=True, text=True).stdout
        rows = [line.split(maxsplit=5) for line in out.splitlines()]
        return [(row[0], row[1], row[5].removeprefix("./")) for row in rows]

    def files(self) -> list[str]:
        return [path for mode, _, path in self.listing() if not mode.startswith("d")]

    def mbe(self, *words: str) -> str:
        """Runs the unpacked program where only the package has what it needs."""
        done = run([str(self.root / "usr/bin/mbe"), "--home", str(self.folder / "home"), *words],
                   {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                    "MBE_CACHE": "/nonexistent"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_holds_files_in_their_places_alone(self) -> None:
        files = self.files()
        self.assertGreater(len(files), 50)
        for path in files:
            self.assertRegex(path, f"^{PLACES.pattern}$")

    def test_holds_no_archive_cache_secret_source_or_test(self) -> None:
        for path in self.files():
            if not path.endswith(("man1/mbe.1.gz", "licences/llama.cpp")):
                self.assertIsNone(FORBIDDEN.search(path), path)
        for path in [".env", "a.zip", "share/mbe/x_test.cpp", "x/.cache/y", "root.key", "a.tar.gz"]:
            self.assertIsNotNone(FORBIDDEN.search(path), path)

    def test_belongs_to_root_and_nobody_else_may_write(self) -> None:
        for mode, owner, path in self.listing():
            self.assertEqual(owner, "root/root", path)
            self.assertNotIn("w", mode[5] + mode[8], path)
            self.assertNotIn("s", mode.lower()[1:], path)

    def test_names_no_folder_of_this_machine(self) -> None:
        here = str(SOURCE).encode()
        for path in self.files():
            if not path.startswith(("usr/bin/", "usr/lib/mbe/")):
                self.assertNotIn(here, (self.root / path).read_bytes(), path)

    def test_holds_the_licences_of_what_it_is_made_of(self) -> None:
        folder = self.root / "usr/share/doc/mbe"
        wanted = list(BUILT_WITH)
        if "MBE_WEB:BOOL=ON" in (build_folder() / "CMakeCache.txt").read_text(encoding="utf-8"):
            wanted += BUILT_INTO_THE_PAGE
        for name in [*wanted, "../LICENSE", "../copyright"]:
            self.assertGreater((folder / "licences" / name).stat().st_size, 300, name)
        self.assertIn("Apache License", (folder / "LICENSE").read_text(encoding="utf-8"))

    def test_says_what_it_needs_and_how_it_is_set_up(self) -> None:
        subprocess.run(["dpkg-deb", "-e", str(self.made), str(self.folder / "control")], check=True)
        control = (self.folder / "control/control").read_text(encoding="utf-8")
        self.assertRegex(control, r"(?m)^Depends: .*libc6.*libicu.*libstemmer")
        for script in ["preinst", "postinst", "prerm", "postrm"]:
            subprocess.run(["sh", "-n", str(self.folder / "control" / script)], check=True)
        remover = (self.folder / "control/postrm").read_text(encoding="utf-8")
        self.assertNotIn("rm ", remover, "a memory is never deleted")

    def test_remembers_and_recalls_with_nothing_but_itself(self) -> None:
        self.mbe("init")
        self.mbe("remember", "마지막으로 진행했던 프로젝트가 망했다")
        self.mbe("remember", "The sea was calm on Sunday.")
        hits = json.loads(self.mbe("recall", "실패한 프로젝트", "--json", "--top-k", "1"))
        self.assertIn("프로젝트", json.dumps(hits, ensure_ascii=False))

    def test_has_a_doctor_that_finds_all_parts_in_it(self) -> None:
        self.mbe("init")
        checks = {check["check"]: check for check in
                  json.loads(self.mbe("doctor", "--json"))["checks"]}
        for part in ["data", "model", "llama-server"]:
            self.assertEqual(checks[part]["verdict"], "ok", checks[part])
        self.assertIn(str(self.root), checks["llama-server"]["message"])

    def set_up(self, known: bool) -> tuple[str, str]:
        """Runs postinst where all it calls is noted: what was called, what was said."""
        programs = self.folder / f"programs-{known}"
        programs.mkdir()
        for name in ["useradd", "getent", "systemctl"]:
            (programs / name).write_text(
                f'#!/bin/sh\necho "{name} $*" >>"{programs}/called"\n'
                + ("exit 2\n" if name == "getent" and not known else ""))
            (programs / name).chmod(0o755)
        done = run(["sh", str(SOURCE / "deploy/postinst"), "configure",
                    *(["0.1"] if known else [])],
                   {"PATH": f"{programs}:/usr/bin:/bin"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return (programs / "called").read_text(), done.stdout

    def test_makes_its_account_once_and_says_how_to_begin(self) -> None:
        called, said = self.set_up(known=False)
        self.assertIn("useradd --system", called)
        self.assertIn("/usr/sbin/nologin", called)
        self.assertNotIn("enable", called, "to serve is its owner's choice")
        self.assertIn("systemctl enable --now mbe", said)
        called, said = self.set_up(known=True)
        self.assertNotIn("useradd", called)
        self.assertEqual(said, "", "an upgrade has nothing to tell")

    def test_has_a_unit_that_systemd_accepts(self) -> None:
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        unit = (self.root / "usr/lib/systemd/system/mbe.service").read_text(encoding="utf-8")
        self.assertIn("NoNewPrivileges=yes", unit)
        # Verified with a program that is there: the package's own is not in /usr/bin here.
        copy = self.folder / "mbe.service"
        copy.write_text(unit.replace("/usr/bin/mbe", str(self.root / "usr/bin/mbe")))
        done = run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
                   plain_environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("mbe.service:", done.stderr)
        copy.write_text(copy.read_text().replace("NoNewPrivileges=yes", "NoNewPrivileges=maybe"))
        done = run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
                   plain_environment())
        self.assertIn("mbe.service:", done.stderr)


if not shutil.which("cpack") or not shutil.which("dpkg-deb"):
    skip("no cpack or dpkg-deb here")
main()
