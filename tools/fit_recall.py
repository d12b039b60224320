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
            "moment recency change agent question waypoint matched "
            "passage_lexical passage_coverage passage_turn terse_association").split()
HELPS = set("lexical coverage window_coverage session_coverage previous speaker quantity "
            "association tag turn context feedback date moment recency change precision "
            "passage_lexical passage_coverage".split())
HURTS = {"turn_hub", "context_hub", "agent", "question", "passage_turn"}
FIXED = {"waypoint": 3.0, "matched": 0.0, "terse_association": 15.0}   # by hand: see the document
SET_WEIGHT = {"komem": 2.0, "locomo": 3.0, "beam100k": 1.0, "songys": 1.5, "korquad": 1.0,
              "parakqc": 0.8, "ko-bench": 1.0}
HARDEST = 120
PENALTY = 0.02
WORDS = (6.0, -2.0)                         # set by hand: see docs/formulas/recall.md, 3
COMPANY = 0.3                               # flat from 0.1 to 0.5
STALE_WEIGHT = 0.3
ABSTENTION = ("komem", "beam100k")           # sets with questions that have no answer
TALK = ("komem", "locomo", "ko-bench", "beam100k")
BEAM_FACTS = ("information_extraction", "knowledge_update", "temporal_reasoning",
              "multi_session_reasoning", "contradiction_resolution", "preference_following")


class Question:
    """One question's candidates: ids, features X (a row each), relevant y, stale flags."""

    def __init__(self, name, line, gold, sessions):
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
        self.sessions = [sessions.get(i) for i in self.ids]
        self.gold_sessions = {sessions.get(i) for i in self.gold}

    def company(self, z):
        """Sums with what the candidates of a session add to each other."""
        best, total = {}, collections.Counter()
        for session, value in zip(self.sessions, z):
            best[session] = max(best.get(session, value), value)
        for session, value in zip(self.sessions, z):
            total[session] += np.exp(value - best[session])
        return z + COMPANY * np.array([np.log(total[s]) if s else 0.0 for s in self.sessions])


def load(data, scorers, files):
    sys.path.insert(0, scorers)
    sys.dont_write_bytecode = True
    import prepare
    out = []
    for spec in files:
        name, path = spec.split("=", 1)
        known = prepare.load_all(data, [name])[name]
        gold = {q["id"]: q for q in known["queries"]}
        sessions = {d["id"]: d.get("group") for d in known["corpus"]}
        with open(path, encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                out.append(Question(name, line, gold[line["id"]], sessions))
    return out


def training_lists(questions):
    """Rows, relevance and weight of each question's list, and the (newest - outdated) pairs."""
    count = collections.Counter((q.set, q.category) for q in questions if q.y.any())
    kinds = collections.Counter(s for s, _ in count)
    rows, relevant, weights, pairs, shares = [], [], [], [], []
    for q in questions:
        if not q.y.any() or q.y.all():
            continue
        turn, context, lexical = (q.X[:, FEATURES.index(f)] for f in ("turn", "context", "lexical"))
        rough = turn + context + 0.3 * lexical
        good, others = np.flatnonzero(q.y), np.flatnonzero(~q.y)
        others = others[np.argsort(-rough[others], kind="stable")[:HARDEST]]
        weight = SET_WEIGHT[q.set] / (kinds[q.set] * count[q.set, q.category])
        chosen = q.X[np.r_[good, others]]
        rows.append(chosen - chosen.mean(0))        # only differences within a question matter
        relevant.append(np.arange(len(chosen)) < len(good))
        weights.append(weight)
        for new in good:
            for old in np.flatnonzero(q.old):
                pairs.append(q.X[new] - q.X[old])
                shares.append(STALE_WEIGHT * weight / (len(good) * q.old.sum()))
    return rows, relevant, np.array(weights), pairs, np.array(shares)


def fit(questions):
    """Weights by feature; needs at least one question with a relevant candidate."""
    rows, relevant, weights, pairs, shares = training_lists(questions)
    spread = np.sqrt(np.mean([x.var(0) for x in rows], axis=0)) + 1e-6
    size = np.array([len(x) for x in rows])
    start = np.r_[0, np.cumsum(size)[:-1]]
    of = np.repeat(np.arange(len(size)), size)
    X, y = np.concatenate(rows) / spread, np.concatenate(relevant)
    D = np.array(pairs).reshape(-1, len(FEATURES)) / spread
    share = (weights / np.add.reduceat(y.astype(float), start))[of] * y

    def loss(w):
        z = X @ w
        e = np.exp(z - np.maximum.reduceat(z, start)[of])
        bad = np.where(y, 0, e)
        sums = e + np.add.reduceat(bad, start)[of]  # for a relevant row: itself and all others
        total = (share[y] * (np.log(sums[y]) - np.log(e[y] + 1e-300))).sum()
        pull = np.add.reduceat(np.where(y, share / sums, 0), start)[of]
        slope = X.T @ np.where(y, share * (e / sums - 1), bad * pull)
        margin = D @ w
        total += (shares * np.logaddexp(0, -margin)).sum()
        slope -= D.T @ (shares / (1 + np.exp(margin)))
        return total + PENALTY * w @ w, slope + 2 * PENALTY * w

    bounds = [(0, 0) if f in FIXED else (0, None) if f in HELPS else
              (None, 0) if f in HURTS else (None, None) for f in FEATURES]
    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 200})
    by_hand = np.array([FIXED.get(f, 0.0) for f in FEATURES])
    return found.x / spread + by_hand


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


def session_all_at_5(q, z):
    """Whether the five best sessions hold every relevant one."""
    order = [q.sessions[i] for i in np.argsort(-z, kind="stable")]
    return float(q.gold_sessions <= set(list(dict.fromkeys(order))[:5]))


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
            if name == "locomo":
                parts[q.category]["session all@5"].append(session_all_at_5(q, z))
            if q.stale:
                best = max(z[q.y], default=-1e9)
                order.append(float(best > max(z[q.old], default=-1e9)))
        keep = [c for c in parts if name != "beam100k" or c in BEAM_FACTS]
        flat = lambda key: 100 * np.mean([v for c in parts for v in parts[c][key]])
        row = {"macro frac@10": 100 * np.mean([np.mean(parts[c]["frac@10"]) for c in keep]),
               "hit@1": flat("hit@1"), "hit@10": flat("hit@10"), "frac@9": flat("frac@9"),
               "nDCG@10": flat("nDCG@10")}
        if name == "locomo":
            row["session all@5"] = flat("session all@5")
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


def balanced(questions):
    """A weight a question, so that sets, and answerable or not, count alike."""
    share = collections.Counter((q.set, bool(q.gold)) for q in questions)
    return [1 / share[q.set, bool(q.gold)] for q in questions]


def sure_by_cosines(questions):
    return logistic([[q.best, q.hub] for q in questions], [bool(q.gold) for q in questions],
                    balanced(questions))


def show_abstention(asked, sure):
    """How well the first score tells answerable questions: fitted on all, on the other folds."""
    held = folds(asked)
    inside = [np.dot([q.best, q.hub], sure[:-1]) for q in asked]
    outside = [0.0] * len(asked)
    for fold in set(held):
        other = sure_by_cosines([q for q, f in zip(asked, held) if f != fold])
        for i in np.flatnonzero(held == fold):
            outside[i] = np.dot([asked[i].best, asked[i].hub], other[:-1]) + other[-1]
    for name in sorted({q.set for q in asked}):
        mine = [i for i, q in enumerate(asked) if q.set == name]
        labels = [bool(asked[i].gold) for i in mine]
        print(f"abstention {name}: AUROC {auroc([inside[i] for i in mine], labels):.3f}, "
              f"cross-validated {auroc([outside[i] for i in mine], labels):.3f}")


def calibrate(questions, scores):
    """How sure an answer is (from cosines, and from words alone), the slope behind the best, the
    threshold."""
    asked = [q for q in questions if q.set in ABSTENTION]
    matched, association = FEATURES.index("matched"), FEATURES.index("association")
    sure = sure_by_cosines(asked)
    show_abstention(asked, sure)
    words = [[min(1.0, (q.X[:, matched] + q.X[:, association]).max())] for q in asked]
    by_words = logistic(words, [bool(q.gold) for q in asked], balanced(asked))
    gaps = [z[q.y].max() - z.max() for q, z in zip(questions, scores) if q.y.any()]
    slope = 0.68 if not gaps else float(np.clip(1 / (np.std(gaps) + 1e-6), 0.2, 1.0))
    found = []
    for q, z in zip(questions, scores):
        if q.y.any() and q.set in TALK:
            a = 1 / (1 + np.exp(-(np.array([q.best, q.hub]) @ sure[:-1] + sure[-1])))
            order = np.argsort(-z)[:10]
            found += [a * np.exp(slope * (z[i] - z.max())) for i in order if q.y[i]]
    return {"cosines": sure[0], "hub": sure[1], "bias": sure[2],
            "words": max(by_words[0], WORDS[0]), "words_bias": WORDS[1], "slope": slope,
            "threshold": float(np.quantile(found, 0.05)) if found else 0.05, "company": COMPANY}


def main():
    data, scorers, out, files = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    questions = load(data, scorers, files)
    held = folds(questions)
    scores = [None] * len(questions)
    for fold in range(5):
        weights = fit([q for q, f in zip(questions, held) if f != fold])
        for i, q in enumerate(questions):
            if held[i] == fold:
                scores[i] = q.company(q.X @ weights)
    for arm, features in (("keyword arm", {"lexical": 1.0, "association": 0.5}),
                          ("vector arm", {"turn": 1.0, "context": 1.0})):
        alone = np.array([features.get(f, 0.0) for f in FEATURES])
        show(arm, measures(questions, [q.X @ alone for q in questions]))
    show("fused, cross-validated", measures(questions, scores))
    weights = fit(questions)
    scores = [q.company(q.X @ weights) for q in questions]
    show("fused, fitted on all", measures(questions, scores))
    calibration = calibrate(questions, scores)
    named = {f: round(float(w), 3) for f, w in zip(FEATURES, weights)}
    print(json.dumps(named))
    with open(out, "w", encoding="utf-8") as file:
        rounded = {k: round(float(v), 4) for k, v in calibration.items()}
        json.dump({"weights": named, "calibration": rounded}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
