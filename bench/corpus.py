#!/usr/bin/env python3
"""Chat-length lines by the million, for the benches that need a large memory.

    bench/corpus.py COUNT FILE [--alone] [--seed N]

Writes COUNT import lines. Real sentences come first, each once, in seeded order: films reviewed,
small talk, comments, commands and paraphrases in Korean, dialogue turns in English, from the
evaluation data ($MBE_SHARED). Further lines are recombinations, said so in every result: the first
words of one real sentence and the last words of another of the same language, so that lengths and
word frequencies stay those of real text. Turns belong to sessions of 40 with two speakers, unless
--alone. Without the evaluation data the product's sample conversation is recombined.
"""
import argparse
import csv
import json
import random
from pathlib import Path

import common

SEED = 20251122
SESSION_TURNS = 40
SPEAKERS = ("지우", "민서")
CHARS_MAX = 200


def column(path: Path, index: int, skip: int = 1) -> list:
    rows = path.read_text(encoding="utf-8-sig").splitlines()[skip:]
    return [row.split("\t")[index] for row in rows if row.count("\t") >= index]


def evaluation_lines(data: Path) -> list:
    lines = column(data / "nsmc/dev-sample.tsv", 1) + column(data / "kote/val.tsv", 1, 0)
    lines += column(data / "parakqc/dev-half.txt", 2, 0)
    for name in ("sts-dev.tsv", "sts-train.tsv"):
        lines += column(data / "korsts" / name, 5) + column(data / "korsts" / name, 6)
    with open(data / "songys-chatbot/dev-half.csv", encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            lines += [row["Q"], row["A"]]
    for talk in json.loads((data / "locomo/dev.json").read_text(encoding="utf-8")):
        for name, turns in talk["conversation"].items():
            if isinstance(turns, list):
                lines += [turn["text"] for turn in turns]
    return lines


def real_lines() -> list:
    """Distinct sentences of 2 … CHARS_MAX characters, in seeded order."""
    data = common.SHARED / "data"
    if data.exists():
        lines = evaluation_lines(data)
    else:
        sample = common.ROOT / "data/sample/conversation.jsonl"
        lines = [item["text"] for item in common.jsonl(sample)]
    kept = sorted({" ".join(line.split()) for line in lines if 2 <= len(line) <= CHARS_MAX})
    random.Random(SEED).shuffle(kept)
    return kept


def is_korean(text: str) -> bool:
    return any("가" <= letter <= "힣" for letter in text)


def lines_of(count: int, seed: int = SEED) -> list:
    """`count` lines: the real ones first, then recombinations."""
    real = real_lines()
    draw = random.Random(seed)
    words = {korean: [line.split() for line in real
                      if is_korean(line) == korean and line.count(" ") >= 2]
             for korean in (True, False)}
    korean_share = len(words[True]) / (len(words[True]) + len(words[False]))
    out = real[:count]
    while len(out) < count:
        pool = words[draw.random() < korean_share] or words[True]
        first, second = draw.choice(pool), draw.choice(pool)
        out.append(" ".join(first[:(len(first) + 1) // 2] + second[len(second) // 2:]))
    return out


def write_corpus(count: int, path: Path, alone: bool = False, seed: int = SEED) -> dict:
    """Import lines of `count` blocks; returns what the result has to say about them."""
    lines = lines_of(count, seed)
    with open(path, "w", encoding="utf-8") as out:
        for i, text in enumerate(lines):
            minute = 1_000_000 + i  # one line a minute
            item = {"id": f"b{i}", "namespace": "main", "text": text, "time": clock(minute)}
            if not alone:
                item |= {"speaker": SPEAKERS[i % 2], "group": f"s{i // SESSION_TURNS}"}
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
    return {**facts(count), "seed": seed, "in_sessions": not alone,
            "mean_bytes": round(sum(len(text.encode()) for text in lines) / count, 1)}


def facts(count: int) -> dict:
    """How many of `count` lines are real."""
    real = min(count, len(real_lines()))
    return {"lines": count, "real_lines": real, "recombined_lines": count - real}


def clock(minute: int) -> str:
    day, rest = divmod(minute, 1440)
    year, month = 2000 + day // 336, day // 28 % 12 + 1
    return f"{year}-{month:02}-{day % 28 + 1:02}T{rest // 60:02}:{rest % 60:02}:00Z"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--alone", action="store_true", help="no speakers, no sessions")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    print(json.dumps(write_corpus(asked.count, asked.file, asked.alone, asked.seed)))


if __name__ == "__main__":
    main()
