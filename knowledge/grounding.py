"""Does a passage bear out a claim? Cheap checks first, the model only where they leave doubt, one calibrated answer.

Checkers: `quote` (the claim stands there word for word), `facts` (numbers, must or may, negation, scope, authority),
`judge` (a language model, calibrated). A checker that could not work has no verdict; it is never counted as agreeing.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.calibration import Calibration, features, load
from knowledge.citation import Verdict
from knowledge.claims import split_claims
from knowledge.facts import Facts, compare
from knowledge.judge import weigh_claim
from prompts.ask import MadeBy, ModelError
from prompts.models import Models

__all__ = ["Checked", "CheckerResult", "Panel", "split_claims"]

SURE = 0.05
"""Below this probability by facts alone (a number that is not there) the model is not asked."""


@dataclass(frozen=True)
class CheckerResult:
    """What one checker says. `score` is its own probability of `supported`; `verdict` None means it did not check."""

    name: str
    family: str
    """Weights behind it, `rules` for none; two results of one family are one vote."""
    verdict: Verdict | None
    score: float | None
    why: str


@dataclass(frozen=True)
class Checked:
    """The panel's verdict; `score` is the calibrated probability of `supported`, 0 to 1."""

    verdict: Verdict
    score: float
    agreed: bool
    """No two checkers that checked differ on whether the claim is supported."""
    checkers: tuple[CheckerResult, ...]
    made_by: tuple[MadeBy, ...] = ()

    @property
    def why(self) -> str:
        """The reasons of the checkers that object, for people."""
        return "；".join(c.why for c in self.checkers if c.why and c.verdict != "supported")


class Panel:
    """Checkers of other kinds than the writer where they can be had; without models, the facts alone."""

    def __init__(self, models: Models | None = None, calibration: Calibration | None = None) -> None:
        self._models = models
        self._calibration = calibration or load()

    def check(self, claim: str, passage: str) -> Checked:
        """Checks one claim (a sentence) against one passage (any length). Never raises for a model that fails."""
        facts = compare(claim, passage)
        if facts.quoted:
            quote = CheckerResult("facts", "rules", "supported", 0.99, "")
            return Checked("supported", 0.99, True, (quote,))
        by_facts = self._by_facts(facts)
        if by_facts.score is not None and by_facts.score < SURE:
            return self._sum_up(facts, by_facts, None, None, ())
        return self._with_judge(claim, passage, facts, by_facts)

    def _by_facts(self, facts: Facts) -> CheckerResult:
        curve = self._calibration.facts
        score = curve.probability(features(facts))
        supported = score >= curve.cut
        why = facts.why or ("" if supported else "条文里找不到足以支持这句话的词句")
        return CheckerResult("facts", "rules", "supported" if supported else self._against(facts, None), score, why)

    def _with_judge(self, claim: str, passage: str, facts: Facts, by_facts: CheckerResult) -> Checked:
        if self._models is None or not self._models.ready("judge"):
            return self._sum_up(facts, by_facts, _unchecked("没有可用的模型"), None, ())
        family = self._models.family("judge")
        try:
            weighed = weigh_claim(self._models, claim, passage)
        except ModelError as error:
            return self._sum_up(facts, by_facts, _unchecked(f"模型没有核对：{error}", family), None, ())
        if not self._fits(family):
            result = CheckerResult("judge", family, None, None, "这个模型还没有校准，不计入结论")
            return self._sum_up(facts, by_facts, result, None, (weighed.made_by,))
        result = self._by_judge(facts, weighed.value, family)
        return self._sum_up(facts, by_facts, result, weighed.value, (weighed.made_by,))

    def _fits(self, family: str) -> bool:
        return family == self._calibration.family

    def _by_judge(self, facts: Facts, log_odds: float, family: str) -> CheckerResult:
        curve = self._calibration.judge
        score = curve.probability({"judge": log_odds})
        if score >= curve.cut:
            return CheckerResult("judge", family, "supported", score, "")
        return CheckerResult("judge", family, self._against(facts, log_odds), score, "模型认为条文得不出这个意思")

    def _against(self, facts: Facts, log_odds: float | None) -> Verdict:
        curve = self._calibration.opposite
        return "contradicted" if curve.probability(features(facts, log_odds)) >= curve.cut else "not_found"

    def _sum_up(
        self,
        facts: Facts,
        by_facts: CheckerResult,
        by_judge: CheckerResult | None,
        log_odds: float | None,
        made_by: tuple[MadeBy, ...],
    ) -> Checked:
        curve = self._calibration.facts if log_odds is None else self._calibration.panel
        score = curve.probability(features(facts, log_odds))
        verdict: Verdict = "supported" if score >= curve.cut else self._against(facts, log_odds)
        checkers = (by_facts,) if by_judge is None else (by_facts, by_judge)
        views = {c.verdict == "supported" for c in checkers if c.verdict is not None}
        return Checked(verdict, score, len(views) == 1, checkers, made_by)


def _unchecked(why: str, family: str = "") -> CheckerResult:
    return CheckerResult("judge", family, None, None, why)
