"""What of an article is shown: the whole of a short one, the paragraphs that answer of a long one, always verbatim."""

from __future__ import annotations

import re

from knowledge.citation import Passage
from knowledge.facts import pieces

WHOLE = 350
"""An article up to this many characters is quoted whole: it then holds 99 in 100 of the facts asked for."""
MOST = 4
"""Paragraphs shown of a long article at most."""
_ITEM = re.compile(r"^\s*[(（][一二三四五六七八九十]+[)）]")


def quotes(passage: Passage, wanted: str, whole: int = WHOLE) -> list[str]:
    """Pieces of the passage to show, in its order; each stands in it word for word."""
    text = passage.text.strip()
    if len(text) <= whole:
        return [text]
    groups = paragraphs(text)
    keys = pieces(wanted)
    ranked = sorted(range(len(groups)), key=lambda i: (-_match(keys, groups[i]), i))
    kept = [ranked[0]]
    for i in ranked[1:MOST]:
        room = whole - sum(len(groups[j]) for j in kept)
        if len(groups[i]) <= room and _match(keys, groups[i]) > 0:
            kept.append(i)
    return _joined(groups, sorted(kept))


def paragraphs(text: str) -> list[str]:
    """款 of an article; the items of a list stay with the words that introduce them."""
    out: list[str] = []
    for line in text.split("\n"):
        if out and _ITEM.match(line):
            out[-1] += "\n" + line
        elif line.strip():
            out.append(line)
    return out or [text]


def _match(keys: set[str], group: str) -> float:
    """Share of the wanted pieces in the group, slightly less for very long ones."""
    return len(keys & pieces(group)) / float((len(group) + 150) ** 0.3)


def _joined(groups: list[str], kept: list[int]) -> list[str]:
    """Neighbouring paragraphs as one quotation."""
    out: list[list[int]] = []
    for i in kept:
        if out and out[-1][-1] == i - 1:
            out[-1].append(i)
        else:
            out.append([i])
    return ["\n".join(groups[i] for i in run) for run in out]
