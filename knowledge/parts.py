"""Parts of an article: 款 are its paragraphs, 项 the lines numbered （一）, 目 those numbered 1. (立法法 第六十五条).

A paragraph after a list of 项 is the next 款. Lists printed within one line count like lists on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.passages import in_words, numeral

_CHINESE = "零〇一二两三四五六七八九十百"
_ITEM = re.compile(rf"[（(]\s*([{_CHINESE}]{{1,4}})\s*[)）]")
_POINT = re.compile(r"(?:[（(]\s*(\d{1,2})\s*[)）]|(\d{1,2})\s*[.．、](?!\d))")
_INLINE = re.compile(rf"(?<=[：；。:;])\s*(?=[（(]\s*[{_CHINESE}]{{1,4}}\s*[)）])")
_NAMED = re.compile(
    rf"(?:第?\s*(?P<kuan>[{_CHINESE}\d]+)\s*款)?\s*(?:第?\s*[（(]?\s*(?P<xiang>[{_CHINESE}\d]+)\s*[)）]?\s*项)?"
    rf"\s*(?:第?\s*[（(]?\s*(?P<mu>[{_CHINESE}\d]+)\s*[)）]?\s*目)?"
)
_ARTICLE = re.compile(rf"^.*?第?\s*[{_CHINESE}千\d]+\s*条(?:之[{_CHINESE}]+)?")


@dataclass(frozen=True)
class Part:
    """A 款, 项 or 目; numbers count from 1, 0 where the level does not apply."""

    kuan: int
    xiang: int
    mu: int
    start: int
    """Place in the text of the article, in characters; what is numbered under it lies between `start` and `end`."""
    end: int

    @property
    def name(self) -> str:
        """`第一款第四项` as statutes cite it."""
        levels = ((self.kuan, "款"), (self.xiang, "项"), (self.mu, "目"))
        return "".join(f"第{in_words(number)}{level}" for number, level in levels if number)


def parts(text: str) -> list[Part]:
    """Every 款, 项 and 目 of an article's text, in its order, the larger before what it holds."""
    found: list[Part] = []
    kuan = xiang = 0
    for start, end in _runs(text):
        words = text[start:end]
        if (item := _ITEM.match(words)) and (number := numeral(item.group(1))):
            kuan, xiang = kuan or 1, number
            found.append(Part(kuan, number, 0, start, end))
        elif (point := _POINT.match(words)) and kuan:
            found.append(Part(kuan, xiang, int(point.group(1) or point.group(2)), start, end))
        else:
            kuan, xiang = kuan + 1, 0
            found.append(Part(kuan, 0, 0, start, end))
    if found and found[0].xiang:  # a list without a line above it is the first 款 by itself
        found.insert(0, Part(1, 0, 0, found[0].start, found[0].end))
    return [_whole(part, found) for part in found]


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines, cut before every numbered piece that stands within a line in an unbroken count from one."""
    at = 0
    for line in text.split("\n"):
        cuts = [0, *_counted(line), len(line)]
        for a, b in zip(cuts, cuts[1:], strict=False):
            words = line[a:b]
            start, end = a + len(words) - len(words.lstrip()), a + len(words.rstrip())
            if start < end:
                yield at + start, at + end
        at += len(line) + 1


def _counted(line: str) -> list[int]:
    """Where 项 begin within a line; empty unless they count 一, 二, 三 …"""
    first = _ITEM.match(line)
    expected = (numeral(first.group(1)) or 0) + 1 if first else 1
    places = []
    for found in _INLINE.finditer(line):
        item = _ITEM.match(line, found.end())
        if item and numeral(item.group(1)) == expected:
            places.append(found.end())
            expected += 1
    return places if first or len(places) > 1 else []


def _whole(part: Part, found: list[Part]) -> Part:
    """The part with the end of the last thing numbered under it."""
    under = [
        p.end
        for p in found
        if p.kuan == part.kuan and (not part.xiang or p.xiang == part.xiang) and (not part.mu or p.mu == part.mu)
    ]
    return Part(part.kuan, part.xiang, part.mu, part.start, part.end if part.mu else max([part.end, *under]))


def part_of(text: str, words: str) -> tuple[int, int] | None:
    """Span of `第一款第四项` in an article's text; None when there is no such part or it could be several.

    The 款 may be left out where only one holds such an 项. What names the article (`第三十二条…`) is passed over.
    """
    named = _NAMED.fullmatch(_ARTICLE.sub("", words.strip()).strip())
    if not named or not any(named.groups()):
        return None
    kuan, xiang, mu = (numeral(n) if (n := named[level]) else None for level in ("kuan", "xiang", "mu"))
    fits = [
        p
        for p in parts(text)
        if (kuan is None or p.kuan == kuan) and p.xiang == (xiang or (p.xiang if mu else 0)) and p.mu == (mu or 0)
    ]
    return (fits[0].start, fits[0].end) if len(fits) == 1 else None


def part_at(text: str, start: int, end: int) -> str:
    """Name of the smallest part that holds these characters, `第一款第四项`; empty when none does."""
    holding = [p for p in parts(text) if p.start <= start and end <= p.end]
    return min(holding, key=lambda p: p.end - p.start).name if holding else ""
