"""A number that people have heard and the rule does not have, said in one sentence; only where it is certain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.citation import Passage
from knowledge.facts import nearest_sentence
from knowledge.numerals import comparable, quantities, same

_HEARD = re.compile(
    r"听说|听人|据说|说是|都说|网上说|人家说|是不是|对不对|对吧|是吧|没错吧|吧[？?。！]?$|不是说|既然|必须|只有|反正|肯定|原来|以前"
)
_UNITS = {"日", "工作日", "月", "年", "元", "%", "倍", "时", "小时"}


def remark(question: str, passages: Sequence[Passage], wanted: str) -> str:
    """`您提到的“15日”的说法与现行规定不同：现行规定是“3个工作日”。`, or nothing.

    Only when the question takes a number for granted, no passage shown has it, and the nearest sentence of the first
    passage has exactly one other number of the same measure.
    """
    if not passages or not _HEARD.search(question):
        return ""
    there = [q for p in passages for q in quantities(p.text)]
    near = quantities(nearest_sentence(wanted, passages[0].text))
    for said in quantities(question):
        if said.unit not in _UNITS or any(same(said, q) for q in there):
            continue
        rivals = {(q.value, q.unit): q for q in near if q.unit in _UNITS and comparable(said, q)}
        if len(rivals) == 1:
            other = next(iter(rivals.values()))
            return f"您提到的“{said.text}”的说法与现行规定不同：现行规定是“{other.text}”，请看下面的原文。"
    return ""
