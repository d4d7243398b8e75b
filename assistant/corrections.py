"""Taking back what was said before: which value is meant, and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from assistant import extract, patches
from assistant.amounts import amounts
from assistant.cues import Heard, Span, clauses, strip, words
from assistant.fields import parse
from assistant.list_changes import listed
from assistant.parsed import Context, Parsed, Refused
from assistant.patches import patch
from knowledge.items import Item

_FROM_TO = (
    re.compile(r"姓(?P<new>[\u4e00-\u9fff]{1,2})[，, ]*(?:而)?不姓(?P<old>[\u4e00-\u9fff]{1,2})"),
    re.compile(r"不姓(?P<old>[\u4e00-\u9fff]{1,2})[，, ]*(?:而)?(?:是)?姓(?P<new>[\u4e00-\u9fff]{1,2})"),
    re.compile(r"不是(?P<old>[^，。,；]{1,30}?)[，,；。 ]*(?:而)?(?:应该|应当)?是(?P<new>[^。；]{1,60})"),
    re.compile(r"(?<!不)是(?P<new>[^，。,；]{1,30}?)[，,； ]*(?:而)?不是(?P<old>[^，。,；]{1,30})"),
    re.compile(r"(?P<old>[^，。,；]{1,20}?)(?:应该|应当|其实)是(?P<new>[^，。；]{1,40})"),
    re.compile(r"(?:把|将)?(?P<old>[^，。,；]{1,30}?)(?:改|换|更正)(?:成|为|作)(?P<new>[^。；]{1,60})"),
)
_TO = (
    re.compile(
        r"(?:改(?:成|为)|换成|更正为|应该是|应当是|其实是|should be|(?<!不)是|叫|写成|为)"
        r"(?P<new>[^。；]{1,60}?)(?:才对|吧)?$",
        re.I,
    ),
    re.compile(r"[:：，,](?P<new>[^。；，,]{1,60})$"),
)
"""Where the new value begins: after a verb, else after the last mark."""
_ROAD = re.compile(r"路|街|道|巷|里")
_ADDRESSES = ("premises_address", "operator_residence")
_NUMBERS = ("operator_mobile", "operator_id_number", "contact_mobile", "agent_mobile", "agent_id_number")


@dataclass(frozen=True)
class Correction:
    """A field and its new value, or why the new one was not taken."""

    field: str
    outcome: Parsed | Refused


@dataclass(frozen=True)
class _Said:
    """A message that takes something back, and what there is to take back."""

    heard: Heard
    item: Item
    last: Sequence[str]
    today: date
    context: Context

    @property
    def named(self) -> list[str]:
        """Fields that the message names."""
        known = {f.id for f in self.item.fields}
        return [f for f, label in _labels().items() if f in known and label.search(self.heard.cues)]

    def parsed(self, field: str, start: int = 0, end: int | None = None) -> Parsed | Refused | None:
        """What the field's parser makes of a part of the message."""
        a, b = self.heard.places[start], self.heard.places[len(self.heard.text) if end is None else end]
        text = " " * a + self.heard.original[a:b]
        return parse(self.item.field(field), text, self.today, self.context)


def is_correction(heard: Heard) -> bool:
    """Whether the message takes something back."""
    return bool(re.search(words()["correcting"], heard.cues, re.I))


def is_plain(heard: Heard) -> bool:
    """Whether it says so in so many words (说错了, 改成), not only 不是…是…."""
    return bool(re.search(words()["taking_back"], heard.cues, re.I))


def is_change(heard: Heard, item: Item, pending: str | None, today: date, context: Context) -> bool:
    """Whether it wants something that is stored to be another (店名想换一个, 学历写成大专吧, 范围再加一个)."""
    if not re.search(words()["changing"], heard.cues, re.I):
        return False
    known = {f.id for f in item.fields} & set(context.values) - {pending}
    return any(label.search(heard.cues) for f, label in _labels().items() if f in known) or bool(
        listed(heard, item, today, context)
    )


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, re.Pattern[str]]:
    found: Mapping[str, str] = words()["corrected"]
    return {field: re.compile(pattern, re.I) for field, pattern in found.items()}


def correction(
    heard: Heard, item: Item, last: Sequence[str], today: date, context: Context, loose: bool = True
) -> Correction | None:
    """What is corrected: a list, the value that holds the old words, a part of one, the field named, else the last.

    `loose`: a value that names no field counts too, by its kind and as that of the field answered last.
    """
    said = _Said(heard, item, last, today, context)
    ways = (*_EXACT, *_LOOSE) if loose else _EXACT
    return next((found for way in ways for found in way(said)), None)


def replaced(heard: Heard, item: Item, today: date, context: Context) -> Correction | None:
    """不是汉族，是满族, where 汉族 is what is stored: so plain that it counts beside an answer too."""
    found = _from_to(_Said(heard, item, (), today, context))
    return next((c for c in found if context.values.get(c.field) != getattr(c.outcome, "value", None)), None)


def apart(heard: Heard) -> list[str]:
    """The message once for each stretch that begins by naming another field, all else blanked."""
    starts = [s for s, e in clauses(heard) if any(p.search(heard.cues[s:e]) for p in _labels().values())]
    out: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(heard.text)], strict=False):
        a, b = heard.places[start], heard.places[end]
        out.append(" " * a + heard.original[a:b])
    return out if len(out) > 1 else []


def _in_lists(said: _Said) -> Iterator[Correction]:
    if found := listed(said.heard, said.item, said.today, said.context):
        yield Correction(*found)


def _from_to(said: _Said) -> Iterator[Correction]:
    for pattern in _FROM_TO:
        for m in pattern.finditer(said.heard.text):
            yield from _replaced(said, m)


def _replaced(said: _Said, m: re.Match[str]) -> Iterator[Correction]:
    heard, context = said.heard, said.context
    old, new = strip(heard, *m.span("old")), strip(heard, *m.span("new"))
    before, after = heard.text[slice(*old)], heard.text[slice(*new)]
    if not before or not after:
        return
    named = said.named
    stored = [f for f in context.values if _holds(context.values[f], before)]
    if not stored and (tail := re.split(r"的|那个|这个|里面?|后面|前面", before)[-1]):
        stored = [
            f for f in context.values if context.values[f] == tail or (f in named and _holds(context.values[f], tail))
        ]
        before = tail
    for field in sorted(stored, key=lambda f: named.index(f) if f in named else len(named)):
        if field not in {f.id for f in said.item.fields} or said.item.field(field).derived:
            continue
        value = context.values[field]
        if isinstance(value, str) and said.item.field(field).type in ("address", "text", "name_part"):
            yield Correction(field, Parsed(_put(value, before, after), *heard.span(*new)))
        elif outcome := said.parsed(field, new[0], new[1]):
            yield Correction(field, outcome)


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
    at = list(re.finditer(_whole(old), value))[-1]
    return value[: at.start()] + new + value[at.end() :]


def _in_digits(said: _Said) -> Iterator[Correction]:
    """最后一位是2: some digits of a number that is named."""
    named, values, heard = said.named, said.context.values, said.heard
    for field in _NUMBERS:
        found = patches.digits(str(values[field]), heard) if field in named and values.get(field) else None
        if found:
            outcome = parse(said.item.field(field), found[0], said.today, said.context)
            span = heard.span(*found[1:])
            if isinstance(outcome, Refused):
                yield Correction(field, Refused(outcome.code, outcome.message, *span))
            elif found[0] != values[field]:
                yield Correction(field, Parsed(found[0], *span))


def _in_address(said: _Said) -> Iterator[Correction]:
    """房号写错了，是205; 是科苑路25号: one part of an address."""
    named, values, heard = said.named, said.context.values, said.heard
    for field in sorted(_ADDRESSES, key=lambda f: f not in named):
        stored = str(values.get(field) or "")
        new = patches.part(stored, heard) if stored else None
        pieces = [strip(heard, *m.span("new")) for m in (p.search(heard.text) for p in _TO) if m] if stored else []
        near = field in named or field in said.last
        patched = [
            p for s, e in pieces if (near or _ROAD.search(heard.text[s:e])) and (p := patch(stored, heard.text[s:e]))
        ]
        for value in filter(None, [new, *patched]):
            if value != stored:
                yield Correction(field, Parsed(value, *heard.span(0, len(heard.text))))


def _by_name(said: _Said) -> Iterator[Correction]:
    for field in said.named:
        yield from _of_field(said, field)


def _by_kind(said: _Said) -> Iterator[Correction]:
    """我叫陈小曼, 13733334444: the kind of the new value says which one it replaces."""
    for found in extract.by_code(said.heard, said.item, said.today, said.context):
        if said.context.values.get(found.field) not in (None, found.parsed.value) and found.field != "main_business":
            yield Correction(found.field, found.parsed)


def _by_place(said: _Said) -> Iterator[Correction]:
    if not re.search(words()["denying"], said.heard.cues, re.I):
        return  # 之前 and 刚才 alone tell of something, they take nothing back
    for field in said.last:
        yield from _of_field(said, field)


def _of_field(said: _Said, field: str) -> Iterator[Correction]:
    heard, stored = said.heard, said.context.values.get(field)
    address = said.item.field(field).type == "address"
    for m in filter(None, (pattern.search(heard.text) for pattern in _TO)):
        outcome = said.parsed(field, m.start("new"))
        if outcome and (not address or _placed(outcome, said.context)):
            yield Correction(field, outcome)
    outcome = said.parsed(field)
    if address and stored is None and not _placed(outcome, said.context):
        return
    if outcome and not (isinstance(outcome, Parsed) and outcome.value == stored):
        yield Correction(field, outcome)


def _placed(outcome: Parsed | Refused | None, context: Context) -> bool:
    """Whether an address names its city or county: a door number alone is no address."""
    value = outcome.value if outcome else None
    return bool(value and context.regions and context.regions.candidates(str(value)))


_EXACT: tuple[Callable[[_Said], Iterator[Correction]], ...] = (
    _in_lists,
    _in_digits,
    _from_to,
    _in_address,
    _by_name,
)
_LOOSE: tuple[Callable[[_Said], Iterator[Correction]], ...] = (_by_kind, _by_place)

__all__ = ["Correction", "Span", "correction", "is_change", "is_correction", "is_plain", "patch", "replaced", "apart"]
