#!/usr/bin/env python3
"""Checks data/lexicon: every row well formed, every name known, no row twice,
every concept reachable.

Usage: check_lexicon.py DIRECTORY
Prints one line for each mistake, as file:line: what, and exits 1; exits 0 if there is none.
docs/guide/lexicon.md tells what the files mean.
"""

import pathlib
import re
import sys

CUES = set(
    """
    good bad approve opinion begin attempt work pause end achieve loss change conflict
    promise plan wish decision prefer habit ask request memory future contrast keep drop
    """.split()
)
KINDS = set("emotion event activity thing person place time topic quality".split())
STOPS = set(
    """
    light carrier asking generic time degree pronoun function chatter verb adjective person
    """.split()
)
FORMS = set(
    """
    negated past progressive future hypothetical question request wish decision plan
    promise trial opinion seems change relative quote contrast concessive linked routine
    tag_question copula ends_clause nominal could_not cause final obligation received
    imperative
    """.split()
)
COLUMNS = {  # file: (fewest, most columns)
    "concepts.tsv": (5, 5),
    "tags.tsv": (5, 5),
    "concept_tags.tsv": (2, 6),
    "relations.tsv": (3, 3),
    "ko.tsv": (2, 3),
    "en.tsv": (2, 3),
    "ko_stop.tsv": (2, 2),
    "en_stop.tsv": (2, 2),
    "en_irregular.tsv": (2, 3),
    "forms_ko.tsv": (2, 2),
    "forms_en.tsv": (3, 3),
    "ko_words.tsv": (2, 2),
    "ko_stems.tsv": (2, 2),
    "ko_readings.tsv": (3, 3),
    "ko_spelling.tsv": (3, 3),
    "dates.tsv": (3, 3),
    "units.tsv": (3, 3),
}
SINGLE = {
    "concepts.tsv",
    "tags.tsv",
    "concept_tags.tsv",
    "ko_stop.tsv",
    "en_stop.tsv",
    "en_irregular.tsv",
    "forms_ko.tsv",
    "forms_en.tsv",
    "ko_words.tsv",
    "ko_stems.tsv",
}
MEANING_LESS = "-"  # a row that only keeps shorter rows away

Row = tuple[int, list[str]]


class Checker:
    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.mistakes: list[str] = []
        self.tables: dict[str, list[Row]] = {name: self.read(name) for name in COLUMNS}
        self.concepts = {row[0] for _, row in self.tables["concepts.tsv"]}
        self.tags = {row[0]: row[3] for _, row in self.tables["tags.tsv"] if len(row) > 3}

    def wrong(self, name: str, line: int, what: str) -> None:
        self.mistakes.append(f"{name}:{line}: {what}")

    def read(self, name: str) -> list[Row]:
        rows: list[Row] = []
        try:
            text = (self.directory / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.wrong(name, 0, f"cannot be read: {error}")
            return rows
        fewest, most = COLUMNS[name]
        seen: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            row = line.split("\t")
            if not fewest <= len(row) <= most:
                self.wrong(name, number, f"{len(row)} columns, not {fewest} to {most}")
                continue
            if any(cell != cell.strip() for cell in row):
                self.wrong(name, number, "blanks around a cell")
            key = row[0] if name in SINGLE else line
            if key in seen:
                self.wrong(name, number, f"{row[0]} stands in line {seen[key]} already")
            seen[key] = number
            if name in ("concepts.tsv", "tags.tsv") and row[0] == "id":
                continue
            rows.append((number, row))
        return rows

    def check_entries(self, name: str) -> None:
        seen: dict[tuple[str, str], int] = {}
        for number, row in self.tables[name]:
            phrase, targets, condition = (row + [""])[:3]
            key = (phrase.replace(" ", "") if name == "ko.tsv" else phrase, condition)
            if key in seen:
                self.wrong(
                    name, number, f"{phrase} with the same condition stands in line {seen[key]}"
                )
            seen[key] = number
            for target in targets.split(","):
                known = target[1:] in CUES if target.startswith("@") else target in self.concepts
                if not known and target != MEANING_LESS:
                    self.wrong(name, number, f"neither a concept nor a cue: {target!r}")
            self.check_condition(name, number, condition)
            if name == "en.tsv" and (
                phrase != phrase.lower() or re.search(r"n't|'re|'ve|'ll|'m\b|[.,!?-]", phrase)
            ):
                self.wrong(
                    name,
                    number,
                    f"write {phrase!r} in lower case, contractions opened, without marks",
                )
            if phrase.startswith("_") or phrase.endswith("_"):
                self.wrong(name, number, "a gap stands between words only")

    def check_condition(self, name: str, number: int, condition: str) -> None:
        for part in condition.split():
            if part in ("v", "n", "a"):
                continue
            if not part.startswith("near="):
                self.wrong(name, number, f"condition {part!r} is unknown")
                continue
            for near in part[5:].split("|"):
                kind = near.startswith("kind:") and near[5:] in KINDS
                if (
                    not kind
                    and near not in ("enterprise", "undertaking")
                    and near not in self.concepts
                ):
                    self.wrong(name, number, f"near={near}: no such concept or kind")

    def check_names(self) -> None:
        for number, row in self.tables["concepts.tsv"]:
            if row[3] not in KINDS:
                self.wrong("concepts.tsv", number, f"kind {row[3]!r} is unknown")
        for number, row in self.tables["concept_tags.tsv"]:
            concept, polarity, emotion, situations, role, swap = (row + [""] * 4)[:6]
            if concept not in self.concepts or (swap and swap not in self.concepts):
                self.wrong("concept_tags.tsv", number, "no such concept")
            if polarity not in ("bad", "good", "-", "complaint"):
                self.wrong("concept_tags.tsv", number, f"polarity {polarity!r} is unknown")
            if emotion and self.tags.get(emotion) != "emotion":
                self.wrong("concept_tags.tsv", number, f"{emotion!r} is no emotion tag")
            if any(self.tags.get(tag) != "situation" for tag in situations.split(",") if tag):
                self.wrong(
                    "concept_tags.tsv", number, f"{situations!r}: not all are situation tags"
                )
            if role not in ("", "enterprise", "undertaking"):
                self.wrong("concept_tags.tsv", number, f"role {role!r} is unknown")
        for name in ("ko_stop.tsv", "en_stop.tsv"):
            for number, row in self.tables[name]:
                if row[1] not in STOPS:
                    self.wrong(name, number, f"reason {row[1]!r} is unknown")
        for name in ("forms_ko.tsv", "forms_en.tsv"):
            for number, row in self.tables[name]:
                if any(form not in FORMS for form in row[1].split(",")):
                    self.wrong(name, number, f"{row[1]!r}: not all are forms")

    def check_relations(self) -> None:
        pairs: dict[tuple[str, str], int] = {}
        for number, row in self.tables["relations.tsv"]:
            first, second, weight = row
            if first not in self.concepts or second not in self.concepts or first == second:
                self.wrong("relations.tsv", number, "not two concepts")
            if not re.fullmatch(r"0\.\d+|1(\.0+)?", weight) or not float(weight):
                self.wrong("relations.tsv", number, f"weight {weight!r} is not over 0 and up to 1")
            pair = (min(first, second), max(first, second))
            if pair in pairs:
                self.wrong("relations.tsv", number, f"the pair stands in line {pairs[pair]}")
            pairs[pair] = number

    def check_reach(self) -> None:
        for name in ("ko.tsv", "en.tsv"):
            named = {target for _, row in self.tables[name] for target in row[1].split(",")}
            for concept in sorted(self.concepts - named - {"id"}):
                self.wrong(name, 0, f"no row names the concept {concept}")

    def run(self) -> int:
        for name in ("ko.tsv", "en.tsv"):
            self.check_entries(name)
        self.check_names()
        self.check_relations()
        self.check_reach()
        print(
            "\n".join(self.mistakes)
            or f"{len(self.tables['ko.tsv'])} Korean and {len(self.tables['en.tsv'])} "
            f"English rows, {len(self.concepts)} concepts: no mistake"
        )
        return 1 if self.mistakes else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(Checker(pathlib.Path(sys.argv[1])).run())
