#!/usr/bin/env python3
"""Precision, recall and F1 of keywords and tags on labelled sentences.

A labelled line: {"id", "lang", "text", "keywords": ["concept:ID" or a noun …], "tags": [ID …],
"forms": […]}. Counts are micro averages: every keyword or tag of every sentence counts once. A
noun is compared without case and blanks; a keyword of ours that is a concept by its id.

Usage: score_labels.py --analyse PROGRAM FILE.jsonl [--show] [--lang ko]
PROGRAM (mbe_analyse_lines) reads sentences, one a line, and prints one JSON object for each.
--show lists what differs.
"""

import argparse
import json
import shlex
import subprocess
import sys
from collections import Counter


def normal(keyword: str) -> str:
    return keyword if keyword.startswith("concept:") else keyword.casefold().replace(" ", "")


class Tally:
    """True positives, found and wanted items of one group of sentences."""

    def __init__(self) -> None:
        self.right = self.found = self.wanted = 0

    def add(self, found: set[str], wanted: set[str]) -> None:
        self.right += len(found & wanted)
        self.found += len(found)
        self.wanted += len(wanted)

    def line(self) -> str:
        precision = self.right / self.found if self.found else 0.0
        recall = self.right / self.wanted if self.wanted else 0.0
        f1 = 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 1.0
        return f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({self.wanted} labelled)"


def analyse(program: str, texts: list[str]) -> list[dict]:
    lines = "\n".join(texts) + "\n"
    done = subprocess.run(
        shlex.split(program), input=lines, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--analyse", required=True, help="command line of mbe_analyse_lines")
    parser.add_argument("--show", action="store_true", help="list every difference")
    parser.add_argument("--lang", help="only sentences of this language (ko, en)")
    parser.add_argument("file")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8") as handle:
        labels = [json.loads(line) for line in handle if line.strip()]
    labels = [label for label in labels if arguments.lang in (None, label["lang"])]
    results = analyse(arguments.analyse, [label["text"] for label in labels])
    if len(results) != len(labels):
        print(
            f"{len(labels)} sentences, {len(results)} analyses: does a sentence hold a line end?",
            file=sys.stderr,
        )
        return 1
    tallies: dict[tuple[str, str], Tally] = {}
    differences: Counter[str] = Counter()
    for label, result in zip(labels, results):
        found = {
            normal(f"concept:{k['id']}" if k["concept"] else k["id"]) for k in result["keywords"]
        }
        pairs = {
            "keywords": (found, {normal(keyword) for keyword in label["keywords"]}),
            "tags": (set(result["tags"]), set(label["tags"])),
        }
        notes = []
        for what, (got, want) in pairs.items():
            for group in ("all", label["lang"], *label["forms"]):
                tallies.setdefault((what, group), Tally()).add(got, want)
            for item in sorted(want - got):
                notes.append(f"-{item}")
                differences[f"missing {what[:-1]} {item}"] += what == "tags"
            for item in sorted(got - want):
                notes.append(f"+{item}")
                differences[f"extra {what[:-1]} {item}"] += what == "tags"
        if arguments.show and notes:
            print(f"{label['id']}  {label['text']}\n        {'  '.join(notes)}")
    if arguments.show:
        print(
            "\n".join(f"{count:4d}  {what}" for what, count in differences.most_common(30) if count)
        )
    for (what, group), tally in sorted(tallies.items()):
        print(f"{what:8s}  {group:12s}  {tally.line()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
