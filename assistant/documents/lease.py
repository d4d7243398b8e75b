"""房屋租赁合同."""

from __future__ import annotations

import re
from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import address, area, day, id_number, last_day, party, words
from assistant.sheet import Shape, Shaped, Sheet
from assistant.signatures import signed_as

_LESSOR = ("出租方", "出租人", "甲方", "房东")
_LESSEE = ("承租方", "承租人", "乙方", "租客")
_SIGN = (
    r"(?:\((?:签字|签名|签章|盖章|公章|签字或?/?盖章|签字\(盖章\)|章|手印|捺印|代表|委托代理人)+\)|"
    r"签字|签名|签章|盖章)+"
)
_DATE = (
    r"(?:\d{4}|[二〇零一三四五六七八九]{4})[年./-][\d一二三四五六七八九十]{1,3}[月./-][\d一二三四五六七八九十]{1,3}日?"
)
_HOUSE = r"(?:房屋|商铺|店铺|铺位|铺面|门面|场地|物业|办公室|厂房|写字楼|住宅|房产|房间)"
_PREMISES = (
    rf"(?:位于|坐落于|坐落在|座落于|座落在)(.{{6,80}}?)的{_HOUSE}",
    r"(?:位于|坐落于|坐落在|座落于|座落在)[::]?([^:]{6,80}?)[,。;(]",
    r"(?:房屋|租赁物|物业|商铺)(?:坐落|地址|位置|座落)(?:为|是|于|在)?[::]?([^:]{6,80}?)[,。;]",
)
_USAGE = (
    r"(?<!改变)用途(?:为|是|:)+:?([^:]{1,40}?)(?:[。;]|,(?:乙方|甲方|未经|如|双方|不得改变)|第[一二三四五六七八九十]+条|使用期)",
    r"(?:作为|用于|用作)(.{2,20}?)(?:使用|之用|用途|经营)[。,;]",
)


def read(sheet: Sheet, today: date) -> Values:
    """Parties, premises, use, period and signatures; the clauses stay available as lines of the document."""
    start, end = _period(sheet, today)
    lessor, lessee = _party(sheet, _LESSOR), _party(sheet, _LESSEE)
    return kept(
        {
            "lessor_name": lessor,
            "lessee_name": lessee,
            "lessor_id": _party_id(sheet, _LESSOR),
            "lessee_id": _party_id(sheet, _LESSEE),
            "premises_address": sheet.value(("房屋坐落:", "房屋地址:", "租赁房屋:", "商铺地址:", "坐落:"), address)
            or _first(sheet, _PREMISES, address)
            or sheet.value(("房屋坐落", "房屋地址", "租赁房屋", "房屋位置", "坐落"), address),
            "area_m2": sheet.search(r"(?:面积)[约为共::是]*(\d+(?:\.\d+)?)(?:平方米|平米|m2|m|平方)", area),
            "usage": sheet.value(("用途:", "房屋用途:", "租赁用途:", "约定用途:"), words)
            or _first(sheet, _USAGE, words)
            or sheet.value(("用途", "房屋用途", "约定用途"), words),
            "start_date": start,
            "end_date": end,
            "lessor_signed": signed_as(sheet, rf"(?:{'|'.join(_LESSOR)})(?:\([^)]{{1,6}}\))?{_SIGN}", lessor),
            "lessee_signed": signed_as(sheet, rf"(?:{'|'.join(_LESSEE)})(?:\([^)]{{1,6}}\))?{_SIGN}", lessee),
        }
    )


def _first(sheet: Sheet, patterns: tuple[str, ...], shape: Shape) -> ReadValue | None:
    for pattern in patterns:
        found = sheet.search(pattern, shape)
        if found:
            return found
    return None


def _party(sheet: Sheet, labels: tuple[str, ...]) -> ReadValue | None:
    """The party named at the head of the contract, not the one at the signatures."""

    def named(text: str) -> Shaped | None:
        found = party(text)
        unfit = found and re.match(
            r"(?:将|应|有权|须|不得|同意|未|可|与|和|的|在|因|向|双方|按|保证|负责)", found.value
        )
        return None if unfit else found

    return sheet.value(labels, named)


def _party_id(sheet: Sheet, labels: tuple[str, ...]) -> ReadValue | None:
    """The first identity number after the party's name and before the other party's."""
    either = "|".join((*_LESSOR, *_LESSEE))
    mine = "|".join(labels)
    pattern = rf"(?:{mine})(?:\([^)]{{1,8}}\))*[::](?:(?!{either}).){{2,80}}?((?<!\d)\d{{17}}[\dXx](?!\d))"
    return sheet.search(pattern, id_number)


def _period(sheet: Sheet, today: date) -> tuple[ReadValue | None, ReadValue | None]:
    """First and last day: two days joined by 至, where the term is agreed rather than where rent is paid."""
    joined = rf"{_DATE}(?:起|开始|\(含\))*,?(?:至|到|-|—|~|止|,)+{_DATE}"
    for lead in (r"(?:期限|租期|租赁期)[^。]{0,30}?", ""):
        both = rf"{lead}({joined})"
        start = sheet.search(both, day(today))
        if start:
            return start, sheet.search(both, last_day(today))
    return None, None


KIND = DocumentKind(
    kinds=("lease",),
    title="租赁合同",
    signs={
        r"租赁合同|租房合同|租赁协议|房屋出租合同|租房协议": 0.7,
        r"出租方|出租人": 0.3,
        r"承租方|承租人": 0.3,
        r"租金": 0.2,
        r"甲方.*乙方": 0.2,
    },
    read=read,
)
