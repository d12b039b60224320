"""tools/install_user and tools/uninstall with a user's folder that is gone afterwards."""

from __future__ import annotations

import os
from pathlib import Path

from installing import SOURCE, FolderTest, build_folder, main, plain_environment, run, skip

INSTALL = str(SOURCE / "tools/install_user")


class UserInstall(FolderTest):
    """One user, who has some files of their own already."""

    def setUp(self) -> None:
        super().setUp()
        self.environment = plain_environment(HOME=str(self.folder))
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MBE_CACHE"]:
            self.environment.pop(name, None)
        self.home = self.folder / ".local/share/mbe"
        self.own = [self.folder / ".local/bin/other", self.home / "root.key"]
        for file in self.own:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("mine")

    def install(self) -> tuple[int, str]:
        done = run([INSTALL], self.environment)
        return done.returncode, done.stdout + done.stderr

    def uninstall(self) -> tuple[int, str]:
        done = run([str(self.folder / ".local/lib/mbe/uninstall")], self.environment)
        return done.returncode, done.stdout + done.stderr

    def files(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if path.is_symlink() or path.is_file()}

    def test_works_by_itself_and_goes_without_a_trace(self) -> None:
        before = self.files()
        code, said = self.install()
        self.assertEqual(code, 0, said)
        mbe = str(self.folder / ".local/bin/mbe")
        alone = {**self.environment, "MBE_CACHE": "/nonexistent", "MBE_HOME": f"{self.folder}/h"}
        self.assertEqual(run([mbe, "remember", "바다에 갔다"], alone).returncode, 0)
        self.assertIn("바다", run([mbe, "recall", "바다"], alone).stdout)
        self.assertIn("ExecStart=%h/.local/lib/mbe/bin/mbe",
                      (self.folder / ".config/systemd/user/mbe.service").read_text())
        code, said = self.uninstall()
        self.assertEqual(code, 0, said)
        left = {path for path in self.files() if not path.is_relative_to(self.folder / "h")}
        self.assertEqual(left, before)
        self.assertIn(f"the memory stays in {self.home}", said)

    def test_replaces_itself_and_leaves_what_is_not_from_it(self) -> None:
        self.assertEqual(self.install()[0], 0)
        code, said = self.install()
        self.assertEqual(code, 0, said)
        unit = self.folder / ".config/systemd/user/mbe.service"
        unit.write_text("changed")
        note = self.folder / ".local/lib/mbe/note"
        note.write_text("mine")
        code, said = self.uninstall()
        self.assertEqual(code, 0, said)
        self.assertEqual(unit.read_text(), "changed")
        self.assertEqual(note.read_text(), "mine")
        self.assertIn(str(note), said)
        self.assertFalse(os.path.lexists(self.folder / ".local/bin/mbe"))

    def test_refuses_to_replace_what_is_not_from_it(self) -> None:
        mine = self.folder / ".local/bin/mbe"
        mine.write_text("another program")
        code, said = self.install()
        self.assertEqual(code, 1)
        self.assertIn(f"{mine} is there already", said)
        self.assertEqual(mine.read_text(), "another program")

    def test_has_nothing_to_uninstall_where_nothing_is_installed(self) -> None:
        done = run([str(SOURCE / "tools/uninstall")], self.environment)
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing is installed", done.stderr)


if build_folder() != SOURCE / "build" / "release":
    skip("tools/install_user takes build/release")
main()
