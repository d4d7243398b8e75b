"""A second look at what a model claims, by checkers of another kind than the one that claimed it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.citation import Verdict
from knowledge.grounding import CheckerResult, Panel
from prompts.ask import MadeBy
from review.case import CheckerVerdict, Standing

RULES = "rules"
"""Family of checkers without a model."""


@dataclass(frozen=True)
class Crosschecked:
    """How a claim stands after the check."""

    standing: Standing
    verdicts: tuple[CheckerVerdict, ...]
    made_by: tuple[MadeBy, ...] = ()


def crosscheck(panel: Panel, own_family: str, claim: str, words: str) -> Crosschecked:
    """Whether the quoted words bear the claim out.

    `supported`: a checker of another family than the claimant agrees and none objects. `disputed`: one objects.
    `unchecked`: nobody independent could check. A check by the claimant's own weights is shown and never counted.
    """
    checked = panel.check(claim, words)
    verdicts = tuple(
        CheckerVerdict(checker=c.name, family=c.family, verdict=c.verdict, quote=words[:200], score=c.score)
        for c in checked.checkers
    )
    return Crosschecked(standing_of(checked.checkers, own_family), verdicts, checked.made_by)


def standing_of(checkers: tuple[CheckerResult, ...], own_family: str) -> Standing:
    """Standing by the votes of independent checkers; facts that merely find no support are no objection."""
    counted = [c.verdict for c in checkers if c.verdict is not None and c.family != own_family]
    if any(_objects(c, own_family) for c in checkers):
        return "disputed"
    return "supported" if "supported" in counted else "unchecked"


def _objects(checker: CheckerResult, own_family: str) -> bool:
    against: tuple[Verdict, ...] = ("contradicted",) if checker.family == RULES else ("contradicted", "not_found")
    return checker.family != own_family and checker.verdict in against
