#!/usr/bin/env python3
"""Content-lemma F1 of our Korean analysis against Kiwi (kiwipiepy) on lines of public text.

A content lemma is, on both sides alike:
  - a common or proper noun or a root (NNG, NNP, XR), a noun prefix joined to what follows and a
    derivational suffix (XSN) joined to what it follows, except the empty ones 들 님 씨 쯤 네 째 경
    짜리;
  - a verb or adjective (VV, VA) as stem + 다; a noun, root or adverb followed by a verbal or
    adjectival suffix (XSV, XSA) makes one lemma: 진행 + 하 -> 진행하다;
  - in dictionary form, counted once per line.
Not content: auxiliaries (VX), copulas (VCP, VCN), bound nouns, numerals, pronouns, adverbs,
determiners, interjections, particles, endings, symbols, Latin and other foreign words, single
jamo; nor the light verbs and light nouns (하다, 있다, 것, 때 …) that data/lexicon/ko_stop.tsv calls
`light`. Contracted dictionary forms are mapped by data/lexicon/ko_stems.tsv (재밌다 -> 재미있다) on
both sides. The noun inside noun + 하다 (진행 in 진행하다), which the index holds as an alias, counts
on neither side.
A compound noun counts as its written parts on neither side: before comparing, a lemma of one side
that the other side writes as two or more neighbouring nouns is replaced by those parts, so that
segmentation policy is not measured.

Usage: measure_lemmas.py --lines PROGRAM --songys SONGYS.csv --nsmc NSMC.tsv
PROGRAM reads lines and prints, for each, its content lemmas separated by tabs.
"""

import argparse
import csv
import pathlib
import random
import shlex
import subprocess
import sys
from collections import Counter

SAMPLE_SEED = 20261122
LINES_EACH = 2000
EMPTY_SUFFIXES = {"들", "님", "씨", "쯤", "네", "째", "경", "짜리"}
NOUNS = {"NNG", "NNP", "XR"}


def kiwi_lemmas(tokens) -> list[str]:
    """Content lemmas of one analysed line, in order."""
    out: list[str] = []
    pending = ""  # a noun, root or prefix that a suffix may still join
    content = False
    previous_end = -1

    def flush() -> None:
        nonlocal pending, content
        if pending and content:
            out.append(pending)
        pending, content = "", False

    prefix = False
    for token in tokens:
        tag = token.tag.split("-")[0]
        adjacent = token.start == previous_end
        previous_end = token.start + token.len
        if tag == "XPN":
            flush()
            pending, content, prefix = token.form, False, True
        elif tag in NOUNS or tag == "MAG":
            if prefix and adjacent:
                pending, content = pending + token.form, tag in NOUNS
            else:
                flush()
                pending, content = token.form, tag in NOUNS
            prefix = False
        elif tag == "XSN" and adjacent and pending:
            if token.form not in EMPTY_SUFFIXES:
                pending += token.form
        elif tag in {"XSV", "XSA"} and pending:
            out.append(pending + token.form + "다")
            pending, content = "", False
        elif tag in {"VV", "VA"}:
            if pending and adjacent and token.form in {"하", "되", "시키", "당하"}:
                out.append(pending + token.form + "다")
                pending, content = "", False
            else:
                flush()
                out.append(token.form + "다")
        else:
            flush()
            prefix = False
    flush()
    return out


LEXICON = pathlib.Path(__file__).resolve().parent.parent / "data" / "lexicon"


DERIVING = ("하다", "되다", "시키다", "당하다", "스럽다", "롭다", "받다")


def table(name: str) -> list[list[str]]:
    lines = (LEXICON / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


STEMS = dict(table("ko_stems.tsv"))
LIGHT = {word for word, kind in table("ko_stop.tsv") if kind == "light"}


def content(lemmas: list[str]) -> list[str]:
    mapped = [STEMS.get(lemma, lemma) for lemma in lemmas]
    kept = [lemma for lemma in mapped if lemma not in LIGHT and not lemma.isascii()]
    aliases = {
        lemma[: -len(suffix)] for lemma in kept for suffix in DERIVING if lemma.endswith(suffix)
    }
    return [lemma for lemma in kept if lemma not in aliases]


def align_compounds(ours: list[str], theirs: list[str]) -> tuple[set[str], set[str]]:
    """Splits a lemma of one side where the other side has exactly its neighbouring parts."""

    def split(a: list[str], b: list[str]) -> set[str]:
        joined: dict[str, tuple[str, ...]] = {}
        for size in (2, 3, 4):
            for i in range(len(b) - size + 1):
                joined["".join(b[i : i + size])] = tuple(b[i : i + size])
        out: set[str] = set()
        for lemma in a:
            out.update(joined.get(lemma, (lemma,)))
        return out

    return split(ours, theirs), split(theirs, ours)


def sample(path: str, column: int, separator: str, rng: random.Random) -> list[str]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=separator, quoting=csv.QUOTE_MINIMAL))[1:]
    texts = sorted({" ".join(row[column].split()) for row in rows if len(row) > column} - {""})
    return rng.sample(texts, min(LINES_EACH, len(texts)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", required=True, help="command that prints lemmas line by line")
    parser.add_argument("--songys", required=True)
    parser.add_argument("--nsmc", required=True)
    parser.add_argument("--show", type=int, default=0, help="print this many disagreeing lines")
    parser.add_argument("--top", type=int, default=0, help="print the most frequent disagreements")
    args = parser.parse_args()
    import kiwipiepy

    rng = random.Random(SAMPLE_SEED)
    kiwi = kiwipiepy.Kiwi(num_workers=1)
    worst = 1.0
    for name, path, column, separator in (
        ("songys", args.songys, 0, ","),
        ("nsmc", args.nsmc, 1, "\t"),
    ):
        texts = sample(path, column, separator, rng)
        done = subprocess.run(
            shlex.split(args.lines),
            input="\n".join(texts) + "\n",
            text=True,
            capture_output=True,
            check=True,
        )
        printed = done.stdout.split("\n")[: len(texts)]
        hits = only_ours = only_theirs = 0
        missing: Counter[str] = Counter()
        extra: Counter[str] = Counter()
        disagreeing = []
        for text, line, tokens in zip(texts, printed, kiwi.tokenize(texts), strict=True):
            ours, theirs = align_compounds(
                content([w for w in line.split("\t") if w]), content(kiwi_lemmas(tokens))
            )
            hits += len(ours & theirs)
            only_ours += len(ours - theirs)
            only_theirs += len(theirs - ours)
            missing.update(theirs - ours)
            extra.update(ours - theirs)
            if ours != theirs:
                disagreeing.append((text, ours - theirs, theirs - ours))
        precision = hits / max(1, hits + only_ours)
        recall = hits / max(1, hits + only_theirs)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        worst = min(worst, f1)
        print(
            f"{name}: {len(texts)} lines, "
            f"precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}"
        )
        for text, ours, theirs in rng.sample(disagreeing, min(args.show, len(disagreeing))):
            print(
                f"  {text}\n    only ours: {' '.join(sorted(ours))}\n"
                f"    only Kiwi: {' '.join(sorted(theirs))}"
            )
        if args.top:
            print("  missing:", missing.most_common(args.top))
            print("  extra:", extra.most_common(args.top))
    return 0 if worst >= 0.85 else 1


if __name__ == "__main__":
    sys.exit(main())
