"""A stored value with one part said anew: the number of a house, a room, the last digits of a telephone number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.cues import Heard, hear
from assistant.dialect import standard

_PARTS: Mapping[str, str] = {
    r"房号|房间|室号|门号|铺号|档口号": r"[\dA-Za-z]+(?=(?:室|房|号房|铺|号铺|号)?$)",
    r"楼号|栋号|几栋|楼栋|哪栋|幢号|座号": r"[\dA-Za-z]+(?=号楼|栋|幢|座)",
    r"单元": r"[\dA-Za-z]+(?=单元)",
    r"楼层|层数|几楼|几层": r"[\dA-Za-z一二三四五六七八九十]+(?=楼|层)",
    r"门牌|路号|街号|号码牌": r"\d+(?=号(?!楼|院|房))",
}
"""Words for a part of an address → its number."""
_NEW_NUMBER = re.compile(r"(?:是|为|成|到|写|[:：])\s*(?P<n>[\dA-Za-z]+)")
_LAST = re.compile(
    r"(?:最后|末尾?|尾|后面?)(?P<n>[一两二三四五六1-6])?(?:位|个|号)?(?:数字?|数)?[^，。\d]{0,4}?是(?P<d>\d{1,6})"
)
_NTH = re.compile(r"第(?P<n>\d{1,2})(?:位|个)(?:数字?)?[^，。\d]{0,4}?是(?P<d>[\dXx])(?!\d)")
_COUNT = dict(zip("一两二三四五六123456", (1, 2, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6), strict=True))


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


def part(address: str, heard: Heard) -> str | None:
    """An address with the part that is named (房号写错了，是205) said anew; None when no part is."""
    new = [m["n"] for m in _NEW_NUMBER.finditer(heard.text)]
    for label, number in _PARTS.items():
        found = list(re.finditer(number, address)) if new and re.search(label, heard.cues) else []
        if found:
            return address[: found[-1].start()] + new[-1] + address[found[-1].end() :]
    return None


def digits(number: str, heard: Heard) -> tuple[str, int, int] | None:
    """(number, start, end) with some digits said anew (最后一位是2, 后四位是1234, 第3位是7), and where that stands."""
    if m := _NTH.search(standard(heard.digits)):
        at = int(m["n"]) - 1
        return (number[:at] + m["d"].upper() + number[at + 1 :], *m.span()) if 0 <= at < len(number) else None
    m = _LAST.search(standard(heard.digits))
    if m is None or (m["n"] and _COUNT[m["n"]] != len(m["d"])):
        return None
    return number[: -len(m["d"])] + m["d"], *m.span()
