"""Does a passage bear out a claim? Cheap checks first, the model only where they leave doubt, one calibrated answer.

Checkers: `facts` (numbers, must or may, negation, scope, parties, lists; a whole quoted sentence is settled there),
`verifier` (a trained cross-encoder, where one is set), `judge` (a language model). A checker that could not work has no
verdict; it is never counted as agreeing. Disagreement and a missing check are results of
their own (`Checked.standing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.calibration import Calibration, Curve, features, load
from knowledge.citation import Verdict
from knowledge.claims import split_claims
from knowledge.facts import Facts, compare
from knowledge.judge import weigh_claim
from knowledge.verifier import Verifier, VerifierError, odds, open_verifier
from prompts.ask import MadeBy, ModelError
from prompts.models import Models

__all__ = ["Checked", "CheckerResult", "Panel", "Standing", "split_claims"]

Standing = Literal["supported", "contradicted", "not_found", "disputed", "unchecked"]

_ABSENT = "条文里找不到足以支持这句话的词句"
_OWN = "（与写答案的是同一个模型，不算独立的一票）"


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

    @property
    def standing(self) -> Standing:
        """The verdict, or `disputed` where checkers split, or `unchecked` where one that was due did not check."""
        if not self.agreed:
            return "disputed"
        return "unchecked" if any(c.verdict is None for c in self.checkers) else self.verdict


@dataclass
class _Seen:
    """What has been found out about one claim so far."""

    facts: Facts
    checkers: list[CheckerResult] = field(default_factory=list)
    trained: Mapping[str, float] = field(default_factory=dict)
    log_odds: float | None = None
    made_by: tuple[MadeBy, ...] = ()

    @property
    def features(self) -> dict[str, float]:
        return features(self.facts, self.log_odds, self.trained)


class Panel:
    """Checkers of other kinds than the writer where they can be had; without models, the facts alone."""

    def __init__(
        self,
        models: Models | None = None,
        calibration: Calibration | None = None,
        verifier: Verifier | None = None,
    ) -> None:
        self._models = models
        self._calibration = calibration or load()
        self._verifier, self._broken = verifier, ""
        if verifier is None and models is not None:
            try:
                self._verifier = open_verifier(models.settings)
            except VerifierError as error:
                self._broken = str(error)

    @property
    def effective_votes(self) -> float:
        """How many independent votes the calibrated checkers are worth, by the correlation of their errors."""
        return self._calibration.effective_votes

    def check(self, claim: str, passage: str) -> Checked:
        """Checks one claim (a sentence) against one passage (any length). Never raises for a model that fails."""
        seen = _Seen(compare(claim, passage))
        if seen.facts.quoted:
            quote = CheckerResult("facts", "rules", "supported", 0.99, "")
            return Checked("supported", 0.99, True, (quote,))
        seen.checkers.append(self._by_facts(seen.facts))
        self._ask_verifier(seen, claim, passage)
        low, high = self._calibration.band
        if low <= self._curve(seen).probability(seen.features) <= high:
            self._ask_judge(seen, claim, passage)
        return self._sum_up(seen)

    def _by_facts(self, facts: Facts) -> CheckerResult:
        why = facts.why or _ABSENT
        return self._opinion("facts", "rules", self._calibration.facts, features(facts), facts.why, why)

    def _opinion(
        self, name: str, family: str, curve: Curve, seen: dict[str, float], fine: str, why: str
    ) -> CheckerResult:
        score = curve.probability(seen)
        if score >= curve.cut:
            return CheckerResult(name, family, "supported", score, fine)
        return CheckerResult(name, family, self._against(seen), score, why)

    def _ask_verifier(self, seen: _Seen, claim: str, passage: str) -> None:
        if self._broken:
            seen.checkers.append(CheckerResult("verifier", "", None, None, self._broken))
        if self._verifier is None:
            return
        family, curve = self._verifier.family, self._calibration.verifier
        try:
            trained = odds(self._verifier.scores([(passage, claim)])[0])
        except VerifierError as error:
            seen.checkers.append(CheckerResult("verifier", family, None, None, str(error)))
            return
        if curve is None or family != self._calibration.verifier_family:
            why = "这个核对模型还没有校准，不计入结论"
            seen.checkers.append(CheckerResult("verifier", family, None, None, why))
            return
        seen.trained = trained
        why = "核对模型认为条文得不出这个意思"
        seen.checkers.append(self._opinion("verifier", family, curve, seen.features, "", why))

    def _ask_judge(self, seen: _Seen, claim: str, passage: str) -> None:
        if self._models is None or not self._models.ready("judge"):
            seen.checkers.append(_unchecked("没有可用的模型"))
            return
        family = self._models.family("judge")
        try:
            weighed = weigh_claim(self._models, claim, passage, self._calibration.prompt)
        except ModelError as error:
            seen.checkers.append(_unchecked(f"模型没有核对：{error}", family))
            return
        seen.made_by = (weighed.made_by,)
        if family != self._calibration.family:
            seen.checkers.append(_unchecked("这个模型还没有校准，不计入结论", family))
            return
        seen.log_odds = weighed.value
        own = _OWN if family == self._models.family("writer") else ""
        why = f"模型认为条文得不出这个意思{own}"
        seen.checkers.append(self._opinion("judge", family, self._calibration.judge, seen.features, own, why))

    def _against(self, seen: dict[str, float]) -> Verdict:
        curve = self._calibration.opposite
        return "contradicted" if curve.probability(seen) >= curve.cut else "not_found"

    def _curve(self, seen: _Seen) -> Curve:
        """The curve for what is known of the claim."""
        fitted = self._calibration
        if seen.trained:
            return (fitted.cheap if seen.log_odds is None else fitted.full) or fitted.facts
        return fitted.facts if seen.log_odds is None else fitted.panel

    def _sum_up(self, seen: _Seen) -> Checked:
        curve = self._curve(seen)
        score = curve.probability(seen.features)
        verdict: Verdict = "supported" if score >= curve.cut else self._against(seen.features)
        views = {c.verdict == "supported" for c in seen.checkers if c.verdict is not None}
        return Checked(verdict, score, len(views) == 1, tuple(seen.checkers), seen.made_by)


def _unchecked(why: str, family: str = "") -> CheckerResult:
    return CheckerResult("judge", family, None, None, why)
