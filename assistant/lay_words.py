"""From what people say to what statutes say: 老板 → 经营者, 刷脸 → 实名认证. A table, no model."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from knowledge.facts import pieces

_COMMON = Path(__file__).with_name("common_pieces.json")
"""Two-character pieces of statutes → share of articles they stand in, where that is over 1.2 in 100."""
_RARE = 0.006
_TELLING = 3.2
"""Rarity above which a term narrows a search; 登记 and 经营者 are in too many articles and are used only alone."""
_FILE = Path(__file__).with_name("lay_words.yaml")
_SPACE = re.compile(r"\s+")
_FILLER = re.compile(
    r"请问|您好|你好|麻烦|我想问一?下|想问一?下|问一?下|咨询一?下|听说|听人说|据说|我想|我要|是不是|能不能|可不可以|要不要"
    r"|有没有|怎么办|怎么弄|怎么|什么|多少|哪里|哪儿|哪个|如何|吗|呢|吧|啊|呀|嘛|哦|了|的话|的|我们|咱们|你们|我|你|您|那个|这个|这种"
    r"|一般|到底|究竟|现在|目前|[，。？！、,.?!\s]"
)


@cache
def _table() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple((str(k), tuple(tuple(str(v).lower().split("&")) for v in vs)) for k, vs in raw.items())


def statutory(text: str) -> list[str]:
    """Statutory words for the lay words of a text, in the table's order, without those it already has."""
    plain = _SPACE.sub("", text).lower()
    found = [
        words for words, lays in _table() if words not in plain and any(all(w in plain for w in lay) for lay in lays)
    ]
    return found


def reworded(text: str) -> str:
    """The question's content words with its statutory words after it; empty when the table knows none of them."""
    found = terms(text)
    telling = [t for t in found if max(mass(t).values(), default=0.0) > _TELLING]
    return " ".join([content(text), *(telling or found)]) if found else ""


def content(text: str) -> str:
    """The question without courtesy, question words and particles."""
    return _FILLER.sub(" ", text).strip()


@cache
def _vocabulary() -> tuple[str, ...]:
    """The single statutory terms of the table."""
    return tuple(sorted({term for words, _ in _table() for term in words.split() if len(term) > 1}))


def terms(text: str) -> list[str]:
    """Statutory words a text uses itself or means by its lay words."""
    plain = _SPACE.sub("", text).lower()
    return [t for t in _vocabulary() if t in plain] + statutory(text)


@cache
def _shares() -> dict[str, float]:
    raw: dict[str, float] = json.loads(_COMMON.read_text(encoding="utf-8"))
    return raw


def rarity(piece: str) -> float:
    """How much a two-character piece says about the matter: the logarithm of one over its share of articles."""
    return -math.log(_shares().get(piece, _RARE))


def mass(words: str) -> dict[str, float]:
    """The informative pieces of some words and their rarity; runs are cut at spaces, single characters left out."""
    return {p: rarity(p) for w in words.split() for p in pieces(w) if len(p) > 1}


def matched(wanted: dict[str, float], there: Iterable[str]) -> float:
    """Sum of the rarities of the wanted pieces that are there."""
    found = set(there)
    return sum(r for p, r in wanted.items() if p in found)
