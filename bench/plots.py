#!/usr/bin/env python3
"""Draws docs/images/*.svg and the tables of docs/benchmarks.md from bench/results/*.json.

    bench/plots.py [--check]

What no results file says yet is left out, and named on standard error. --check writes nothing and
ends with 1 if an image or a table is not what the results say.
"""
import argparse
import json
import re
import sys

import common
import doors_page
import svg

IMAGES = common.ROOT / "docs/images"
PAGE = common.ROOT / "docs/benchmarks.md"
ARMS = (("fused", "circle", "a"), ("keyword", "diamond", "b"), ("vector", "square", "c"))
OTHERS = ("remember", "large", "peers", "index_keyword", "vector_scan", "python_overhead")
TIMED = re.compile(r"(?<!per)[_ ](ms|us|s)([_ ]p50|[_ ]p95)?$")
TITLES = {"large": "Large memories, processor time", "index_keyword": "Keyword index",
          "vector_scan": "Vector scan", "peers": "Beside other systems",
          "remember": "Remembering"}
PEERS = ("fts5", "sqlite", "ours", "mbe", "mem0", "chroma", "exact", "one_thread", "default")


def results(name: str):
    path = common.ROOT / "bench/results" / f"{name}.json"
    if not path.exists():
        print(f"SKIPPED: no results of {name} ({path.relative_to(common.ROOT)})", file=sys.stderr)
        return None
    return json.loads(path.read_text(encoding="utf-8"))


def recall_rows(figures: dict) -> list:
    """A row of the bar's table each, as far as it was measured: values of each arm in per cent."""
    bars = json.loads((common.ROOT / "bench/recall_bars.json").read_text(encoding="utf-8"))
    rows = []
    for one in bars:
        values, interval = [], None
        for arm, shape, style in ARMS:
            metrics = figures["scores"].get(arm, {}).get(one["set"], {}).get("metrics", {})
            found = metrics.get(one["metric"])
            if found is None:
                continue
            times = one.get("times", 1)
            values.append((arm, shape, style, times * found["value"]))
            if arm == "fused" and "ci95" in found:
                interval = [times * x for x in found["ci95"]]
        if not values or values[0][0] != "fused":
            print(f"SKIPPED: {one['label']} was not measured", file=sys.stderr)
            continue
        rows.append({**one, "bars": values, "ci": interval})
    return rows


def recall_table(rows: list, figures: dict) -> str:
    lines = ["| set, measure | fused | 95 % | keyword arm | vector arm | must reach | aim | |",
             "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        by_arm = {name: value for name, _, _, value in row["bars"]}
        interval = f"{row['ci'][0]:.1f} … {row['ci'][1]:.1f}" if row["ci"] else "–"
        cells = [f"{by_arm[a]:.1f}" if a in by_arm else "–" for a in ("keyword", "vector")]
        met = "yes" if by_arm["fused"] >= row["must"] else "**no**"
        lines.append(f"| {row['label']} | **{by_arm['fused']:.1f}** | {interval} | {cells[0]} | "
                     f"{cells[1]} | {row['must']:g} | {row['aim']:g} | {met} |")
    lines += ["", "Fused minus each arm on the same questions (paired bootstrap, 95 %):", "",
              "| set | keyword arm | vector arm |", "|---|---|---|"]
    for name, arms in figures.get("fused_minus_arm", {}).items():
        cells = [f"{arms[a]['value']:+.1f} [{arms[a]['ci95'][0]:+.1f}, {arms[a]['ci95'][1]:+.1f}]"
                 if a in arms else "–" for a in ("keyword", "vector")]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def flat(figures, before: str = "") -> dict:
    """Numbers of nested figures by their path."""
    if isinstance(figures, bool) or figures is None or isinstance(figures, str):
        return {}
    if isinstance(figures, (int, float)):
        return {before: float(figures)}
    items = figures.items() if isinstance(figures, dict) else enumerate(figures)
    out = {}
    for key, value in items:
        out |= flat(value, f"{before} {key}".strip())
    return out


def runs_of(found) -> list:
    """(what was varied, figures) of a results file of either kind."""
    if isinstance(found, list):
        return [(f"{int(run['size']):,} blocks", run["figures"]) for run in found]
    if "sizes" in found["figures"]:
        return [(f"{run['blocks']:,} blocks", run) for run in found["figures"]["sizes"]]
    return [("", found["figures"])]


def compared(found) -> list:
    """Measures of time that two or more competitors have: (label, [(who, value)])."""
    out = []
    for size, figures in runs_of(found):
        by_measure = {}
        for path, value in flat(figures).items():
            for who in PEERS:
                parts = re.split(rf"(?:^|(?<=[ _])){who}(?=[ _]|$)", path, maxsplit=1)
                if len(parts) == 2 and value > 0 and TIMED.search(path):
                    measure = " ".join(" ".join(parts).replace("_", " ").split())
                    by_measure.setdefault(measure, []).append((who, value))
                    break
        out += [(f"{m}, {size}".rstrip(", "), whos) for m, whos in by_measure.items()
                if len(whos) > 1]
    return out


def by_size(found) -> list:
    """Processor time of a search and of opening, for each size of memory."""
    shown = (("search p50", "search_cpu_ms_p50"), ("search p95", "search_cpu_ms_p95"),
             ("open", "open_cpu_ms"))
    return [(size, [(who, run[key]) for who, key in shown if key in run])
            for size, run in runs_of(found)]


def facts(found) -> str:
    """All figures, for those who want the numbers."""
    lines = ["| figure | value |", "|---|---|"]
    for size, figures in runs_of(found):
        lines += [f"| {(size + ' ' + path).strip().replace('_', ' ')} | {svg.shown(value)} |"
                  for path, value in flat(figures).items()]
    return "\n".join(["<details><summary>All figures</summary>", "", *lines, "", "</details>"])


def drawn() -> tuple:
    """Images by file name, and the made parts of the page by name."""
    images, parts = {}, {}
    recall = results("recall_quality")
    if recall is not None:
        rows = recall_rows(recall["figures"])
        told = "Recall quality by set. " + " ".join(
            f"{r['label']}: fused {r['bars'][0][3]:.1f}, must reach {r['must']:g}." for r in rows)
        images["recall_quality.svg"] = svg.dots("Recall quality on the development sets", told,
                                                rows)
        machine = recall["machine"]
        parts["recall_quality"] = (
            f"![{told}](images/recall_quality.svg)\n\n{recall_table(rows, recall['figures'])}\n\n"
            f"Commit {machine['commit']}, {machine['cpu']}.")
    for name in OTHERS:
        found = results(name)
        if found is None:
            parts[name] = "Not measured yet."
            continue
        groups = by_size(found) if name == "large" else compared(found)
        parts[name] = facts(found)
        if groups:
            title = TITLES.get(name, name.replace("_", " ").capitalize())
            told = told_of(title, groups)
            images[f"{name}.svg"] = svg.bars(title, told, groups, "ms or s; shorter is better")
            parts[name] = f"![{told}](images/{name}.svg)\n\n{parts[name]}"
    doors = results("doors")
    parts["doors"] = "Not measured yet." if doors is None else doors_page.part(doors)
    if doors is not None:
        title = "Processor time through each one's own door, embedding not counted"
        groups = doors_page.groups(doors)
        told = told_of(title, groups)
        images["doors.svg"] = svg.bars(title, told, groups, "ms; shorter is better")
        parts["doors"] = f"![{told}](images/doors.svg)\n\n{parts['doors']}"
    return images, parts


def told_of(title: str, groups: list) -> str:
    """An image in words."""
    return f"{title}. " + " ".join(
        f"{label}: " + ", ".join(f"{who} {svg.shown(v)}" for who, v in whos) + "."
        for label, whos in groups)


def with_parts(page: str, parts: dict) -> str:
    for name, made in parts.items():
        page = re.sub(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)",
                      lambda found: f"{found[1]}{made}\n{found[2]}", page, flags=re.DOTALL)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    images, parts = drawn()
    wanted = {IMAGES / name: content for name, content in images.items()}
    wanted[PAGE] = with_parts(PAGE.read_text(encoding="utf-8"), parts)
    stale = [path for path, content in wanted.items()
             if not path.exists() or path.read_text(encoding="utf-8") != content]
    for path in stale:
        print(f"{'not up to date' if asked.check else 'written'}: {path.relative_to(common.ROOT)}")
        if not asked.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
    sys.exit(1 if asked.check and stale else 0)


if __name__ == "__main__":
    main()
