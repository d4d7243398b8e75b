"""A run against its blessed baseline, case by case."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb
from pathlib import Path

from eval.run import Run


@dataclass(frozen=True)
class Comparison:
    """Paired by case id. A case of the baseline that the run lacks counts as a failure."""

    suite: str
    now_share: float
    then_share: float
    broke: list[str] = field(default_factory=list)
    """Passed then, failed now."""
    mended: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    p_value: float = 1.0
    """Exact McNemar test, two-sided: how often flips this uneven come by chance."""
    visible_flips: int = 0
    """Fewest one-way flips a run could tell from chance at 5 %."""

    def regressed(self, tolerance: int = 0) -> bool:
        """More cases broke than were mended, beyond the tolerated number, or cases went missing."""
        return len(self.broke) - len(self.mended) > tolerance or bool(self.gone)


def mcnemar(broke: int, mended: int) -> float:
    """Two-sided exact probability of a split at least this uneven when either way is equally likely."""
    n = broke + mended
    if n == 0:
        return 1.0
    tail = sum(comb(n, k) for k in range(min(broke, mended) + 1))
    return min(1.0, 2.0 * tail / float(2**n))


def smallest_visible() -> int:
    """The fewest flips, all one way, that McNemar tells from chance at 5 %."""
    return next(n for n in range(1, 100) if mcnemar(n, 0) <= 0.05)


def compare(run: Run, baseline: Run) -> Comparison:
    """Lists every flip between a baseline and a run of the same suite."""
    now = {r.id: r.passed for r in run.results}
    then = {r.id: r.passed for r in baseline.results}
    both = [i for i in then if i in now]
    broke = [i for i in both if then[i] and not now[i]]
    mended = [i for i in both if now[i] and not then[i]]
    return Comparison(
        suite=run.suite,
        now_share=run.share(),
        then_share=baseline.share(),
        broke=broke,
        mended=mended,
        new=[i for i in now if i not in then],
        gone=[i for i in then if i not in now],
        p_value=mcnemar(len(broke), len(mended)),
        visible_flips=smallest_visible(),
    )


def baseline_path(suite: str, folder: Path) -> Path:
    """Where the blessed run of a suite lies."""
    return folder / f"{suite}.json"
