"""What people have heard and the rule does not say, corrected with the words that contradict it; only where certain.

A premise is a claim of the question: a number taken for granted, or a must, may or must not. It is compared with the
words of the passage that answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.lay_words import content, mass, matched, terms
from assistant.quoting import chosen
from knowledge.citation import Passage
from knowledge.facts import modalities, pieces
from knowledge.numerals import Quantity, comparable, quantities, same

_HEARD = re.compile(
    r"听说|听人|据说|说是|都说|网上说|人家说|是不是|对不对|对吧|是吧|没错吧|吧[？?。！]?$|不是说|既然|必须|只有|反正|肯定|原来|以前"
)
_GRANTED = re.compile(
    r"听说|听人|据说|说是|都说|网上说|人家说|对不对|对吧|是吧|没错吧|吧[？?。！]?$|不是说|既然|反正|肯定"
)
"""Narrower: 是不是必须 is a question, 既然必须 is none."""
_UNITS = {"日", "工作日", "月", "年", "元", "%", "倍", "时", "小时"}
_OPPOSITE = {
    "must": {"may", "need_not"},
    "must_not": {"may"},
    "may": {"must_not"},
    "need_not": {"must"},
}
NEAREST = 60
"""Characters of the passage compared with the premise, about."""
ALIKE = 0.5
"""Share of the telling words of the question that the sentence must have before a must or may is corrected by it."""


def remark(question: str, passages: Sequence[Passage]) -> str:
    """`您提到的“15日”的说法与现行规定不同：现行规定是“3个工作日”。`, or nothing. `passages`: best first.

    Only when the question takes something for granted, no passage shown has it, and the words of the first passage
    that answer have exactly one other number of the same measure, or the opposite of what is said to be a must.
    """
    if not passages or not _HEARD.search(question):
        return ""
    first = passages[0]
    near = " ".join(first.text[a:b] for a, b in chosen(first, question, NEAREST))
    return _number(question, passages, quantities(near)) or _modal(question, near)


def _number(question: str, passages: Sequence[Passage], near: Sequence[Quantity]) -> str:
    there = [q for p in passages for q in quantities(p.text)]
    for said in quantities(question):
        if said.unit not in _UNITS or any(same(said, q) for q in there):
            continue
        rivals = {(q.value, q.unit): q for q in near if q.unit in _UNITS and comparable(said, q)}
        if len(rivals) == 1:
            other = next(iter(rivals.values()))
            return f"您提到的“{said.text}”的说法与现行规定不同：现行规定是“{other.text}”，请看下面的原文。"
    return ""


def _modal(question: str, near: str) -> str:
    """Where people say 必须 and the sentence says 可以, the sentence itself is the correction."""
    said, stands = modalities(question), modalities(near)
    wanted = mass(" ".join([content(question), *terms(question)]))
    if not _GRANTED.search(question) or len(said) != 1 or len(stands) != 1:
        return ""
    if matched(wanted, pieces(near)) < ALIKE * sum(wanted.values()):
        return ""
    ((kind, told), (other, words)) = (*said.items(), *stands.items())
    if other not in _OPPOSITE[kind]:
        return ""
    return f"您提到的“{told}”的说法与现行规定不同：原文用的是“{words}”，请以下面的原文为准。"
