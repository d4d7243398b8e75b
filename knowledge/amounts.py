"""Do the numbers of a claim agree with a passage: value, unit, bound, and the case each number belongs to?"""

from __future__ import annotations

import re

from knowledge.numerals import Quantity, comparable, quantities, same
from knowledge.wording import Mismatch, bigrams, likeness

_CASE = re.compile(r"[。；;\n]")
_COMMA = re.compile(r"[，,：:]")
_CLEARLY = 0.25
"""A number of another case is one whose own case is less like the claim, by this share of the claim's pieces."""
_ALIKE = 0.4
_FEW, _MOST = 3, 200
_NOW = re.compile("立即|立刻|当场|即时|当日(?!起)")
_EVERY = re.compile(r"(?:每个?|按|逐)(?P<unit>日|天|周|月|季度?|年)(?!度报|报|末|初|底)")
_PERIODS = {"天": "日", "季度": "季"}
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+条")


def amounts(claim: str, passage: str, nearest: str) -> list[Mismatch]:
    """Every number, rate and article number of the claim that the passage does not bear out."""
    there = quantities(passage)
    wanted = bigrams(claim)
    said = quantities(claim)
    # Only numbers that could be meant are placed: a long text holds thousands.
    meant = [p for p in there if any(same(q, p) or comparable(q, p) for q in said)]
    meant.sort(key=lambda p: not any(same(q, p) for q in said))
    meant = meant[:_MOST]
    cases = {p: likeness(wanted, _case(p, there, passage)) for p in meant}
    out = [m for q in said if (m := _number(q, cases)) is not None]
    return out + _at_once(claim, nearest, bool(out)) + _period(claim, nearest) + _reference(claim, passage)


def _number(q: Quantity, cases: dict[Quantity, float]) -> Mismatch | None:
    equal = [p for p in cases if same(q, p)]
    rivals = [p for p in cases if comparable(q, p) and p not in equal]
    if not equal:
        return _other(q, rivals)
    best = max(equal, key=lambda p: cases[p])
    return _misplaced(q, cases[best], rivals, cases) or _bound(q, equal, cases)


def _other(q: Quantity, rivals: list[Quantity]) -> Mismatch | None:
    if not rivals:
        # 两次, 三个 of people's own counting ("两个地方") stand for words of the passage.
        counted = q.unit in ("个", "次", "种", "家", "份", "件") and q.value < _FEW
        return None if counted else Mismatch("missing_number", q.text, "", f"条文里没有“{q.text}”")
    stands = "、".join(dict.fromkeys(p.text for p in rivals))
    close = any(p.unit == q.unit for p in rivals)
    return Mismatch("number", q.text, stands, f"说的是“{q.text}”，条文是“{stands}”", close)


def _misplaced(q: Quantity, own: float, rivals: list[Quantity], cases: dict[Quantity, float]) -> Mismatch | None:
    other = max(rivals, key=lambda p: cases[p], default=None)
    if other is None or cases[other] < max(_ALIKE, own + _CLEARLY):
        return None
    return Mismatch("misplaced", q.text, other.text, f"“{q.text}”是另一种情形的，这里条文是“{other.text}”", True)


def _bound(q: Quantity, equal: list[Quantity], cases: dict[Quantity, float]) -> Mismatch | None:
    top = max(cases[p] for p in equal)
    near = [p for p in equal if cases[p] >= top - 0.3]
    if not q.bound or not all(p.bound for p in near):
        return None
    if all(p.bound != q.bound for p in near):
        return Mismatch("bound", q.text, near[0].text, f"“{q.text}”的上下限与条文相反")
    alike = [p for p in near if p.bound == q.bound]
    if all(p.strict != q.strict for p in alike):
        return Mismatch("edge", q.text, alike[0].text, f"是否包括“{q.text}”本数，与条文不同")
    return None


def _case(p: Quantity, there: list[Quantity], passage: str) -> str:
    """What a number is said of: its clause, and the words before it in the sentence that no other number has taken.

    Numbers in one clause (一万元以上三万元以下) share its words; the case named at the start of a sentence
    (情节严重的，) belongs to every number after it.
    """
    start = max((m.end() for m in _CASE.finditer(passage, 0, p.start)), default=0)
    end = next((m.start() for m in _CASE.finditer(passage, p.end)), len(passage))
    commas = [start, *(m.end() for m in _COMMA.finditer(passage, start, end)), end]
    left = max(c for c in commas if c <= p.start)
    right = min(c for c in commas if c >= p.end)
    head = commas[1] if len(commas) > 2 else left
    taken = any(o is not p and start <= o.start < left and o.end <= left for o in there)
    context = passage[start : min(head, left)] if taken else passage[start:left]
    if taken and any(start <= o.start < head for o in there):
        context = ""
    rest = passage[right:end] if not any(right <= o.start < end for o in there) else ""
    return _lead(passage, start) + context + passage[left:right] + rest


def _lead(passage: str, start: int) -> str:
    """The words that introduce a list, for a number in one of its items."""
    if not re.match(r"\s*[(（]", passage[start:]):
        return ""
    line = passage.rfind("：", 0, start)
    return passage[max(passage.rfind("\n", 0, line), passage.rfind("。", 0, line)) + 1 : line] if line >= 0 else ""


def _period(claim: str, nearest: str) -> list[Mismatch]:
    said, stands = _rates(claim), _rates(nearest)
    if not said or not stands or set(said) & set(stands):
        return []
    a, b = next(iter(said.values())), next(iter(stands.values()))
    return [Mismatch("period", a, b, f"说的是“{a}”，条文是“{b}”")]


def _at_once(claim: str, nearest: str, absent: bool) -> list[Mismatch]:
    """A period of days where the passage says at once."""
    said = next((q for q in quantities(claim) if q.unit in ("日", "工作日", "月", "小时") and q.bound == "<="), None)
    stands = _NOW.search(nearest)
    if (
        said is None
        or stands is None
        or not absent
        or _NOW.search(claim)
        or any(same(said, p) for p in quantities(nearest))
    ):
        return []
    if likeness(bigrams(claim), nearest) < _ALIKE:
        return []
    return [Mismatch("period", said.text, stands[0], f"说的是“{said.text}”，条文是“{stands[0]}”", True)]


def _rates(text: str) -> dict[str, str]:
    return {_PERIODS.get(m["unit"], m["unit"]): m[0] for m in _EVERY.finditer(text)}


def _reference(claim: str, passage: str) -> list[Mismatch]:
    said, stands = _ARTICLE.findall(claim), _ARTICLE.findall(passage)
    wrong = [a for a in said if a not in stands]
    if not wrong or not stands:
        return []
    return [Mismatch("reference", wrong[0], stands[0], f"说的是“{wrong[0]}”，条文指的是“{stands[0]}”")]
