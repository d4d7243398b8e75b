"""Fits the curves of `knowledge.calibration`: `python -m knowledge.calibrate --claims FILE --laws DIR`.

FILE is JSON lines of `claim`, `label` (supported, contradicted, not_found) and `passage_text`, or `passage_file` and
`passage_article` of a law in DIR. Figures are of claims held out (ten folds cut by article, so that no article is on
both sides); the curves written are fitted on all. Log-odds are kept in `--odds` to fit again without the model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import FILE, Calibration, Curve, features
from knowledge.facts import compare
from knowledge.judge import weigh_claim
from knowledge.passages import cut, front_matter, read_text
from prompts.models import Models
from prompts.settings import Settings

Numbers = NDArray[np.float64]

FACTS = ("coverage", "nearest", "number", "missing_number", "modality", "scope", "authority", "number_agrees")
JUDGE = ("judge",)
PANEL = (*JUDGE, *FACTS)
OPPOSITE = ("coverage", "number", "same_unit", "missing_number", "modality", "permits", "scope", "authority")
FOLDS = 10
RIDGE = 1.0
"""Penalty on the weights of standardised features: a hundred claims carry few parameters."""


@dataclass(frozen=True)
class Row:
    """One labelled claim with its features and the article it is about."""

    label: str
    about: str
    features: dict[str, float]


def fit(rows: Sequence[dict[str, float]], wanted: Sequence[bool], names: Sequence[str], ridge: float = RIDGE) -> Curve:
    """Ridge logistic regression by Newton's method; the cut is the one of the best balanced accuracy."""
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
    """Middle of the gap between scores that parts the two classes with the best balanced accuracy."""
    s, y = np.sort(np.array(scores)), np.array(wanted)
    gaps = (s[1:] + s[:-1]) / 2
    values = [balanced_accuracy(scores, y, float(g)) for g in gaps]
    top = max(values)
    # Among equally good cuts the one nearest to one half: the others are luck of the sample.
    return round(
        float(min((g for g, v in zip(gaps, values, strict=True) if v >= top - 0.01), key=lambda g: abs(g - 0.5))), 4
    )


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


def votes(a: Sequence[bool], b: Sequence[bool], wanted: Sequence[bool]) -> dict[str, float]:
    """How alike two checkers err: Cohen's kappa of their answers, correlation of their errors, effective votes."""
    x, y, w = np.array(a), np.array(b), np.array(wanted)
    chance = x.mean() * y.mean() + (1 - x.mean()) * (1 - y.mean())
    same = float((x == y).mean())
    wrong_x, wrong_y = (x != w).astype(float), (y != w).astype(float)
    rho = float(np.corrcoef(wrong_x, wrong_y)[0, 1]) if wrong_x.std() and wrong_y.std() else 0.0
    kappa = (same - chance) / (1 - chance) if chance < 1 else 1.0
    return {
        "kappa": round(kappa, 3),
        "error_correlation": round(rho, 3),
        "effective_votes": round(2 / (1 + max(rho, 0)), 2),
    }


def calibrate(rows: Sequence[Row], data_sha256: str, family: str, prompt_sha256: str) -> Calibration:
    """All curves and their held-out figures."""
    wanted = [r.label == "supported" for r in rows]
    against = [r for r in rows if r.label != "supported"]
    contradicted = [r.label == "contradicted" for r in against]
    held = {n: held_out(rows, wanted, f) for n, f in (("facts", FACTS), ("judge", JUDGE), ("panel", PANEL))}
    measured = {name: measure(*h, wanted) for name, h in held.items()}
    measured["opposite"] = measure(*held_out(against, contradicted, OPPOSITE), contradicted)
    measured["votes"] = votes(held["facts"][1], held["judge"][1], wanted)
    seen = [r.features for r in rows]
    return Calibration(
        data_sha256=data_sha256,
        n=len(rows),
        family=family,
        prompt_sha256=prompt_sha256,
        facts=fit(seen, wanted, FACTS),
        judge=fit(seen, wanted, JUDGE),
        panel=fit(seen, wanted, PANEL),
        opposite=fit([r.features for r in against], contradicted, OPPOSITE),
        measured=measured,
    )


def read_rows(files: Sequence[Path], laws: Path, models: Models, odds: Path | None) -> list[Row]:
    """Labelled claims with their features; log-odds known from an earlier run are taken from `odds`."""
    known: dict[str, float] = json.loads(odds.read_text(encoding="utf-8")) if odds and odds.exists() else {}
    prompt = models.prompt("judge_claim").sha256
    articles: dict[str, dict[str, str]] = {}
    out = []
    for line in (line for f in files for line in f.read_text(encoding="utf-8").splitlines() if line.strip()):
        raw = json.loads(line)
        passage = raw.get("passage_text") or _article(raw, laws, articles)
        key = hashlib.sha256("\0".join((prompt, passage, raw["claim"])).encode()).hexdigest()
        if key not in known:
            known[key] = weigh_claim(models, raw["claim"], passage).value
            if odds:
                odds.write_text(json.dumps(known), encoding="utf-8")
        out.append(Row(raw["label"], passage, features(compare(raw["claim"], passage), known[key])))
    return out


def _article(raw: dict[str, str], laws: Path, articles: dict[str, dict[str, str]]) -> str:
    name = raw["passage_file"]
    if name not in articles:
        articles[name] = {u.article: u.text for u in cut(front_matter(read_text(laws / name))[1])}
    return articles[name][raw["passage_article"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; writes the fit next to the code unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=Path, required=True, action="append", help="JSON lines; may be given again")
    parser.add_argument("--laws", type=Path, required=True, help="folder of the laws the claims are about")
    parser.add_argument("--odds", type=Path, help="JSON file that keeps the model's log-odds")
    parser.add_argument("--out", type=Path, default=FILE)
    given = parser.parse_args(arguments)
    models = Models(Settings())
    try:
        rows = read_rows(given.claims, given.laws, models, given.odds)
        data = hashlib.sha256(b"".join(f.read_bytes() for f in given.claims)).hexdigest()
        fitted = calibrate(rows, data, models.family("judge"), models.prompt("judge_claim").sha256)
    finally:
        models.close()
    given.out.write_text(fitted.model_dump_json(indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(fitted.measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
