"""One spelling for an address, however people and papers write it: 十五号 15号 １５号, 栋 幢 座, 之一 -1, 首层 1楼.

For comparison only; what is stored and printed keeps the applicant's own spelling.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.cues import simplified
from knowledge.regions import regions

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BRACKETED = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_PROVINCE = re.compile(
    r"^(?:中国|中华人民共和国)?(?:[^\W\d]{2,3}省|(?:内蒙古|广西壮族|宁夏回族|新疆维吾尔|西藏)自治区)"
)
_CHINESE_NUMBER = re.compile(
    r"(?<![东西南北])[零〇○一二两三四五六七八九十百千]+"
    r"(?=号|栋|幢|座|楼|层|室|单元|期|区|组|巷|弄|门|铺|房|户|档|院|排|$)|(?<=[附负之])[一二三四五六七八九十]+|(?<=地下)[一二三四]"
)
_RULES = tuple(
    (re.compile(pattern, re.I), with_)
    for pattern, with_ in (
        (r"首层|底层|底楼", "1层"),
        (r"地下室", "负1层"),
        (r"地下(?=\d)|(?<![\dA-Z])[-—–](?=\d{1,2}[层楼F])", "负"),
        (r"(?<=\d)(?:层楼|楼|F(?![A-Z]))", "层"),
        (r"(\d+)号[-—–之](\d{1,2})(?![\d栋幢座层楼单])", r"\1之\2号"),
        (r"(\d+)[-—–之](\d{1,2})号(?![楼院房室铺门档])", r"\1之\2号"),
    )
)
"""Applied while hyphens still stand. 号楼 is a building, not a floor."""
_NOISE = re.compile(r"[\s,，、。.;；:：\-—–_~()（）\[\]【】<>《》#＃]+")
_AFTER = tuple(
    (re.compile(pattern), with_)
    for pattern, with_ in (
        (r"号楼|幢|座", "栋"),
        (r"(?<=[号栋层\dA-Z])(?:临街|沿街|靠街)?(?:门面|商铺|铺面|底商|店面|铺位|门市)房?$", ""),
        (r"(?<=\d)(?:号房|房|室|号铺|号商铺|号门面|号铺位|号档口|铺|档|户|号)$", ""),
        (r"(\d{1,2})层(?=\1\d{2}(?!\d))", ""),
    )
)


def spelled(address: str) -> str:
    """The address for comparison: full names of city and county in front, no province, figures, one word a level."""
    found = _BRACKETED.sub("", unicodedata.normalize("NFKC", address))
    found = re.sub(r"\s+", "", simplified(found)).upper()
    found = _with_region(_PROVINCE.sub("", found))
    found = _CHINESE_NUMBER.sub(_figure, found)
    for pattern, with_ in _RULES:
        found = pattern.sub(with_, found)
    found = _NOISE.sub("", found)
    for pattern, with_ in _AFTER:
        found = pattern.sub(with_, found)
    return found


def _with_region(address: str) -> str:
    """广东深圳南山科苑路 → 深圳市南山区科苑路, where that can only be one place."""
    region, end = regions().located(address)
    return address if region is None else region.city + region.district + address[end:]


def _figure(match: re.Match[str]) -> str:
    number = chinese_number(match.group())
    return match.group() if number is None else str(number)


def chinese_number(text: str) -> int | None:
    """二十一 → 21, 一二〇五 → 1205; None when it is no number."""
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit
