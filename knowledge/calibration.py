"""From what the checkers saw to a probability: logistic curves fitted on labelled claims by `knowledge.calibrate`.

A fit belongs to one set of weights, one prompt and one data set; with any other model the judge's curve is flagged as
uncalibrated and the facts alone decide.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from knowledge.facts import Facts, Kind

AGAINST: frozenset[Kind] = frozenset(
    {
        "bound",
        "edge",
        "misplaced",
        "period",
        "modality",
        "negation",
        "condition",
        "scope",
        "authority",
        "subject",
        "order",
        "opposite",
    }
)
"""Disagreements in which the passage says otherwise of the same thing."""
ABSENT: frozenset[Kind] = frozenset({"missing_number", "item", "words"})
"""Disagreements in which the passage says nothing of it."""
FILE = Path(__file__).with_name("calibration.json")


class Curve(BaseModel):
    """Weights of named features and the cut above which a probability means yes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float
    weights: dict[str, float]
    cut: float = 0.5

    def probability(self, features: dict[str, float]) -> float:
        """Between 0 and 1; a feature that is not given counts as 0."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.log_odds(features)))))

    def log_odds(self, features: Mapping[str, float]) -> float:
        """The same in natural logarithms of odds."""
        return self.bias + sum(w * features.get(name, 0.0) for name, w in self.weights.items())


class Calibration(BaseModel):
    """All curves with what they were fitted on and how well they did on claims held out."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    data_sha256: str
    n: int
    family: str
    """Weights of the judge the fit belongs to."""
    prompt: str = "judge_claim"
    """Which wording of the judge's question, `name@version`."""
    prompt_sha256: str
    verifier_family: str = ""
    """Weights of the verifier the fit belongs to; empty: fitted without one."""
    facts: Curve
    """P(supported) from the facts alone."""
    judge: Curve
    """P(supported) from the judge's log-odds alone."""
    panel: Curve
    """P(supported) from facts and judge."""
    opposite: Curve
    """P(contradicted) among claims that are not supported."""
    verifier: Curve | None = None
    """P(supported) from the verifier alone."""
    cheap: Curve | None = None
    """P(supported) from facts and verifier."""
    full: Curve | None = None
    """P(supported) from facts, verifier and judge."""
    band: tuple[float, float] = (0.05, 1.0)
    """Between these probabilities by the cheap checkers the judge is asked."""
    measured: dict[str, dict[str, float]]
    """Per checker: balanced accuracy, AUC, Brier, all on held-out folds; `votes`: kappa and error correlation."""

    @property
    def effective_votes(self) -> float:
        """How many independent votes the checkers together are worth."""
        return self.measured.get("votes", {}).get("effective_votes", 1.0)


@cache
def load(path: Path = FILE) -> Calibration:
    """The committed fit."""
    return Calibration.model_validate(json.loads(path.read_text(encoding="utf-8")))


def features(
    facts: Facts, log_odds: float | None = None, verifier: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Named numbers of one claim and passage for the curves; `verifier` as from `knowledge.verifier.odds`."""
    numbers = facts.has("number", "bound", "edge", "misplaced", "period", "reference")
    out = {
        "coverage": facts.coverage,
        "nearest": facts.nearest_coverage,
        "quoted": float(facts.quoted),
        "novelty": facts.novelty,
        "number": float(numbers),
        "missing_number": float(facts.has("missing_number")),
        "modality": float(facts.has("modality", "negation", "condition")),
        "same_unit": float(any(m.close for m in facts.mismatches if m.kind in ("number", "misplaced"))),
        "permits": float(any(m.close for m in facts.mismatches if m.kind in ("modality", "negation", "condition"))),
        "scope": float(facts.has("scope", "order", "opposite")),
        "authority": float(facts.has("authority", "subject", "start")),
        "absent": float(facts.has("item", "words")),
        "number_agrees": float(facts.numbers > 0 and not numbers and not facts.has("missing_number")),
        "clean": float(not facts.mismatches),
        "against": float(any(m.kind in AGAINST or (m.kind == "number" and m.close) for m in facts.mismatches)),
        "only_absent": float(bool(facts.mismatches) and all(m.kind in ABSENT for m in facts.mismatches)),
    }
    out |= verifier or {}
    return out if log_odds is None else out | {"judge": log_odds}
