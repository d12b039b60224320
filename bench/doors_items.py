"""What bench/doors.py gives to every system: items, questions, and the vectors of both."""
import hashlib
import random
import shutil
import subprocess
import sys
from pathlib import Path

import common
import python_overhead

SEED = 1
SETS = ("locomo", "beam100k", "komem", "songys")  # the first is asked about
EXTRA = 50  # items that are added while ours makes vectors


def corpus(folder: Path) -> tuple:
    """All items, LoCoMo's first, no two with the same words; and all questions."""
    prepared = folder / "prepared"
    subprocess.run([sys.executable, "-B", str(common.need_shared("eval") / "prepare.py"),
                    str(common.need_shared("data")), str(prepared),
                    "--set", *SETS],
                   check=True, stdout=subprocess.DEVNULL)
    items, seen = [], set()
    for name in SETS:
        for row in common.jsonl(prepared / name / "corpus.jsonl"):
            text = " ".join(row["text"].split())
            words = (row["speaker"], text.lower())
            if words in seen or (name == "beam100k" and row["speaker"] != "user"):
                continue
            seen.add(words)
            items.append({"id": row["id"], "text": text, "speaker": row["speaker"],
                          "time": row["time"], "session": row.get("group"), "set": name})
    return items, common.jsonl(prepared / "locomo/queries.jsonl")


def chosen(items: list, questions: list, size: int, most: int) -> tuple:
    """A size's items, distractors evenly among the rest, its questions and some more items."""
    own = [item for item in items if item["set"] == SETS[0]][:size]
    others = [item for item in items if item["set"] != SETS[0]]
    fill = others[:size - len(own)]
    taken = own + fill
    if fill:
        places = sorted(range(len(taken)), key=lambda i: i / len(own) if i < len(own)
                        else (i - len(own)) / len(fill))
        taken = [taken[i] for i in places]
    ids = {item["id"] for item in taken}
    asked = [one for one in questions if one["relevant"] and set(one["relevant"]) <= ids]
    draw = random.Random(SEED)
    return taken, draw.sample(asked, min(most, len(asked))), others[-EXTRA - 1:]


def vectors(folder: Path, rows: list, role: str) -> bytes:
    """Our default model's vectors, made once for these lines and kept in the cache."""
    text = "\n".join(rows) + "\n"
    name = hashlib.sha256(f"{role}\n{text}".encode()).hexdigest()[:16]
    kept = python_overhead.mbe_cache() / "bench-doors-vectors" / f"{name}.f32"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        lines, out = folder / "lines.txt", folder / "lines.f32"
        lines.write_text(text, encoding="utf-8")
        common.run_program("bench_embed_lines", str(lines), role, str(out))
        shutil.copyfile(out, kept.with_suffix(".new"))
        kept.with_suffix(".new").rename(kept)
    return kept.read_bytes()
