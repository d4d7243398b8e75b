"""Logistic curves and the figures that say how good they are, held out by article."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Curve

Numbers = NDArray[np.float64]

FOLDS = 10
RIDGE = 3.0
"""Penalty on the weights of standardised features: a hundred claims carry few parameters."""


@dataclass(frozen=True)
class Row:
    """One labelled claim with its features, the article it is about, and how it was changed."""

    label: str
    about: str
    features: dict[str, float]
    change: str = ""


def fit(rows: Sequence[dict[str, float]], wanted: Sequence[bool], names: Sequence[str], ridge: float = RIDGE) -> Curve:
    """Ridge logistic regression by Newton's method; the cut is one of the best balanced accuracy."""
    raw = np.array([[r.get(n, 0.0) for n in names] for r in rows], dtype=float)
    y = np.array(wanted, dtype=float)
    mean, spread = raw.mean(axis=0), raw.std(axis=0)
    spread[spread == 0] = 1.0
    x = np.hstack([(raw - mean) / spread, np.ones((len(raw), 1))])
    penalty = np.diag([ridge] * len(names) + [1e-6])
    beta: Numbers = np.zeros(len(names) + 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (p - y) + penalty @ beta
        curvature = (x * (p * (1 - p))[:, None]).T @ x + penalty
        beta = beta - np.linalg.solve(curvature, slope)
    weights = beta[:-1] / spread
    bias = float(beta[-1] - (weights * mean).sum())
    named = {n: round(float(w), 6) for n, w in zip(names, weights, strict=True)}
    curve = Curve(bias=round(bias, 6), weights=named)
    return curve.model_copy(update={"cut": best_cut([curve.probability(r) for r in rows], wanted)})


def best_cut(scores: Sequence[float], wanted: Sequence[bool]) -> float:
    """Of the cuts of nearly the best balanced accuracy, the one nearest to one half: the rest is luck."""
    s, y = np.sort(np.array(scores)), np.array(wanted)
    gaps = [0.5, *((s[1:] + s[:-1]) / 2)]
    values = [balanced_accuracy(scores, y, float(g)) for g in gaps]
    luck = 0.2 / len(y) ** 0.5
    near = (g for g, v in zip(gaps, values, strict=True) if v >= max(values) - luck)
    return round(float(min(near, key=lambda g: abs(g - 0.5))), 4)


def balanced_accuracy(scores: Sequence[float], wanted: NDArray[np.bool_], cut_at: float) -> float:
    """Mean of the shares found right in the two classes, 0 to 1."""
    said = np.array(scores) >= cut_at
    return float((said[wanted].mean() + (~said[~wanted]).mean()) / 2)


def auc(scores: Sequence[float], wanted: NDArray[np.bool_]) -> float:
    """Chance that a wanted one scores higher than another, 0 to 1."""
    s = np.array(scores)
    a, b = s[wanted][:, None], s[~wanted]
    return float((a > b).mean() + 0.5 * (a == b).mean())


def held_out(rows: Sequence[Row], wanted: Sequence[bool], names: Sequence[str]) -> tuple[list[float], list[bool]]:
    """(probability, yes or no at the fold's own cut) of each row by a fit that saw no claim on its article."""
    scores, said = [0.0] * len(rows), [False] * len(rows)
    fold_of = [int(hashlib.sha256(r.about.encode()).hexdigest(), 16) % FOLDS for r in rows]
    for fold in set(fold_of):
        train = [i for i, f in enumerate(fold_of) if f != fold]
        curve = fit([rows[i].features for i in train], [wanted[i] for i in train], names)
        for i in (i for i, f in enumerate(fold_of) if f == fold):
            scores[i] = curve.probability(rows[i].features)
            said[i] = scores[i] >= curve.cut
    return scores, said


def measure(scores: Sequence[float], said: Sequence[bool], wanted: Sequence[bool]) -> dict[str, float]:
    """Balanced accuracy at the folds' cuts, AUC and Brier score."""
    y = np.array(wanted)
    brier = float(((np.array(scores) - y) ** 2).mean())
    right = balanced_accuracy([float(s) for s in said], y, 0.5)
    return {"ba": round(right, 3), "auc": round(auc(scores, y), 3), "brier": round(brier, 3)}


def pair(a: Sequence[bool], b: Sequence[bool], wanted: Sequence[bool]) -> dict[str, float]:
    """How alike two checkers err: Cohen's kappa of their answers, correlation of their errors."""
    x, y, w = np.array(a), np.array(b), np.array(wanted)
    chance = x.mean() * y.mean() + (1 - x.mean()) * (1 - y.mean())
    same = float((x == y).mean())
    wrong_x, wrong_y = (x != w).astype(float), (y != w).astype(float)
    rho = float(np.corrcoef(wrong_x, wrong_y)[0, 1]) if wrong_x.std() and wrong_y.std() else 0.0
    kappa = float((same - chance) / (1 - chance)) if chance < 1 else 1.0
    return {"kappa": round(kappa, 3), "error_correlation": round(rho, 3)}


def votes(said: Mapping[str, Sequence[bool]], wanted: Sequence[bool]) -> dict[str, float]:
    """Every pair's kappa and error correlation, and the number of independent votes all are worth together:
    n / (1 + (n - 1) · mean correlation), correlation below zero counting as zero."""
    out: dict[str, float] = {}
    found = []
    for a, b in combinations(said, 2):
        figures = pair(said[a], said[b], wanted)
        found.append(max(figures["error_correlation"], 0.0))
        out |= {f"{name}.{a}.{b}": value for name, value in figures.items()}
    n, mean = len(said), sum(found) / len(found) if found else 0.0
    return out | {"effective_votes": round(n / (1 + (n - 1) * mean), 2)}


def sure_band(scores: Sequence[float], wanted: Sequence[bool]) -> tuple[float, float]:
    """Probabilities between which cheap checkers were ever wrong, with a margin; outside, a dear one adds nothing.

    Never wider open than 0.1 and 0.97: what a small sample did not show still happens.
    """
    low = min((s for s, w in zip(scores, wanted, strict=True) if w), default=0.0)
    high = max((s for s, w in zip(scores, wanted, strict=True) if not w), default=1.0)
    return round(min(low * 0.8, 0.1), 4), round(max(1 - (1 - high) * 0.8, 0.97), 4)
