"""One ranking out of several: reciprocal ranks, weighted. Knows nothing of passages, words or vectors.

What stands at place r (from 1) of a list gets weight / (offset + r) from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

Ranking = Sequence[tuple[int, float]]
"""(row of the passage, the list's own score), best first."""

WORDS_WEIGHT, MEANING_WEIGHT = 0.4, 0.6
CITED = 2.0
"""Above every sum of reciprocal ranks: an article that the question names comes first."""


@dataclass(frozen=True)
class Weights:
    """What each list counts: round numbers from the middle of a wide plateau on lay questions (`knowledge measure`)."""

    words: float = WORDS_WEIGHT
    """BM25 over title, headings and text."""
    meaning: float = MEANING_WEIGHT
    """Vectors of the pieces of the text."""
    said_words: float = 0.5
    """BM25 over the sayings alone, as a share of `words`."""
    said_meaning: float = 1.0
    """Vectors of the sayings alone, as a share of `meaning`."""
    reworded: float = 0.5
    """The lists of a rewording, as a share of those of the question."""
    legal: float = 0.3
    """What the law calls the things a lay question names, within BM25, as a share of the question's own words."""
    guide: float = 0.4
    """A guide restates the law in lay words and would stand before the article it restates."""
    offset: float = 10.0
    """The larger it is, the less the first places stand out."""

    def covering(self, share: float) -> Weights:
        """The same while only that share of the passages has its vectors."""
        return replace(self, meaning=self.meaning * share)


@dataclass(frozen=True)
class Lists:
    """What was found, in each kind one ranking a query; the first query is the question, the others reword it."""

    words: Sequence[Ranking] = ()
    said_words: Sequence[Ranking] = ()
    meaning: Sequence[Ranking] = ()
    said_meaning: Sequence[Ranking] = ()


def fuse(lists: Lists, weights: Weights, guides: Collection[int], cited: Sequence[int]) -> list[tuple[int, float]]:
    """(row, score) of everything in any list, best first; `cited` rows come first and in their own order.

    `guides`: rows among them that belong to a guide.
    """
    weighed = (
        (lists.words, weights.words),
        (lists.said_words, weights.words * weights.said_words),
        (lists.meaning, weights.meaning),
        (lists.said_meaning, weights.meaning * weights.said_meaning),
    )
    fused: dict[int, float] = defaultdict(float)
    for rankings, weight in weighed:
        for query, ranking in enumerate(rankings if weight else ()):
            share = weight * (weights.reworded if query else 1.0)
            for rank, (row, _) in enumerate(ranking, 1):
                fused[row] += share / (weights.offset + rank)
    for row in fused.keys() & set(guides):
        fused[row] *= weights.guide
    fused.update((row, CITED - 0.01 * place) for place, row in enumerate(cited))
    return sorted(fused.items(), key=lambda found: (-found[1], found[0]))
