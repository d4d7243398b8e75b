"""Numbers that Word counts by itself: “第一条” is often no word of the file but a rule in its numbering part."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from defusedxml.ElementTree import fromstring

from knowledge.passages import in_words

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"^(?:heading|标题)\s*([1-6])$", re.I)
_TITLE = re.compile(r"^(?:title|标题)$", re.I)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "ideographDigital",
    "japaneseCounting",
    "taiwaneseCountingThousand",
    "chineseLegalSimplified",
}


@dataclass(frozen=True)
class _Level:
    form: str = "decimal"
    pattern: str = ""
    start: int = 1
    space: str = " "
    legal: bool = False


@dataclass(frozen=True)
class _Style:
    number: str = ""
    level: int = 0
    heading: int = 0
    base: str = ""


@dataclass
class Numbering:
    """Counts while paragraphs are asked for in order."""

    lists: dict[str, tuple[str, dict[int, _Level]]] = field(default_factory=dict)
    """numId → (abstract list, its levels)."""
    styles: dict[str, _Style] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, paragraph: Any) -> tuple[str, int]:
        """(printed number with the space after it, heading level 0 to 6) of the next paragraph."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return "", 0
        style = self._style(_value(properties, "pStyle"))
        heading = style.heading
        outline = _value(properties, "outlineLvl")
        if outline.isdigit() and int(outline) < 6:
            heading = int(outline) + 1
        own = properties.find(f"{W}numPr")
        number = _value(own, "numId") if own is not None else style.number
        level = _value(own, "ilvl") if own is not None else str(style.level)
        return self._printed(number or style.number, int(level) if level.isdigit() else style.level), heading

    def _style(self, name: str) -> _Style:
        """The style with what it takes over from those it is based on."""
        found, seen = self.styles.get(name, _Style()), {name}
        number, level, heading, base = found.number, found.level, found.heading, found.base
        while base and base not in seen:
            seen.add(base)
            under = self.styles.get(base, _Style())
            number, level = (number, level) if number else (under.number, under.level)
            heading, base = heading or under.heading, under.base
        return _Style(number, level, heading)

    def _printed(self, number: str, level: int) -> str:
        abstract, levels = self.lists.get(number, ("", {}))
        rule = levels.get(level)
        if rule is None:
            return ""
        counts = self._counts[abstract]
        counts[level] = counts.get(level, rule.start - 1) + 1
        for deeper in [d for d in counts if d > level]:
            del counts[deeper]
        if rule.form in ("bullet", "none"):
            return ""

        def place(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            other = levels.get(at, _Level())
            form = "decimal" if rule.legal else other.form
            return _written(counts.setdefault(at, other.start), form)

        words = re.sub(r"%(\d)", place, rule.pattern)
        return words + rule.space if words else ""


def read_numbering(numbering: bytes | None, styles: bytes | None) -> Numbering:
    """From the XML of the two parts; empty where a part is missing."""
    out = Numbering()
    if numbering:
        root = fromstring(numbering)
        abstract = {a.get(f"{W}abstractNumId", ""): _levels(a) for a in root.findall(f"{W}abstractNum")}
        for entry in root.findall(f"{W}num"):
            name = _value(entry, "abstractNumId")
            own = {_whole(o.get(f"{W}ilvl")): o for o in entry.findall(f"{W}lvlOverride")}
            levels = {i: _restarted(level, own.get(i)) for i, level in abstract.get(name, {}).items()}
            # A list that starts anew counts for itself.
            counted = f"{name}/{entry.get(f'{W}numId')}" if own else name
            out.lists[entry.get(f"{W}numId", "")] = (counted, levels)
    if styles:
        out.styles = {s.get(f"{W}styleId", ""): _style_of(s) for s in fromstring(styles).findall(f"{W}style")}
    return out


def _levels(abstract: Any) -> dict[int, _Level]:
    return {_whole(level.get(f"{W}ilvl")): _level(level) for level in abstract.findall(f"{W}lvl")}


def _level(element: Any) -> _Level:
    legal = element.find(f"{W}isLgl")
    return _Level(
        form=_value(element, "numFmt") or "decimal",
        pattern=_value(element, "lvlText"),
        start=_whole(_value(element, "start"), 1),
        space="" if _value(element, "suff") == "nothing" else " ",
        legal=legal is not None,
    )


def _restarted(level: _Level, override: Any | None) -> _Level:
    if override is None:
        return level
    if (own := override.find(f"{W}lvl")) is not None:
        level = _level(own)
    start = _whole(_value(override, "startOverride"), level.start)
    return _Level(level.form, level.pattern, start, level.space, level.legal)


def _style_of(style: Any) -> _Style:
    name = _value(style, "name")
    found = _HEADING.match(name)
    properties = style.find(f"{W}pPr")
    own = properties.find(f"{W}numPr") if properties is not None else None
    outline = _value(properties, "outlineLvl") if properties is not None else ""
    level = int(found.group(1)) if found else int(outline) + 1 if outline.isdigit() and int(outline) < 6 else 0
    return _Style(
        number=_value(own, "numId") if own is not None else "",
        level=_whole(_value(own, "ilvl")) if own is not None else 0,
        heading=1 if _TITLE.match(name) else level,
        base=_value(style, "basedOn"),
    )


def _value(parent: Any, name: str) -> str:
    found = parent.find(f"{W}{name}")
    return found.get(f"{W}val") or "" if found is not None else ""


def _whole(words: str | None, otherwise: int = 0) -> int:
    return int(words) if words and words.isdigit() else otherwise


def _written(number: int, form: str) -> str:
    """The number as the form prints it."""
    if form in _CHINESE:
        return in_words(number)
    if form.startswith("decimalEnclosedCircle") and 0 < number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    if form in ("upperLetter", "lowerLetter") and number > 0:
        letters = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "upperLetter" else letters.lower()
    if form in ("upperRoman", "lowerRoman"):
        return _roman(number) if form == "upperRoman" else _roman(number).lower()
    if form == "decimalFullWidth":
        return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return str(number)


def _roman(number: int) -> str:
    out = ""
    for value, sign in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        out, number = out + sign * (number // value), number % value
    return out
