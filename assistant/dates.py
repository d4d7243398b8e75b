"""Calendar days in the ways people write them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from assistant.amounts import DIGITS, numeral

_YEAR = r"(?:19|20)\d{2}"
_FORMS = (
    re.compile(rf"(?P<y>{_YEAR})\s*[-/.]\s*(?P<m>\d{{1,2}})\s*[-/.]\s*(?P<d>\d{{1,2}})(?!\d)"),
    re.compile(rf"(?P<y>{_YEAR}|\d{{2}})\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*[日号]?"),
    re.compile(rf"(?<!\d)(?P<y>{_YEAR})(?P<m>\d{{2}})(?P<d>\d{{2}})(?!\d)"),
    re.compile(
        r"(?P<y>[零〇一二三四五六七八九]{2,4})年(?P<m>[一二三四五六七八九十]{1,2})月"
        r"(?:初)?(?P<d>[一二三四五六七八九十]{1,3})[日号]?"
    ),
)


class Day(NamedTuple):
    """A day in a text; `value` None when the words name no day there is."""

    value: date | None
    start: int
    end: int


def days(text: str, today: date) -> list[Day]:
    """Days in a text, first form that fits; two-digit years lie in the last hundred years."""
    for form in _FORMS:
        found = [Day(_day(m, today), *m.span()) for m in form.finditer(text)]
        if found:
            return found
    return []


def _day(m: re.Match[str], today: date) -> date | None:
    try:
        return date(_year(m["y"], today), int(numeral(m["m"])), int(numeral(m["d"])))
    except ValueError:
        return None


def _year(word: str, today: date) -> int:
    digits = "".join(str(DIGITS.get(c, c)) for c in word)
    year = int(digits)
    if len(digits) > 2:
        return year
    return 2000 + year if 2000 + year <= today.year else 1900 + year
