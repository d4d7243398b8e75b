"""Which of two provisions that disagree prevails, by the Legislation Law (立法法, text of 2023-03-13).

第九十九条 law over administrative regulation over everything local or departmental; 第一百条 local regulation over the
rules of the governments of its place; 第一百零三条 of one body: special over general, new over old; where the law
leaves it to a decision (第一百零二, 一百零五, 一百零六条), nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.citation import Passage

Side = Literal["one", "other"]
LAW, STATE, LOCAL, MINISTRY, GOVERNMENT, PAPER = (
    "法律", "行政法规", "地方性法规", "部门规章", "地方政府规章", "规范性文件"
)  # fmt: skip
_NATIONAL = {LAW: 0, STATE: 1, LOCAL: 2, MINISTRY: 2, GOVERNMENT: 2, PAPER: 3}
"""Rank of 法律 and 行政法规 over all below them, of everything over papers that are no legislation."""
_ONE_BODY = {
    LAW: "全国人民代表大会及其常务委员会",
    STATE: "国务院",
}
_WHO_DECIDES = {
    LAW: "全国人民代表大会常务委员会裁决（立法法第一百零五条）",
    STATE: "国务院裁决（立法法第一百零五条）",
}


@dataclass(frozen=True)
class Ruling:
    """Which side prevails (None: the code cannot say) and why, in Chinese, for people."""

    side: Side | None
    why: str


def prevailing(one: Passage, other: Passage, special: Side | None = None, one_body: bool = False) -> Ruling:
    """Which of two provisions on one matter prevails.

    `special`: the side a reviewer found to be the special rule. `one_body`: both were issued by the same body; known
    by itself for 法律 and 行政法规. Days are those of the texts as a whole: an article kept unchanged through an
    amendment counts as new as its text, which is why a reviewer has the last word.
    """
    ranks = one.rank, other.rank
    if not set(ranks) <= set(_NATIONAL):
        return Ruling(None, "至少一份文件没有法定的效力等级，需要人工确定")
    if one.region and other.region and not _around(one.region, other.region):
        return Ruling(None, "两份文件施行的地方不同，各在本地施行，不存在谁优先")
    if ranks[0] == ranks[1]:
        return _same_rank(one, other, special, one_body)
    if "经济特区" in one.document + other.document and {*ranks} & {LAW, STATE}:
        return Ruling(None, "经济特区法规可以根据授权作变通规定（立法法第一百零一条），需要人工确定")
    return _by_rank(one, other)


def _by_rank(one: Passage, other: Passage) -> Ruling:
    first, second = _NATIONAL[one.rank], _NATIONAL[other.rank]
    if first != second:
        high, low, side = (one, other, "one") if first < second else (other, one, "other")
        article = "，规范性文件不得与法律、法规、规章抵触" if low.rank == PAPER else "（立法法第九十九条）"
        return Ruling("one" if side == "one" else "other", f"{_is(high)}，{_is(low)}，上位法优于下位法{article}")
    local = one if one.rank == LOCAL else other if other.rank == LOCAL else None
    lower = other if local is one else one
    if local is not None and lower.rank == GOVERNMENT and lower.region.startswith(local.region):
        why = f"{_is(local)}，效力高于本级和下级地方政府规章（立法法第一百条）"
        return Ruling("one" if local is one else "other", why)
    if MINISTRY in (one.rank, other.rank):
        who = "立法法第一百零六条第一款第二项" if local is not None else "立法法第一百零二条、第一百零六条"
        return Ruling(None, f"{one.rank}与{other.rank}之间没有高低，不一致时由有权机关裁决（{who}）")
    return Ruling(None, "效力等级之间没有法定的高低，需要人工确定")


def _same_rank(one: Passage, other: Passage, special: Side | None, one_body: bool) -> Ruling:
    if one.rank in (LOCAL, GOVERNMENT) and one.region != other.region:
        wide: Side = "one" if len(one.region) < len(other.region) else "other"
        articles = "立法法第八十一条" if one.rank == LOCAL else "立法法第一百条"
        return Ruling(wide, f"省级的{one.rank}效力高于设区的市的{one.rank}（{articles}）")
    body = _ONE_BODY.get(one.rank, "")
    if not body and not one_body:
        return Ruling(
            None, f"同为{one.rank or '规范性文件'}，不知道是否由同一机关制定，需要人工确定（立法法第一百零六条）"
        )
    later = _later(one, other)
    if special is not None and later is not None and special != later:
        return Ruling(None, f"新的一般规定与旧的特别规定不一致，由{_WHO_DECIDES.get(one.rank, '制定机关裁决')}")
    if special is not None:
        title = (one if special == "one" else other).document
        why = f"同一机关制定的同级规定，《{title}》是特别规定，特别规定优于一般规定（立法法第一百零三条）"
        return Ruling(special, why)
    if later is None:
        return Ruling(None, f"同为{one.rank}，施行日期相同或者不明，需要人工确定")
    winner = one if later == "one" else other
    why = f"同为{one.rank}，《{winner.document}》{winner.in_force_from}起施行，新的规定优于旧的规定"
    return Ruling(later, f"{why}（立法法第一百零三条）")


def _later(one: Passage, other: Passage) -> Side | None:
    if not one.in_force_from or not other.in_force_from or one.in_force_from == other.in_force_from:
        return None
    return "one" if one.in_force_from > other.in_force_from else "other"


def _around(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


def _is(passage: Passage) -> str:
    return f"《{passage.document}》是{passage.rank}"
