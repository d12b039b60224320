#!/usr/bin/env python3
"""How long does an export of KakaoTalk with 300,000 messages take to become memory?

    bench/import_kakao.py [--messages N] [--smoke]

Writes an export as KakaoTalk on Windows does (bench/corpus.py, some 800 messages a day, photos,
notices and messages of two lines among them), reads it alone (`--dry-run`), imports it with the
real `mbe import`, imports it again, which must add nothing, and then one that is a tenth longer,
which must add only what is new. Competitor: SQLite FTS5 (trigram), taking the same texts in one
transaction. Wall times mean little on a busy machine: the processor's time is in the result.
Results: bench/results/import_kakao.json.
"""
import argparse
import json
import os
import sqlite3
import subprocess
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import common
import corpus

MESSAGES_A_DAY = 800
WEEKDAYS = "월화수목금토일"
NAMES = ("미나", "하늘", "지우")
FIRST_DAY = date(2024, 1, 1)


def clock(minute: int) -> str:
    hour = minute // 60
    return f"{'오전' if hour < 12 else '오후'} {hour % 12 or 12}:{minute % 60:02}"


def write_export(path: Path, lines: list) -> int:
    """Writes the export; how many of its messages are to be remembered."""
    kept = 0
    with open(path, "w", encoding="utf-8") as out:
        out.write("달리기 모임 님과 카카오톡 대화\n저장한 날짜 : 2026-11-22 10:00:00\n\n")
        for i, text in enumerate(lines):
            day, place = divmod(i, MESSAGES_A_DAY)
            if place == 0:
                at = FIRST_DAY + timedelta(days=day)
                out.write(f"--------------- {at.year}년 {at.month}월 {at.day}일 "
                          f"{WEEKDAYS[at.weekday()]}요일 ---------------\n")
            head = f"[{NAMES[i % 3]}] [{clock(420 + place)}] "
            if i % 97 == 0:
                out.write("하늘님이 들어왔습니다.\n")
            if i % 50 == 7:
                out.write(head + "사진\n")
                continue
            kept += 1
            out.write(head + text + (f"\n그리고 {i}" if i % 20 == 3 else "") + "\n")
    return kept


def run(home: Path, export: Path, *options: str) -> dict:
    """One import: its report, wall and processor seconds, largest resident set."""
    command = [str(common.binary()), "--home", str(home), "import", str(export), "--json",
               "--tz", "Asia/Seoul", "--me", NAMES[0], *options]
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    report = json.loads(child.stdout.read())
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"mbe import ended with {status}")
    return {"imported": report["imported"], "skipped": report["skipped"],
            "left_out": report["left_out"], "wall_s": round(time.monotonic() - begin, 2),
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
            "rss_mib": round(usage.ru_maxrss / 1024)}


def fts5(folder: Path, lines: list) -> float:
    """Processor seconds until the texts can be searched there."""
    begin = time.process_time()
    table = sqlite3.connect(folder / "fts.db")
    table.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='trigram')")
    table.executemany("INSERT INTO t(x) VALUES(?)", ((line,) for line in lines))
    table.commit()
    return round(time.process_time() - begin, 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    count = 2_000 if options.smoke else options.messages
    lines = corpus.lines_of(count + count // 10)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        home = folder / "home"
        kept = write_export(folder / "talk.txt", lines[:count])
        longer = write_export(folder / "longer.txt", lines)
        figures = {"read": run(home, folder / "talk.txt", "--dry-run"),
                   "first": run(home, folder / "talk.txt"),
                   "again": run(home, folder / "talk.txt"),
                   "longer": run(home, folder / "longer.txt"),
                   "bytes": (folder / "talk.txt").stat().st_size,
                   "fts5_cpu_s": fts5(folder, lines[:count])}
    if figures["first"]["imported"] != kept or figures["again"]["imported"] != 0:
        raise SystemExit(f"not {kept} once and 0 again: {figures}")
    if figures["longer"]["imported"] != longer - kept:
        raise SystemExit(f"not {longer - kept} of the longer export: {figures}")
    figures["cpu_us_a_message"] = round(figures["first"]["cpu_s"] / kept * 1e6, 1)
    print(json.dumps(figures, ensure_ascii=False))
    if not options.smoke:
        load = round(os.getloadavg()[0], 2)
        common.write_result("import_kakao", {"messages": count, "seed": corpus.SEED, "load": load},
                            figures)


if __name__ == "__main__":
    main()
