"""When two spellings mean the same. The law does not care about spacing, width, traditional characters or 一五/15;
it does care about another name, another door number, another amount.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Literal

from opencc import OpenCC

from assistant.place_spelling import chinese_number as chinese_number
from assistant.place_spelling import spelled

CLEAR = 0.8
"""Reading confidence below which a single differing character is a doubt, not a difference."""
Sameness = Literal["same", "different", "doubt"]

_NAME_NOISE = re.compile(r"[\s·•・．.‧∙●]+")
_STREET_OFFICE = re.compile(r"(?:(?<=[市区县])|^)[^\W\d]{1,6}?街道(?:办事处)?")
_CAPITAL_DIGITS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億零圆貳參陸", "一二三四五六七八九十百千万亿零元二三六")
_LEVEL = re.compile(r"号|第|.{1,10}(?:市|区|县|镇|乡|社区|村|街道|花园|家园|大厦|广场|中心|苑|园|城|大楼|商场|市场)")
_DIRECTIONS = frozenset("东西南北中上下前后左右")
_SHAPES = (
    "未末",
    "己已巳",
    "日曰",
    "人入",
    "土士",
    "天夭",
    "千干于",
    "户尸",
    "0OoDQ",
    "1Il|i",
    "5S",
    "8B",
    "2Z",
    "6G",
    "东車",
)


@lru_cache(maxsize=1)
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def plain(text: str) -> str:
    """Half width, simplified, without white space."""
    return re.sub(r"\s+", "", _simplified().convert(unicodedata.normalize("NFKC", text)))


def name_key(text: str) -> str:
    """A person's name for comparison: width, traditional forms, spaces and middle dots aside."""
    return _NAME_NOISE.sub("", plain(text)).upper()


def same_name(a: str, b: str) -> bool:
    """Whether two spellings are one name; 婧 and 静 are two."""
    return name_key(a) == name_key(b)


def same_person(filed: str, read: str, sure: float = 1.0) -> Sameness:
    """Whether a document names the person filed; `sure` is the reader's confidence, 1 for digital text.

    A recogniser does not know characters outside the common sets: 䶮 read as another character is a doubt.
    """
    one, two = name_key(filed), name_key(read)
    if one == two:
        return "same"
    if misreading(one, two, sure=sure >= CLEAR):
        return "doubt"
    unknown = sure < 1 and len(one) == len(two) and all(x == y or rare(x) for x, y in zip(one, two, strict=True))
    return "doubt" if unknown else "different"


def rare(character: str) -> bool:
    """Whether a character is outside the sets recognisers learn (GBK)."""
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return True
    return False


def address_key(text: str) -> str:
    """An address for comparison: `place_spelling`."""
    return spelled(text)


def same_address(a: str, b: str, *, sure: bool = True) -> Sameness:
    """Whether two addresses are one place. A level that only one names is no difference when everything else fits.

    `sure` False: one side is a doubtful reading, so a single character or digit that differs is a doubt.
    """
    one, two = address_key(a), address_key(b)
    if one == two or _levels_aside(one) == _levels_aside(two):
        return "same"
    left, right = sorted((_levels_aside(one), _levels_aside(two)), key=len)
    if numbers(left) == numbers(right) and _within(left, right):
        return "same"
    return "doubt" if misreading(one, two, sure=sure) else "different"


def numbers(text: str) -> list[str]:
    """Door, building and room numbers in order, letters of a building included."""
    return re.findall(r"\d+|[A-Z](?=栋|\d|$)", text)


def _levels_aside(key: str) -> str:
    """Without the street office, and without a city in front of a district."""
    found = _STREET_OFFICE.sub("", re.sub(r"^[^\W\d]{2,4}?市(?=[^\W\d]{1,4}?区)", "", key))
    return re.sub(r"^[^\W\d]{2,5}?[市区县]", "", found) if len(found) > 8 else found


def _within(short: str, long: str) -> bool:
    """Whether the longer only adds whole levels (a town, an estate, a building's name) to the shorter."""
    steps = [o for o in SequenceMatcher(None, short, long, autojunk=False).get_opcodes() if o[0] != "equal"]
    return len(short) * 2 >= len(long) and all(s[0] == "insert" and _LEVEL.fullmatch(long[s[3] : s[4]]) for s in steps)


def misreading(a: str, b: str, *, sure: bool) -> bool:
    """Whether the difference may come from reading an image: look-alikes always, one other character when not sure."""
    changes = _changes(a, b)
    if changes is None or any(set(x) & _DIRECTIONS and set(y) & _DIRECTIONS for x, y in changes):
        return False
    alike = all(_look_alike(x, y) for x, y in changes)
    return alike or (not sure and sum(max(len(x), len(y)) for x, y in changes) <= max(1, len(a) // 15))


def _changes(a: str, b: str) -> list[tuple[str, str]] | None:
    steps = [s for s in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if s[0] != "equal"]
    return [(a[i:j], b[k:m]) for _, i, j, k, m in steps] if steps and len(steps) <= 3 else None


def _look_alike(x: str, y: str) -> bool:
    return len(x) == len(y) and all(any(c in s and d in s for s in _SHAPES) for c, d in zip(x, y, strict=True))


def amount(text: Any) -> Decimal | None:
    """Money in yuan: 15万元, 150000元, 壹拾伍万元整 and 1.5 万 are understood; a bare number is taken as 万元."""
    if isinstance(text, int | float | Decimal) and not isinstance(text, bool):
        return _ten_thousand(Decimal(str(text)))
    found = plain(str(text)).translate(_CAPITAL_DIGITS).replace(",", "").replace("人民币", "").replace("¥", "")
    if found.endswith(("元", "圆", "整", "正")):
        found = found.rstrip("整正").rstrip("元圆") + "元"
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)(亿|万)?(元)?", found):
        return _figure(match)
    return _words(found.removesuffix("元"))


def _figure(match: re.Match[str]) -> Decimal | None:
    try:
        value = Decimal(match[1])
    except InvalidOperation:
        return None
    if match[2]:
        return value * (10**8 if match[2] == "亿" else 10**4)
    return value if match[3] else _ten_thousand(value)


def _words(text: str) -> Decimal | None:
    total = Decimal(0)
    for unit, worth in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            head, _, text = text.partition(unit)
            value = chinese_number(head.strip("零"))
            if value is None:
                return None
            total += value * worth
    rest = chinese_number(text.strip("零")) if text.strip("零") else 0
    return None if rest is None else total + rest


def _ten_thousand(value: Decimal) -> Decimal:
    return value * 10**4


def day(value: Any) -> date | None:
    """A canonical date; None for 长期 and for what is no day of the calendar."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def mentions(text: str, words: Sequence[str]) -> str | None:
    """The first of the words that stands in the text, width and spacing aside."""
    bare = plain(text)
    return next((w for w in words if plain(w) in bare), None)
