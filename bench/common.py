"""What the Python benches share: where things lie, running the real binary, machine facts, results.

Evaluation data lies outside the repository ($MBE_SHARED, default ../shared); a bench that needs it
and does not find it says so and ends with exit code 77, which CTest counts as skipped.
"""
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("MBE_SHARED", ROOT.parent / "shared"))
SKIPPED = 77


def binary() -> Path:
    """The program under test: $MBE_BINARY, else the release build."""
    path = Path(os.environ.get("MBE_BINARY", ROOT / "build/release/mbe"))
    if not path.exists():
        sys.exit(f"no program at {path}; build it first (cmake --build --preset release)")
    return path


def run_program(name: str, *arguments: str) -> str:
    """Runs a bench program of the tested program's build; its standard output."""
    path = binary().parent / "bench" / name
    if not path.exists():
        sys.exit(f"no program at {path}; build it first (cmake --build --preset release)")
    return subprocess.run([str(path), *arguments], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def need_shared(part: str) -> Path:
    """A folder of the evaluation data, or a loud skip."""
    path = SHARED / part
    if not path.exists():
        print(f"SKIPPED: {part} of the evaluation data is not at {path}; set MBE_SHARED",
              flush=True)
        sys.exit(SKIPPED)
    return path


def run(*arguments: str, home: Path, check: bool = True, **more) -> subprocess.CompletedProcess:
    """Runs `mbe` on a home; arguments as on the command line."""
    command = [str(binary()), "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if check and done.returncode not in (0, 8):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done


def jsonl(path: Path) -> list:
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def machine() -> dict:
    """What a figure depends on besides the code."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True)
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform(),
            "commit": commit.stdout.strip()}


def write_result(name: str, parameters: dict, figures: dict) -> Path:
    """bench/results/<name>.json: machine, commit, parameters (the seed among them), figures."""
    path = ROOT / "bench/results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"bench": name, "machine": machine(), "parameters": parameters,
                   "figures": figures}, out, ensure_ascii=False, indent=1)
        out.write("\n")
    return path
