"""The checker without a model: do numbers, must or may, scope, parties and lists of a claim agree with a passage?

It names the words that disagree. Its findings explain better than they decide, so they are features of the
calibrated score (see `knowledge.calibration`).
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.amounts import amounts
from knowledge.listed import items, novel, words
from knowledge.modality import Modality, modalities, modality
from knowledge.numerals import quantities
from knowledge.parties import authority, order, start, subject
from knowledge.scope import excepted, opposite, scope
from knowledge.wording import Kind, Mismatch, bare, nearest_sentence, overlap, pieces, sentences

__all__ = [
    "Facts",
    "Kind",
    "Mismatch",
    "Modality",
    "bare",
    "compare",
    "is_quote",
    "modalities",
    "nearest_sentence",
    "overlap",
    "pieces",
    "sentences",
]


@dataclass(frozen=True)
class Facts:
    """What can be seen without a model. `coverage` and `nearest_coverage` are shares of the claim's two-character
    pieces found in the passage and in its nearest sentence, 0 to 1."""

    quoted: bool
    coverage: float
    nearest_coverage: float
    nearest: str
    numbers: int
    """How many quantities the claim states."""
    mismatches: tuple[Mismatch, ...]
    novelty: float = 0.0
    """Share of the claim's content characters that stand nowhere in the passage, 0 to 1."""

    def has(self, *kinds: Kind) -> bool:
        """Whether any disagreement is of one of these kinds."""
        return any(m.kind in kinds for m in self.mismatches)

    @property
    def why(self) -> str:
        """The disagreements in one Chinese sentence, empty when there are none."""
        return "；".join(dict.fromkeys(m.why for m in self.mismatches))


def compare(claim: str, passage: str) -> Facts:
    """Compares a claim with a passage of any length."""
    nearest = nearest_sentence(claim, passage)
    exception = excepted(claim, nearest, passage)
    found = [*amounts(claim, passage, nearest), *modality(claim, nearest, passage, bool(exception))]
    found += [*scope(claim, nearest, passage, exception), *opposite(claim, nearest)]
    found += [*authority(claim, nearest, passage), *subject(claim, nearest), *order(claim, passage)]
    found += start(claim, nearest)
    quoted = is_quote(claim, passage)
    found += [] if quoted else items(claim, nearest, passage) or ([] if found else words(claim, nearest, passage))
    return Facts(
        quoted=quoted,
        coverage=overlap(claim, passage),
        nearest_coverage=overlap(claim, nearest),
        nearest=nearest,
        numbers=len(quantities(claim)),
        mismatches=tuple(found),
        novelty=novel(claim, passage)[0],
    )


def is_quote(claim: str, passage: str) -> bool:
    """Whether the claim is, number forms and punctuation aside, one or more whole sentences of the passage."""
    wanted = bare(claim)
    if len(wanted) < 6:
        return False
    if wanted == bare(passage):
        return True
    starts = [bare(s) for s in sentences(passage)]
    joined = ["".join(starts[i : i + n]) for n in (1, 2, 3) for i in range(len(starts) - n + 1)]
    return any(wanted == s for s in joined)
