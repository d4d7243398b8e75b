"""What an answer was read as: a value with its words, words that cannot be one, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.cues import Heard
from knowledge.regions import Regions
from knowledge.scopes import Scopes


@dataclass(frozen=True)
class Parsed:
    """A value and the place of its words in the message as typed."""

    value: Any
    start: int
    end: int
    same_as: str | None = None
    """The field it was taken from (同上)."""


@dataclass(frozen=True)
class Refused:
    """Words that answer the question but cannot be its value."""

    code: str
    message: str
    start: int = 0
    end: int = 0
    value: Any = None
    """What it would have been, when the applicant insists."""


@dataclass(frozen=True)
class Context:
    """What an answer may refer to."""

    values: Mapping[str, Any] = field(default_factory=dict)
    regions: Regions | None = None
    scopes: Scopes | None = None
    proposed: tuple[str, ...] = ()
    """Entries of the scope offered last, alternatives included."""
    advised: tuple[str, ...] = ()
    """Those of them that consent stands for; empty: all of them."""
    earlier: str = ""
    """An incomplete address said just before, to which a room may be added."""


Outcome = Parsed | Refused | None


def read_as(heard: Heard, value: Any, start: int, end: int, same_as: str | None = None) -> Parsed:
    """A value at a place of `heard.text`."""
    return Parsed(value, *heard.span(start, end), same_as)


def turned_down(heard: Heard, problem: tuple[str, str], start: int, end: int, value: Any = None) -> Refused:
    """Words at a place of `heard.text` and (code, message) of what is wrong with them."""
    return Refused(*problem, *heard.span(start, end), value)
