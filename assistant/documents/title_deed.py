"""不动产权证书, 房屋所有权证, 房地产权证 (不动产登记暂行条例实施细则 第二十条)."""

from __future__ import annotations

from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.shapes import address, area, party, people, words
from assistant.sheet import Shaped, Sheet

_OWNER = ("权利人", "房屋所有权人", "房地产权利人", "所有权人", "产权人")
_PLACE = ("坐落", "座落", "房屋坐落", "房地坐落", "房屋地址")
_USE = ("用途", "规划用途", "房屋用途", "设计用途")


def read(sheet: Sheet, today: date) -> Values:
    """Owner or owners, place, use, area."""
    return kept(
        {
            "owner_name": sheet.value(_OWNER, _owners),
            "co_ownership": sheet.value(("共有情况",), words),
            "premises_address": sheet.value(_PLACE, address),
            "usage": sheet.value(_USE, words) or sheet.search(r"用途[::](.{2,24}?)(?:面积|使用|权利|[,。;])", words),
            "area_m2": sheet.search(r"(?:建筑)?面积[^\d]{0,8}(\d+(?:\.\d+)?)(?:平方米|平米|㎡|m2)", area),
        }
    )


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
