"""Addresses: cut out of an answer, and whether they reach the door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from assistant.cues import Heard, Span, clauses, strip, trim, unlabel
from assistant.names import Breach
from knowledge.office import Office
from knowledge.regions import Regions

_NUM = r"(?:[0-9]+|[A-Za-z]|[零〇一二三四五六七八九十百千甲乙丙丁]+)"
_BEFORE = "(?:附|旁|门面|商铺|铺面|铺位|铺|档口|摊位|柜台|车间|仓库)"
_DOOR = re.compile(
    rf"(?:第|{_BEFORE})?{_NUM}(?:[-—/之]{_NUM})*"
    r"(?:号楼|号院|号铺|号房|号[甲乙丙丁戊己](?![\u4e00-\u9fff])|号|楼|层|F|栋|幢|座|单元|门面|门|商铺|铺面|室|户|房|铺|档口|档|组|队|院|弄(?![个间家一点了])|间|柜|区|排)|"
    rf"(?:首|底|负{_NUM}|地下{_NUM}?)层(?:之{_NUM})?|{_BEFORE}\s*{_NUM}|[0-9]+(?:\s*[-—]\s*[0-9A-Za-z]+)+|[0-9]{{2,}}(?=$|\D)",
    re.I,
)
_STREET_NUMBER = re.compile(rf"(?:{_NUM})\s*(?:[-—之]\s*{_NUM})*\s*(?:号(?!楼|院|线)|弄)")
_INSIDE = re.compile(
    rf"{_NUM}\s*(?:号楼|号院|楼|层|F(?![a-z])|栋|幢|座|单元|门|室|户|房|铺|间|档)|(?:附|旁|院内|门面|商铺|铺面|铺位|铺|档口|摊位|柜台)\s*{_NUM}|"
    r"号\s*[A-Za-z]?[0-9]+|[0-9A-Za-z]+\s*[-—]\s*[0-9]+",
    re.I,
)
_BIG_ROAD = re.compile(r"(?:大道|大街|路|公路)(?:东|西|南|北|中)?(?:段)?([0-9]{3,})号$")
_COMPOUND = re.compile(r"(?:小区|花园|家园|大厦|广场|商场|商城|市场|中心|城|园区|科技园|产业园|公寓|苑|大楼)$")
_PLACE = re.compile(r"省|市|区|县|旗|镇|乡|街道|村|路|街|道|巷|弄|里|胡同|大厦|广场|小区|号|栋|楼|室|园")
_AFTER = re.compile(r"(?:这儿|这里|那儿|那里|那边|这边|这块儿?|那块儿?|附近|就是|的地方|啊那个)+$")
_NO_ROOM = re.compile(
    r"没有?(?:楼|房|门牌|室|单元|铺|店|栋|具体|详细|号|别的|更)|(?:就|只有)(?:这|那)(?:个|些|样)|就这么|没了|没有了?$|冇|莫得"
)


class Place(NamedTuple):
    """An address in a text."""

    value: str
    start: int
    end: int


def plain_address(raw: str) -> str:
    """NFKC without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw))


def find_address(heard: Heard, field: str, regions: Regions | None) -> Place | None:
    """The fullest address in an answer, without 住在, 地址是 and what is said after it."""
    places = [p for p in (_cut(heard, field, s, e, regions) for s, e in _address_clauses(heard)) if p]
    return max(places, key=lambda p: (_rank(p.value, regions), -p.start), default=None)


def _address_clauses(heard: Heard) -> list[Span]:
    """Clauses; a comma between two parts of one address does not end it."""
    found = list(clauses(heard))
    joined: list[Span] = []
    for span in found:
        before = joined[-1] if joined else None
        if (
            before
            and re.search(r"[省市区县路街道号楼栋]$", heard.text[: before[1]])
            and _continues(heard.text[span[0] : span[1]])
        ):
            joined.append((before[0], span[1]))
        joined.append(span)
    return joined


def _continues(piece: str) -> bool:
    return bool(_DOOR.match(piece)) and len(piece) <= 12


def _rank(address: str, regions: Regions | None) -> tuple[bool, int, int]:
    region = regions.find(address) if regions else None
    return bool(region), len(_DOOR.findall(address)), len(address)


def _cut(heard: Heard, field: str, start: int, end: int, regions: Regions | None) -> Place | None:
    start, end = strip(heard, start, end, 3)
    start, end = unlabel(heard, field, start, end, 3)
    start = _from_region(heard.text, start, end, regions)
    end = _without_talk(heard.text, start, end)
    start, end = trim(heard.text, start, end)
    piece = plain_address(heard.text[start:end].replace("，", "").replace(",", ""))
    if len(piece) < 3 or not (_PLACE.search(piece) and (_DOOR.search(piece) or _PLACE.search(piece[1:]))):
        return None
    return Place(piece, start, end)


def _from_region(text: str, start: int, end: int, regions: Regions | None) -> int:
    """Where the first province, city or county begins, when that is within the first words."""
    if regions is None or (whole := regions.find(text[start:end])) is None:
        return start
    names = (whole.province, whole.city, whole.district)
    starts = (
        i for i in range(start, end - 2) if _starts_name(text[i:end], *names) and regions.find(text[i:end]) == whole
    )
    return next(starts, start)


def _starts_name(text: str, *names: str) -> bool:
    return any(name and (text.startswith(name) or text.startswith(name[:2])) for name in names)


def _without_talk(text: str, start: int, end: int) -> int:
    """End of the address when talk follows the last door in the same clause."""
    last = None
    for m in _DOOR.finditer(text, start, end):
        last = m
    if last is None:
        found = _AFTER.search(text, start, end)
        return found.start() if found else end
    rest = text[last.end() : end]
    kept = re.match(
        r"(?:(?:(?![租开盘借买卖想办的])[\u4e00-\u9fff]){0,10}?(?:门面|商铺|铺面|铺位|档口|摊位|柜台|旁|院内|临街|底商|内))?(?:[(（][^)）]*[)）])?",
        rest,
    )
    return last.end() + (kept.end() if kept else 0)


def complete(address: str) -> bool:
    """Whether an address has a street number, a building or a room (实施细则 第六条: the place must be findable)."""
    return bool(_STREET_NUMBER.search(address) or _INSIDE.search(address))


def vague(address: str) -> bool:
    """Complete by the letter, yet a clerk would ask on: a big road's number or an estate without building and room."""
    return bool(_BIG_ROAD.search(address) or _COMPOUND.search(address)) and not _INSIDE.search(address)


def says_no_more(text: str) -> bool:
    """没有房号, 就这个: there is nothing to add to the address."""
    return bool(_NO_ROOM.search(text))


def incomplete_address(values: dict[str, Any] | Any) -> list[Breach]:
    """ADDRESS_INCOMPLETE: no street number, building or room in the premises."""
    address = str(values.get("premises_address") or "")
    return [] if not address or complete(address) else [Breach("ADDRESS_INCOMPLETE", "premises_address", address)]


def address_outside(values: Any, office: Office, regions: Regions) -> list[Breach] | None:
    """ADDRESS_OUTSIDE: the premises lie outside the office's area; None when that cannot be told."""
    address = str(values.get("premises_address") or "")
    found: Sequence[Any] = regions.candidates(address) if address else []
    if not address:
        return []
    served = [office.serves(r.code) for r in found]
    if not office.areas or not found:
        return None
    return [] if any(served) else [Breach("ADDRESS_OUTSIDE", "premises_address", address)]
