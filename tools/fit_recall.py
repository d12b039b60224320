#!/usr/bin/env python3
"""Fits the weights and the calibration of recall from the evidence the real binary saw.

    fit_recall.py EVALUATION_DATA SCORERS OUT.json NAME=FEATURES.jsonl ...

EVALUATION_DATA and SCORERS are the data and eval folders; FEATURES come from `recall_features HOME
QUERIES` (bench/), one file a set. Needs numpy and scipy. The fit is listwise: every relevant
candidate against the hardest others of its question, -ln softmax, features scaled by their spread
within a question, a quadratic penalty, sign bounds where a feature may only help or only hurt.
Folds leave whole people and conversations out; the table printed is the cross-validated one.
Method and figures: docs/formulas/recall.md.
"""
import collections
import json
import sys

import numpy as np
from scipy.optimize import minimize

FEATURES = ("lexical coverage window_coverage session_coverage precision previous speaker quantity "
            "association length tag turn context turn_hub context_hub neighbour feedback date "
            "moment recency change agent question waypoint matched").split()
HELPS = set("lexical coverage window_coverage session_coverage previous speaker quantity "
            "association tag turn context feedback date moment recency change precision".split())
HURTS = {"turn_hub", "context_hub", "agent", "question"}
FIXED = {"waypoint": 3.0, "matched": 0.0}   # not in the evaluation sets
SET_WEIGHT = {"komem": 2.0, "locomo": 2.0, "beam100k": 1.0, "songys": 1.5, "korquad": 1.0,
              "parakqc": 0.8, "ko-bench": 1.0}
HARDEST = 60
PENALTY = 0.02
STALE_WEIGHT = 0.3
BEAM_FACTS = ("information_extraction", "knowledge_update", "temporal_reasoning",
              "multi_session_reasoning", "contradiction_resolution", "preference_following")


class Question:
    """One question's candidates: ids, features X (a row each), relevant y, stale flags."""

    def __init__(self, name, line, gold):
        skip = set(gold.get("exclude", ()))
        rows = [c for c in line["candidates"] if c[0] not in skip]
        self.set, self.id = name, line["id"]
        self.category, self.space = gold["category"], gold["namespace"]
        self.ids = [c[0] for c in rows]
        self.X = np.array([c[1:] for c in rows], float).reshape(len(rows), len(FEATURES))
        self.gold, self.stale = set(gold.get("relevant") or ()), set(gold.get("stale", ()))
        self.y = np.array([i in self.gold for i in self.ids], bool)
        self.old = np.array([i in self.stale for i in self.ids], bool)
        self.best, self.hub = line["best"], line["hub"]


def load(data, scorers, files):
    sys.path.insert(0, scorers)
    sys.dont_write_bytecode = True
    import prepare
    out = []
    for spec in files:
        name, path = spec.split("=", 1)
        gold = {q["id"]: q for q in prepare.load_all(data, [name])[name]["queries"]}
        with open(path, encoding="utf-8") as lines:
            out += [Question(name, json.loads(x), gold[json.loads(x)["id"]]) for x in lines]
    return out


def fit(questions):
    """Weights by feature; needs at least one question with a relevant candidate."""
    count = collections.Counter((q.set, q.category) for q in questions if q.y.any())
    kinds = collections.Counter(s for s, _ in count)
    lists, pairs = [], []
    for q in questions:
        if not q.y.any() or q.y.all():
            continue
        turn, context, lexical = (q.X[:, FEATURES.index(f)] for f in ("turn", "context", "lexical"))
        rough = turn + context + 0.3 * lexical
        others = np.flatnonzero(~q.y)
        others = others[np.argsort(-rough[others], kind="stable")[:HARDEST]]
        weight = SET_WEIGHT[q.set] / (kinds[q.set] * count[q.set, q.category])
        lists.append((q.X[q.y], q.X[others], weight))
        for new in np.flatnonzero(q.y):
            for old in np.flatnonzero(q.old):
                share = STALE_WEIGHT * weight / (q.y.sum() * q.old.sum())
                pairs.append((q.X[new] - q.X[old], share))
    spread = np.sqrt(np.mean([np.concatenate([a, b]).var(0) for a, b, _ in lists], axis=0)) + 1e-6
    lists = [(a / spread, b / spread, w) for a, b, w in lists]
    pairs = [(d / spread, w) for d, w in pairs]

    def loss(weights):
        total, slope = 0.0, np.zeros(len(weights))
        for good, bad, weight in lists:
            z, zb = good @ weights, bad @ weights
            top = max(z.max(), zb.max())
            e, eb = np.exp(z - top), np.exp(zb - top)
            sums = e + eb.sum()
            total += weight * np.mean(np.log(sums) - np.log(e))
            slope += (weight * ((e / sums - 1)[:, None] * good).mean(0)
                      + weight * np.mean(1 / sums) * (eb[:, None] * bad).sum(0))
        for difference, weight in pairs:
            margin = difference @ weights
            total += weight * np.logaddexp(0, -margin)
            slope -= weight * difference / (1 + np.exp(margin))
        return total + PENALTY * weights @ weights, slope + 2 * PENALTY * weights

    bounds = [(0, 0) if f in FIXED else (0, None) if f in HELPS else
              (None, 0) if f in HURTS else (None, None) for f in FEATURES]
    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 200})
    return found.x / spread


def folds(questions, k=5):
    spaces = {s: sorted({q.space for q in questions if q.set == s})
              for s in {q.set for q in questions}}
    place = collections.Counter()
    out = []
    for q in questions:
        if len(spaces[q.set]) > 1:
            out.append(spaces[q.set].index(q.space) % k)
        else:
            out.append(place[q.set] % k)
            place[q.set] += 1
    return np.array(out)


def measures(questions, scores):
    """The figures of the evaluation's table for each set."""
    by_set = collections.defaultdict(list)
    for q, z in zip(questions, scores):
        by_set[q.set].append((q, z))
    out = {}
    for name, items in by_set.items():
        parts, order = collections.defaultdict(lambda: collections.defaultdict(list)), []
        for q, z in items:
            if not q.gold:
                continue
            y = q.y[np.argsort(-z, kind="stable")]
            n = len(q.gold)
            hits = np.flatnonzero(y)
            gain = (sum(1 / np.log2(h + 2) for h in hits if h < 10)
                    / sum(1 / np.log2(i + 2) for i in range(min(n, 10))))
            for key, value in (("frac@10", (hits < 10).sum() / n), ("frac@9", (hits < 9).sum() / n),
                               ("hit@1", 0 in hits), ("hit@10", (hits < 10).any()),
                               ("nDCG@10", gain)):
                parts[q.category][key].append(float(value))
            if q.stale:
                best = max(z[q.y], default=-1e9)
                order.append(float(best > max(z[q.old], default=-1e9)))
        keep = [c for c in parts if name != "beam100k" or c in BEAM_FACTS]
        flat = lambda key: 100 * np.mean([v for c in parts for v in parts[c][key]])
        row = {"macro frac@10": 100 * np.mean([np.mean(parts[c]["frac@10"]) for c in keep]),
               "hit@1": flat("hit@1"), "hit@10": flat("hit@10"), "frac@9": flat("frac@9"),
               "nDCG@10": flat("nDCG@10")}
        if "paraphrase" in parts:
            row["paraphrase"] = 100 * np.mean(parts["paraphrase"]["frac@10"])
        if order:
            row["update order"] = 100 * np.mean(order)
        out[name] = row
    return out


def show(title, table):
    print(title)
    for name, row in table.items():
        print(f"  {name:10s}", "  ".join(f"{k} {v:.1f}" for k, v in row.items()))


def logistic(rows, labels, weights, penalty=0.01):
    X = np.c_[np.array(rows, float), np.ones(len(rows))]
    y, w = np.array(labels, float), np.array(weights, float) / np.sum(weights)
    scale = np.r_[X[:, :-1].std(0) + 1e-9, 1]
    middle = np.r_[X[:, :-1].mean(0), 0]
    Z = (X - middle) / scale

    def loss(b):
        margin = Z @ b
        return (w * (np.logaddexp(0, margin) - y * margin)).sum() + penalty * b[:-1] @ b[:-1]
    b = minimize(loss, np.zeros(X.shape[1]), method="L-BFGS-B").x / scale
    return np.r_[b[:-1], b[-1] - b[:-1] @ middle[:-1]]


def auroc(scores, labels):
    good = [s for s, y in zip(scores, labels) if y]
    bad = [s for s, y in zip(scores, labels) if not y]
    if not good or not bad:
        return float("nan")
    return float(np.mean([(g > b) + 0.5 * (g == b) for g in good for b in bad]))


def calibrate(questions, scores):
    """How sure an answer is (from cosines, and from words alone), the slope behind the best, the
    threshold."""
    asked = [q for q in questions if q.set in ("komem", "beam100k")]
    rows, words, labels, weights = [], [], [], []
    share = collections.Counter((q.set, bool(q.gold)) for q in asked)
    matched, association = FEATURES.index("matched"), FEATURES.index("association")
    for q in asked:
        rows.append([q.best, q.hub])
        words.append([min(1.0, (q.X[:, matched] + q.X[:, association]).max())])
        labels.append(bool(q.gold))
        weights.append(1 / share[q.set, bool(q.gold)])
    sure = logistic(rows, labels, weights)
    by_words = logistic(words, labels, weights)
    print("abstention AUROC by cosines", auroc(np.array(rows) @ sure[:-1], labels))
    gaps = [z[q.y].max() - z.max() for q, z in zip(questions, scores) if q.y.any()]
    slope = 0.68 if not gaps else float(np.clip(1 / (np.std(gaps) + 1e-6), 0.2, 1.0))
    found = []
    for q, z in zip(questions, scores):
        if q.y.any() and q.set in ("komem", "locomo", "ko-bench", "beam100k"):
            a = 1 / (1 + np.exp(-(np.array([q.best, q.hub]) @ sure[:-1] + sure[-1])))
            order = np.argsort(-z)[:10]
            found += [a * np.exp(slope * (z[i] - z.max())) for i in order if q.y[i]]
    return {"cosines": sure[0], "hub": sure[1], "bias": sure[2],
            "words": max(by_words[0], 4.0), "words_bias": -1.0, "slope": slope,
            "threshold": float(np.quantile(found, 0.05)) if found else 0.05}


def main():
    data, scorers, out, files = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    questions = load(data, scorers, files)
    held = folds(questions)
    scores = [None] * len(questions)
    for fold in range(5):
        weights = fit([q for q, f in zip(questions, held) if f != fold])
        for i, q in enumerate(questions):
            if held[i] == fold:
                scores[i] = q.X @ weights
    for arm, features in (("words", {"lexical": 1.0}), ("turn vector", {"turn": 1.0}),
                          ("context vector", {"context": 1.0})):
        alone = np.array([features.get(f, 0.0) for f in FEATURES])
        show(arm, measures(questions, [q.X @ alone for q in questions]))
    show("fused, cross-validated", measures(questions, scores))
    weights = fit(questions)
    calibration = calibrate(questions, scores)
    named = {f: round(float(FIXED.get(f, w)), 3) for f, w in zip(FEATURES, weights)}
    print(json.dumps(named))
    with open(out, "w", encoding="utf-8") as file:
        rounded = {k: round(float(v), 4) for k, v in calibration.items()}
        json.dump({"weights": named, "calibration": rounded}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
