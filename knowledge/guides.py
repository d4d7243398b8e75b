"""Guides as a bridge: they say in lay words what an article says, and where the library holds it, the article answers.

A statement of a guide is a line that ends with its source, `…（《市场主体登记管理条例》第十九条）`. A search that finds
the statement is led on to the article itself, so that the law is quoted and not our words about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.citation import Passage
from knowledge.index import Hit

RANK = "指南"
_SOURCED = re.compile(
    r"^[-*]?\s*(?P<words>.+?)（《(?P<document>[^》]+)》(?P<article>第[零一二三四五六七八九十百]+条)）$"
)


@dataclass(frozen=True)
class Statement:
    """One sentence of a guide and the article it rests on."""

    words: str
    document: str
    article: str


def statements(passage: Passage) -> list[Statement]:
    """The sourced statements of a guide's unit, in order; notes without a source are left out."""
    found = [_SOURCED.match(line.strip()) for line in passage.text.split("\n")]
    return [Statement(m["words"], m["document"], m["article"]) for m in found if m]


def lead_on(
    query: str, hits: Sequence[Hit], article: Callable[[str, str], Passage | None], per_guide: int = 2
) -> list[Hit]:
    """Hits with each guide's unit replaced by the articles of its statements nearest the query.

    `article(document, number)` finds the text in force, or None when the library does not hold it; a unit none of
    whose articles is held stays as it is. An article found both ways adds up its scores; best first.
    """
    passages: dict[str, Passage] = {}
    scores: dict[str, float] = {}
    for hit in hits:
        for passage in _instead(query, hit.passage, article, per_guide):
            passages[passage.id] = passage
            scores[passage.id] = scores.get(passage.id, 0.0) + hit.score
    return [Hit(passages[i], scores[i]) for i in sorted(scores, key=lambda i: -scores[i])]


def _instead(
    query: str, passage: Passage, article: Callable[[str, str], Passage | None], per_guide: int
) -> list[Passage]:
    if passage.rank != RANK:
        return [passage]
    wanted = _pairs(query)
    near = sorted(statements(passage), key=lambda s: -len(wanted & _pairs(s.words)))[:per_guide]
    held = {p.id: p for s in near if (p := article(s.document, s.article)) is not None}
    return list(held.values()) or [passage]


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
