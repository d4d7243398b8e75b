"""Current over superseded, measured: for each pair of texts where one ended the other, the one in force comes first.

Questions are made from what changed: the heading and the first words of every article that stands in only one of the
two. Each is asked for the last day of the older text and for the first day of the newer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.citation import Passage
from knowledge.index import Hit
from knowledge.sources import title_key

Search = Callable[[str, date], list[Hit]]
_DAY = timedelta(days=1)
_FIRST_WORDS = re.compile(r"[^。；：\n]{6,60}")


@dataclass(frozen=True)
class VersionPair:
    """Two texts of which the newer ended the older; `name` is `title@version`."""

    older: str
    newer: str
    day: date
    """First day of the newer text, on which the older is no longer law."""
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """How often the text in force on the day stood before the other one. Counts of (question, day)."""

    asked: int = 0
    right: int = 0
    wrong: int = 0
    """The text not in force on the day was found, and no text in force of the pair before it."""
    neither: int = 0
    """Nothing of the pair was among the hits: another document answers."""
    first_out_of_force: int = 0
    """The very first hit, of whatever document, was not law on the day."""

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.asked + other.asked,
            self.right + other.right,
            self.wrong + other.wrong,
            self.neither + other.neither,
            self.first_out_of_force + other.first_out_of_force,
        )

    @property
    def share(self) -> float:
        """Share of right among those where a text of the pair was found; 1 when none was asked."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    def line(self, name: str) -> str:
        """One row of the table."""
        return (
            f"{name}  n={self.asked}  现行在先 {self.right}/{self.right + self.wrong}（{self.share:.4f}）"
            f"  两者都不在前列 {self.neither}  首条当日无效 {self.first_out_of_force}"
        )


def pairs(passages: Iterable[Passage]) -> list[VersionPair]:
    """Every pair of texts in a library in which one names the other as its successor, oldest day first."""
    texts: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        texts[f"{passage.document}@{passage.version}"].append(passage)
    out = []
    for name, old in texts.items():
        new = texts.get(old[0].superseded_by or "", [])
        if new and old[0].in_force_to:
            newer = f"{new[0].document}@{new[0].version}"
            out.append(VersionPair(name, newer, old[0].in_force_to, _questions(old, new)))
    return sorted(out, key=lambda p: (p.day, p.older))


def _questions(old: Sequence[Passage], new: Sequence[Passage]) -> tuple[str, ...]:
    unchanged = {_bare(p.text) for p in old} & {_bare(p.text) for p in new}
    asked = [_question(p) for p in (*old, *new) if _bare(p.text) not in unchanged]
    return tuple(dict.fromkeys(q for q in asked if q))


def _question(passage: Passage) -> str:
    """Innermost heading without its number, and the words up to the first full stop."""
    heading = re.sub(r"^第\S+\s+", "", passage.heading[-1]) if passage.heading else ""
    words = _FIRST_WORDS.search(passage.text)
    return f"{heading}：{words[0].strip()}" if words else ""


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def keeps(pair: VersionPair, search: Search, most: int | None = None) -> Kept:
    """Asks the pair's questions (at most `most`, evenly spread) for the day before and the day of the change."""
    step = max(len(pair.questions) // most, 1) if most else 1
    out = Kept()
    for question in pair.questions[::step][: most or None]:
        out += _asked(search(question, pair.day - _DAY), pair.older, pair.newer, pair.day - _DAY)
        out += _asked(search(question, pair.day), pair.newer, pair.older, pair.day)
    return out


def _asked(hits: Sequence[Hit], current: str, other: str, on: date) -> Kept:
    found = [f"{h.passage.document}@{h.passage.version}" for h in hits]
    first = next((name for name in found if name in (current, other)), None)
    out_of_force = bool(hits) and not hits[0].passage.in_force(on)
    return Kept(1, int(first == current), int(first == other), int(first is None), int(out_of_force))


def silent(hits: Iterable[Hit], on: date) -> list[str]:
    """Ids of hits that are no longer law on the day and do not say what replaced them."""
    ended = (h.passage for h in hits if h.passage.in_force_to and on >= h.passage.in_force_to)
    return [p.id for p in ended if not p.superseded_by]


def same_title(pair: VersionPair) -> bool:
    """Whether the two are versions of one title, not a text and what repealed it."""
    return title_key(pair.older.split("@")[0]) == title_key(pair.newer.split("@")[0])
