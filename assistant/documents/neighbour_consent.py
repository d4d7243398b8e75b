"""有利害关系的业主同意将住宅改变为经营性用房的证明 (民法典 第二百七十九条)."""

from __future__ import annotations

import re
from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import HAN, address, day, person
from assistant.sheet import Piece, Sheet, Strip

_NAME = re.compile(rf"[{HAN}]{{2,6}}(?:·[{HAN}]{{1,8}})*")
_HEADS = ("签字", "签名", "业主签字", "业主签名", "签字(手印)")


def read(sheet: Sheet, today: date) -> Values:
    """Which dwelling, whose business, and who signed."""
    return kept(
        {
            "premises_address": sheet.search(r"(?:坐落于|坐落在|位于|座落于)(.{6,80}?)的?(?:房屋|住宅)", address)
            or sheet.value(("房屋坐落", "房屋地址", "坐落", "经营场所", "住宅地址"), address),
            "operator_name": sheet.search(r"(?:现由|同意)(.{2,12}?)(?:用于|将|在)", person)
            or sheet.value(("经营者姓名", "经营者", "申请人"), person),
            "signed_by": _signed_by(sheet),
            "signed_on": sheet.search(r"(\d{4}年\d{1,2}月\d{1,2}日)", day(today)),
        }
    )


def _signed_by(sheet: Sheet) -> ReadValue | None:
    """Names in the column of signatures; an empty list when the column is empty; None when there is none."""
    head = next((p for p in sheet.pieces if p.text in _HEADS), None)
    if head is None:
        return None
    names = [p for p in sheet.pieces if _in_column(p, head) and _NAME.fullmatch(p.text)]
    if not names:
        marks = [m for m in sheet.pages[head.page].marks if _under(m.flat, head)]
        return Strip.of([head]).read([True] * len(marks), 0, len(head.text))
    words = Strip.of(names).read([p.text for p in names], 0, len(names[0].text))
    return words


def _in_column(piece: Piece, head: Piece) -> bool:
    ruled = head.line.cell < 0 or piece.line.cell >= 0
    return piece.page == head.page and piece is not head and ruled and _under(piece.place, head)


def _under(place: tuple[float, float, float, float], head: Piece) -> bool:
    """Below the head and nearer to it than half a column."""
    middle, own = (place[0] + place[2]) / 2, (head.place[0] + head.place[2]) / 2
    return place[1] > head.place[3] - 0.005 and abs(middle - own) < 0.1 and place[1] - head.place[3] < 0.5


KIND = DocumentKind(
    kinds=("neighbour_consent",),
    title="利害关系业主同意书",
    signs={
        r"利害关系.{0,4}业主": 0.7,
        r"住宅.{0,6}(?:改变|变更|改)为?.{0,6}经营性用房": 0.4,
        r"业主.{0,12}同意": 0.3,
        r"居民委员会|业主委员会|村民委员会|社区": 0.1,
    },
    read=read,
)
