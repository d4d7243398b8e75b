"""Conflicts of provisions that a person has looked at: the product's own list and the operator's.

`knowledge/conflicts.json` and a file of the same name and form in the documents folder. A reviewed conflict takes
effect in answers; a candidate nobody has reviewed is only reported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from knowledge.citation import Citation, Frozen, Passage
from knowledge.rank import Ruling, Side, prevailing
from knowledge.sources import title_key

FILE = "conflicts.json"
OWN = Path(__file__).with_name(FILE)

Verdict = Literal["conflict", "same_matter", "no_conflict"]
Find = Callable[[str, str, date | None], Passage | None]
"""`Library.article`: the text of an article in force on a day."""


class ReviewError(ValueError):
    """A list that cannot be used; the message names the file and the place, in Chinese."""


class Provision(Frozen):
    """An article by title and number; `probe` are words it must hold for the review to be about this text."""

    document: str
    article: str
    probe: str = ""

    def is_in(self, passage: Passage) -> bool:
        """Whether the passage is that article, in a text the review was about."""
        named = (title_key(passage.document), passage.article) == (title_key(self.document), self.article)
        return named and self.probe in passage.text


class Review(Frozen):
    """What a person found about two provisions."""

    one: Provision
    other: Provision
    verdict: Verdict
    scope: str = ""
    """Whom or what the conflict is limited to (个人独资企业); empty: it covers the whole of the provision."""
    prevails: Side | None = None
    """Set only where a decision of the competent body is known; else the Legislation Law decides (`knowledge.rank`)."""
    special: Side | None = None
    """The special rule of two of one rank and body."""
    one_body: bool = False
    """Both were issued by the same body."""
    note: str = Field(min_length=4)

    def ruling(self, one: Passage, other: Passage) -> Ruling:
        """Which side prevails, and why."""
        if self.prevails:
            return Ruling(self.prevails, self.note)
        return prevailing(one, other, self.special, self.one_body)


@dataclass(frozen=True)
class Overruled:
    """A provision that another one displaces: `by`, for the Chinese reason `why`, within `scope` when there is one."""

    passage: Passage
    by: Passage
    why: str
    scope: str = ""

    @property
    def line(self) -> str:
        """For people, under the words of the prevailing provision."""
        place = f"《{self.passage.document}》{self.passage.article}"
        quote = Citation.of(self.passage, self.passage.text.split("\n")[0]).quote
        return f"{place}（“{quote}”）与此不一致，以本条为准：{self.why}。"

    @property
    def aside(self) -> str:
        """For people, under the words of a provision that stands except for some."""
        place = f"《{self.by.document}》{self.by.article}"
        quote = Citation.of(self.by, self.by.text.split("\n")[0]).quote
        return f"对{self.scope}，{place}规定不同，以该条为准：“{quote}”（{self.why}）"


def read_reviews(path: Path) -> tuple[Review, ...]:
    """The reviews of one file; none when there is no such file. Raises ReviewError."""
    if not path.is_file():
        return ()
    try:
        rows = json.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise ReviewError(f"{path.name}：不是 JSON（{problem}）") from problem
    if not isinstance(rows, list):
        raise ReviewError(f"{path.name}：应当是一个列表")
    out = []
    for place, row in enumerate(rows, 1):
        try:
            out.append(Review.model_validate(row))
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ReviewError(f"{path.name} 第{place}项 {where}：{first['msg']}") from problem
    return tuple(out)


def reviews(folder: Path | None = None) -> tuple[Review, ...]:
    """The operator's reviews as the file stands now, then the product's own. Raises ReviewError."""
    return (*(_kept(folder / FILE, _stamp(folder / FILE)) if folder else ()), *_kept(OWN, 0))


@lru_cache(maxsize=8)
def _kept(path: Path, stamp: int) -> tuple[Review, ...]:
    return read_reviews(path)


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


def reviewed(one: Passage, other: Passage, known: Iterable[Review]) -> Review | None:
    """The first review of these two provisions, whichever stands first in it."""
    for review in known:
        for a, b in ((one, other), (other, one)):
            if review.one.is_in(a) and review.other.is_in(b):
                return review
    return None


def overruled(passage: Passage, find: Find, on: date | None, known: Sequence[Review]) -> list[Overruled]:
    """What displaces a provision on a day, by reviewed conflicts whose other side is in force then."""
    out = []
    for review in known:
        if review.verdict != "conflict":
            continue
        for mine, theirs, turned in ((review.one, review.other, False), (review.other, review.one, True)):
            if not mine.is_in(passage):
                continue
            rival = find(theirs.document, theirs.article, on)
            if rival is None or not theirs.is_in(rival):
                continue
            ruling = review.ruling(rival, passage) if turned else review.ruling(passage, rival)
            loses: Side = "other" if turned else "one"
            if ruling.side is not None and ruling.side != loses:
                out.append(Overruled(passage, rival, ruling.why, review.scope))
    return out
