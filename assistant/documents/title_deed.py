"""不动产权证书, 房屋所有权证, 房地产权证 (不动产登记暂行条例实施细则 第二十条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import address, area, party, people, words
from assistant.sheet import Shaped, Sheet

_OWNER = ("权利人", "房屋所有权人", "房地产权利人", "所有权人", "产权人")
_PLACE = ("坐落", "座落", "房屋坐落", "房地坐落", "房屋地址")
_USE = ("用途", "规划用途", "房屋用途", "设计用途")


def read(sheet: Sheet, today: date) -> Values:
    """Owner or owners, place, use, area."""
    place = sheet.value(_PLACE, address)
    return kept(
        {
            "owner_name": sheet.value(_OWNER, _owners),
            "co_ownership": sheet.value(("共有情况",), words),
            "premises_address": place,
            "usage": _in_line(sheet.values(_USE, words), place)
            or sheet.search(r"用途[::](.{2,24}?)(?:面积|使用|权利|[,。;])", words),
            "area_m2": sheet.search(r"(?:建筑)?面积[^\d]{0,8}(\d+(?:\.\d+)?)(?:平方米|平米|m2|m|平方)", area),
        }
    )


def _in_line(found: Iterator[ReadValue], place: ReadValue | None) -> ReadValue | None:
    """Of several, the one that begins where the place of the premises does: a receipt beside the deed has uses too."""
    all_found = list(found)
    near = [v for v in all_found if place and v.page == place.page and v.box and place.box]
    if len(near) < 2 or place is None or place.box is None:
        return all_found[0] if all_found else None
    left = place.box[0]
    return min(near, key=lambda v: abs(v.box[0] - left) if v.box else 1.0)


def _owners(text: str) -> Shaped | None:
    """Names of people, else one organisation."""
    found = people(text)
    return found if found and found.end >= len(text) - 1 else party(text) or found


KIND = DocumentKind(
    kinds=("title_deed",),
    title="不动产权证书",
    signs={
        r"不动产权|房屋所有权|房地产权证|产权证书": 0.6,
        r"权利人|所有权人": 0.3,
        r"坐落|座落": 0.2,
        r"不动产单元号": 0.4,
        r"共有情况": 0.2,
        r"权利性质|权利类型": 0.2,
    },
    read=read,
)
