"""Taking back what was said before: which value is meant, and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from assistant.amounts import amounts
from assistant.cues import Heard, Span, hear, strip, words
from assistant.fields import Context, Parsed, Refused, parse
from knowledge.items import Item

_STRONG = re.compile(
    r"(?:说|打|写|填|搞|记|弄|报|讲|输|念)错|错了|改(?:成|为|一下|下|个)|换成|更正|纠正|(?<!对)不对(?!不)|应该是(?!没|对)|应当是|刚才|刚刚|前面|之前"
)
_FROM_TO = re.compile(r"不是(?P<old>[^，。,；]{1,30}?)[，,；。 ]*(?:而)?(?:应该|应当)?是(?P<new>[^。；]{1,60})")
_CHANGE = re.compile(r"(?:把|将)?(?P<old>[^，。,；]{1,30}?)(?:改|换|更正)(?:成|为|作)(?P<new>[^。；]{1,60})")
_TO = (
    re.compile(
        r"(?:改(?:成|为)|换成|更正为|应该是|应当是|其实是|(?<!不)是|叫|写成|为)(?P<new>[^。；]{1,60}?)(?:才对|吧)?$"
    ),
    re.compile(r"[:：，,](?P<new>[^。；，,]{1,60})$"),
)
"""Where the new value begins: after a verb, else after the last mark."""


@dataclass(frozen=True)
class Correction:
    """A field and its new value, or why the new one was not taken."""

    field: str
    outcome: Parsed | Refused


def is_correction(heard: Heard) -> bool:
    """Whether the message takes something back."""
    return bool(re.search(words()["correcting"], heard.cues, re.I))


def is_plain(heard: Heard) -> bool:
    """Whether it says so in so many words (说错了, 改成), not only 不是…是…."""
    return bool(_STRONG.search(heard.cues))


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, re.Pattern[str]]:
    listed: Mapping[str, str] = words()["corrected"]
    return {field: re.compile(pattern) for field, pattern in listed.items()}


def correction(heard: Heard, item: Item, last: Sequence[str], today: date, context: Context) -> Correction | None:
    """What is corrected: the value that holds the old words, else the field named, else the one answered last."""
    known = {f.id for f in item.fields}
    for pattern in (_FROM_TO, _CHANGE):
        for m in pattern.finditer(heard.text):
            found = _replaced(heard, m, item, today, context)
            if found:
                return found
    named = [f for f, label in _labels().items() if f in known and label.search(heard.cues)]
    for field in [*named, *last]:
        if found := _named(heard, field, item, today, context):
            return found
    return None


def _replaced(heard: Heard, m: re.Match[str], item: Item, today: date, context: Context) -> Correction | None:
    old, new = strip(heard, *m.span("old")), strip(heard, *m.span("new"))
    before, after = heard.text[slice(*old)], heard.text[slice(*new)]
    if not before or not after:
        return None
    named = [f for f, label in _labels().items() if label.search(heard.cues)]
    stored = [f for f in context.values if _holds(context.values[f], before)]
    for field in sorted(stored, key=lambda f: named.index(f) if f in named else len(named)):
        if field not in {f.id for f in item.fields} or item.field(field).derived:
            continue
        value = context.values[field]
        if isinstance(value, str) and item.field(field).type in ("address", "text", "name_part"):
            return Correction(field, Parsed(_put(value, before, after), *heard.span(*new)))
        if outcome := _parsed_from(heard, new[0], item, field, today, context):
            return Correction(field, outcome)
    return None


def _holds(value: Any, words_: str) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return any(a.value == value for a in amounts(words_, bare=True))
    return isinstance(value, str) and len(words_) >= 1 and bool(re.search(_whole(words_), value))


def _whole(words_: str) -> str:
    """Pattern of the words, not inside a longer number: 2号 is not part of 12号."""
    left = r"(?<!\d)" if words_[0].isdigit() else ""
    right = r"(?!\d)" if words_[-1].isdigit() else ""
    return left + re.escape(words_) + right


def _put(value: str, old: str, new: str) -> str:
    places = list(re.finditer(_whole(old), value))
    at = places[-1]
    return value[: at.start()] + new + value[at.end() :]


def _named(heard: Heard, field: str, item: Item, today: date, context: Context) -> Correction | None:
    stored = context.values.get(field)
    for m in filter(None, (pattern.search(heard.text) for pattern in _TO)):
        if item.field(field).type == "address" and isinstance(stored, str):
            patched = patch(stored, heard.text[slice(*strip(heard, *m.span("new")))])
            if patched:
                return Correction(field, Parsed(patched, *heard.span(*strip(heard, *m.span("new")))))
        outcome = _parsed_from(heard, m.start("new"), item, field, today, context)
        if outcome and (item.field(field).type != "address" or _placed(outcome, context)):
            return Correction(field, outcome)
    outcome = _parsed_from(heard, 0, item, field, today, context)
    if item.field(field).type == "address" and stored is None and not _placed(outcome, context):
        return None
    same = isinstance(outcome, Parsed) and outcome.value == stored
    return Correction(field, outcome) if outcome and not same else None


def _placed(outcome: Parsed | Refused | None, context: Context) -> bool:
    """Whether an address names its city or county: a door number alone is no address."""
    value = outcome.value if outcome else None
    return bool(value and context.regions and context.regions.candidates(str(value)))


def _parsed_from(
    heard: Heard, start: int, item: Item, field: str, today: date, context: Context
) -> Parsed | Refused | None:
    place = heard.places[start]
    blank = " " * place + heard.original[place:]
    return parse(item.field(field), blank, today, context)


def patch(address: str, piece: str) -> str | None:
    """An address with one part said anew: its road and number (科苑路25号), or a number with the same unit (21号)."""
    piece = re.sub(r"\s+", "", hear(piece).text)
    road = re.match(r"(?P<road>[\u4e00-\u9fff]{2,8}(?:路|街|道|巷|里))(?P<rest>\d.*)", piece)
    if road and (at := address.find(road["road"])) >= 0:
        after = address[at + len(road["road"]) :]
        number = re.match(r"\d+(?:号)?", after)
        if number and re.fullmatch(r"\d+号?", road["rest"]):
            return address[: at + len(road["road"])] + road["rest"] + after[number.end() :]
        return address[: at + len(road["road"])] + road["rest"]
    unit = re.fullmatch(r"(?P<n>[\dA-Za-z]+)(?P<unit>号楼|号|栋|幢|座|单元|楼|层|室|门|铺)", piece)
    if unit:
        places = list(re.finditer(rf"[\dA-Za-z]+{unit['unit']}(?!楼|院)", address))
        if len(places) == 1:
            return address[: places[0].start()] + piece + address[places[0].end() :]
    return None


__all__ = ["Correction", "Span", "correction", "is_correction", "is_plain", "patch"]
