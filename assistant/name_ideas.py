"""Trade names to offer: of the applicant's own name first, then words of good sound; each passes every rule."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assistant import names
from assistant.name_rules import broken, ideas, industry_of
from assistant.names import Values
from assistant.register import Register, plain
from assistant.wording import say
from knowledge.regions import Regions
from knowledge.scopes import Scopes


def suggest(
    values: Values,
    listed: Mapping[str, Sequence[str]],
    register: Register | None,
    scopes: Scopes | None,
    regions: Regions | None,
    on: date,
    count: int = 3,
) -> list[str]:
    """Trade names that break no rule and come close to no registered one; the same for the same applicant.

    `listed`: the office's forbidden words by code; `on`: the day former names are judged by.
    """
    found: list[str] = []
    for trade in _candidates(values, register is None):
        if trade in found or broken(trade, values, listed, scopes, regions):
            continue
        if register is None or not _near(trade, values, register, on, scopes):
            found.append(trade)
        if len(found) == count:
            break
    return found


def offer(
    values: Values,
    listed: Mapping[str, Sequence[str]],
    register: Register | None,
    scopes: Scopes,
    regions: Regions,
    on: date,
) -> str:
    """换成“…”“…”都可以。 Empty where nothing passes."""
    found = suggest(values, listed, register, scopes, regions, on)
    return say("name.ideas", ideas=quoted(found)) if found else ""


def quoted(found: Sequence[str]) -> str:
    """“…”“…”."""
    return "".join(f"“{trade}”" for trade in found)


def _near(trade: str, values: Values, register: Register, on: date, scopes: Scopes | None) -> bool:
    whole = names.compose({**values, "has_name": True, "name_trade": trade}) or ""
    return bool(register.like(whole, trade, industry_of(values, scopes), on))


def _candidates(values: Values, close: bool) -> Iterator[str]:
    """`close`: names made of the one wanted as well, where no registered name can be too near."""
    person, wanted = plain(str(values.get("operator_name") or "")), plain(str(values.get("name_trade") or ""))
    if 2 <= len(person) <= 4:
        yield from (person[-2:] if len(person) > 2 else person[1] + "家", person[0] + "记")
    if close and 2 <= len(wanted) <= 3:
        yield from (wanted + after for after in ("里", "屋里"))
    listed = list(ideas())
    start = zlib.crc32(f"{person}{values.get('main_business') or ''}".encode()) % len(listed)
    yield from listed[start:] + listed[:start]
