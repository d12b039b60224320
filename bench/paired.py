"""Is one arm's ranking better than another's on the same questions? Paired bootstrap by question.

Used by recall_quality.py. A question's value is the evaluation's own (score.measure); a macro
figure draws again within each category, as the scorer does.
"""
import collections
import random
import sys

import common

PRIMARY = {"komem": ("frac@10", True), "locomo": ("frac@10", True), "beam100k": ("frac@10", True),
           "korquad": ("nDCG@10", False), "songys": ("any@10", False), "parakqc": ("frac@9", False),
           "ko-bench": ("any@1", False)}


def values(scorer, known: dict, ranked: dict, metric: str) -> dict:
    """Value and category of each question that has an answer."""
    out = {}
    for question in known["queries"]:
        gold = question.get("relevant")
        if not gold:
            continue
        skip = set(question.get("exclude", ()))
        ids = [i for i in dict.fromkeys(ranked.get(question["id"], ())) if i not in skip]
        out[question["id"]] = (question["category"], scorer.measure(ids, gold)[metric])
    return out


def difference(first: dict, second: dict, macro: bool, rounds: int, seed: int = 1) -> dict:
    """Mean of first - second in per cent with its 95 % interval."""
    groups = collections.defaultdict(list)
    for question, (category, value) in first.items():
        groups[category if macro else ""].append(value - second[question][1])

    def mean(parts):
        return 100 * sum(sum(p) / len(p) for p in parts) / len(parts)
    dice, parts = random.Random(seed), list(groups.values())
    drawn = sorted(mean([dice.choices(p, k=len(p)) for p in parts]) for _ in range(rounds))
    return {"value": mean(parts), "ci95": [drawn[int(0.025 * rounds)], drawn[int(0.975 * rounds)]]}


def compare(rankings: dict, sets: list, rounds: int) -> dict:
    """{set: {arm: fused - arm}} over files of rankings by arm; `fused` must be among them."""
    sys.path.insert(0, str(common.need_shared("eval")))
    sys.dont_write_bytecode = True
    import prepare
    import score
    ranked = {arm: collections.defaultdict(dict) for arm in rankings}
    for arm, path in rankings.items():
        for row in common.jsonl(path):
            if "ranked" in row:
                ranked[arm][row["set"]][row["query_id"]] = row["ranked"]
    out = {}
    for name in (s for s in sets if s in PRIMARY):
        known = prepare.load_all(common.need_shared("data"), [name])[name]
        if name == "beam100k":
            known["queries"] = [q for q in known["queries"] if q["category"] in score.BEAM_FACTS]
        metric, macro = PRIMARY[name]
        by_arm = {arm: values(score, known, ranked[arm][name], metric) for arm in rankings}
        out[name] = {arm: difference(by_arm["fused"], by_arm[arm], macro, rounds)
                     for arm in rankings if arm != "fused"}
        print(f"fused - arm, {name} {metric}: " + ", ".join(
            f"{arm} {d['value']:+.1f} [{d['ci95'][0]:+.1f}, {d['ci95'][1]:+.1f}]"
            for arm, d in out[name].items()), flush=True)
    return out
