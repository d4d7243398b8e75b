"""What of an article answers a question: the sentences to show, by their places in it, so that they can be marked.

Words decide: rare words of the question, the statutory words it means, and what kind of thing it asks for (how long,
how much, who, whether, which). A list item brings the words that introduce its list, an exception its rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.lay_words import content, mass, matched, terms
from knowledge.citation import Passage
from knowledge.facts import modalities, pieces
from knowledge.instructions import instruction_in
from knowledge.numerals import Quantity, comparable, quantities

Span = tuple[int, int]
"""First character and the one after the last, in `Passage.text`."""

ROOM = 150
"""Characters shown of one article, about; of a guide, `GUIDE_LINES` lines."""
GUIDE_LINES = 2
SHORT = 110
"""A sentence up to this many characters is shown whole: the steps of a penalty are one rule."""
LISTED = 600
"""Characters of a list shown as a whole when the whole list is asked for."""
MOST_KNOWN = 40.0
"""Weight of statutory words beyond which more of them say nothing further."""
KIND, LEAD, FAINT = 0.3, 0.3, 0.45
"""Weight of the kind of question; share of the lead-in's words an item gets; of the best, below which none is added."""

_ITEM = re.compile(r"^\s*[(（][一二三四五六七八九十]+[)）]")
_BULLET = re.compile(r"^\s*[-*]\s+")
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_CLAUSE = re.compile(r"[^；;]+[；;]?")
_EXCEPTION = re.compile(r"^(?:但是?|法律、?(?:行政)?法规[^，。]{0,12}另有规定|前款规定|[^，。]{0,20}除外)")
_TIME = re.compile(
    r"多久|多长|几天|多少[天日]|几个?(?:月|工作日|小时|钟头)|几年|什么时候|啥时候|何时|几点|期限|哪天|当天|最长|最晚|到期"
)
_MONEY = re.compile(r"多少|罚|几[百千万]|几倍|金额|费用|比例|赔|[收交]费")
_WHO = re.compile(r"谁|哪个?(?:部门|单位|机关|局|里)|什么(?:部门|单位|机关)|[归找向]")
_WHETHER = re.compile(
    r"能不能|可不可以|可以[吗不]|是不是|要不要|用不用|行不行|[能行要得]吗|会不会|有没有|必须|一定要|对[吧不]|吗|不[？?]?$"
)
_WHICH = re.compile(r"哪些|[什怎]么(?:材料|条件|手续|东西|资料|证件|情况|情形)|带什么|带啥|交什么|准备|要满足|条件")
_TIME_UNITS = {"日", "工作日", "月", "年", "时", "小时", "月日"}
_MONEY_UNITS = {"元", "%", "倍"}
_NOW = re.compile("当场|及时|立即|即时")
_AUTHORITY = re.compile("部门|机关|机构|人民政府|委员会")


@dataclass(frozen=True)
class Unit:
    """A sentence, a list item or a guide's line; `lead` is the place of the sentence that introduces the list."""

    start: int
    end: int
    lead: int | None = None


def chosen(passage: Passage, question: str, room: int = ROOM) -> list[Span]:
    """Places of the words that answer, in order, at least one; neighbours in one span."""
    text, guide = passage.text, passage.rank == "指南"
    found = _lawful(text, units(text))
    if not found:
        return [(0, len(text))]
    scores = _scores(text, found, question)
    ranked = sorted(range(len(found)), key=lambda i: (-scores[i], i))
    kept = _whole_list(text, found, ranked[0], question)
    for i in ranked:
        if kept and (scores[i] < FAINT * scores[ranked[0]] or (guide and len(kept) >= GUIDE_LINES)):
            break
        new = [j for j in _with_lead(found, i) if j not in kept]
        if not kept or _length(found, kept) + _length(found, new) <= room:
            kept.update(new)
    return _joined(text, found, kept | _exceptions(text, found, kept), guide)


def units(text: str) -> list[Unit]:
    """The sentences of a passage in order; list items whole, guides' lines without their mark."""
    out: list[Unit] = []
    lead: int | None = None
    at = 0
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        cut = _cut(line, bullet.end() if bullet else 0)
        if cut and (bullet or _ITEM.match(line)):
            out.append(Unit(at + cut[0][0], at + cut[-1][1], None if bullet else lead))
        elif cut:
            out += [Unit(at + a, at + b) for a, b in cut]
            lead = len(out) - 1 if line.rstrip().endswith(("：", ":")) else None
        at += len(line) + 1
    return out


def _lawful(text: str, found: list[Unit]) -> list[Unit]:
    """Without what is addressed to a machine instead of stating a rule: planted, and never an answer."""
    if instruction_in(text) is None or any(u.lead is not None for u in found):
        return found
    return [u for u in found if instruction_in(text[u.start : u.end]) is None] or found


def _cut(line: str, start: int) -> list[Span]:
    """Places of the sentences of a line; long ones by their clauses."""
    out: list[Span] = []
    for m in _SENTENCE.finditer(line, start):
        clauses = [m] if len(m[0]) <= SHORT else list(_CLAUSE.finditer(line, *m.span()))
        out += [c.span() for c in clauses if c[0].strip()]
    return out


def _scores(text: str, found: list[Unit], question: str) -> list[float]:
    lay, law = mass(content(question)), mass(" ".join(terms(question)))
    most_lay = sum(lay.values()) or 1.0
    most_law = min(sum(law.values()), MOST_KNOWN) or 1.0
    said = quantities(question)

    def by_words(unit: Unit) -> float:
        there = pieces(text[unit.start : unit.end])
        return matched(lay, there) / most_lay + min(matched(law, there), most_law) / most_law

    words = [by_words(u) for u in found]
    leads = [LEAD * words[u.lead] if u.lead is not None else 0.0 for u in found]
    kinds = [KIND * _kind(question, said, text[u.start : u.end]) for u in found]
    return [sum(parts) for parts in zip(words, leads, kinds, strict=True)]


def _kind(question: str, said: list[Quantity], sentence: str) -> float:
    """How much a sentence is of the kind asked for: a time, an amount, an authority, a yes or no."""
    there = quantities(sentence)
    measures = {q.unit for q in there}
    asked = (
        (bool(_TIME.search(question)), 1.0, bool(measures & _TIME_UNITS or _NOW.search(sentence))),
        (bool(_MONEY.search(question)), 1.0, bool(measures & _MONEY_UNITS)),
        (bool(said), 1.0, any(comparable(a, b) for a in said for b in there)),
        (bool(_WHO.search(question)), 0.5, bool(_AUTHORITY.search(sentence))),
        (bool(_WHETHER.search(question)), 0.5, bool(modalities(sentence))),
    )
    return sum(weight for wanted, weight, has in asked if wanted and has)


def _with_lead(found: list[Unit], place: int) -> list[int]:
    lead = found[place].lead
    return [place] if lead is None else [lead, place]


def _whole_list(text: str, found: list[Unit], best: int, question: str) -> set[int]:
    """The list that the best sentence opens or belongs to, when the question asks for all of it."""
    opened = found[best].lead
    lead = best if opened is None else opened
    items = {i for i, u in enumerate(found) if u.lead == lead}
    whole = {lead, *items} if items and (_WHICH.search(question) or lead == best) else set[int]()
    return whole if _length(found, whole) <= LISTED else set()


def _exceptions(text: str, found: list[Unit], kept: set[int]) -> set[int]:
    """What excepts from a sentence stands with it, whichever of the two was chosen."""
    pairs = {
        (i, i + 1)
        for i in range(len(found) - 1)
        if found[i + 1].lead is None
        and found[i + 1].start - found[i].end < 1
        and _EXCEPTION.match(text[found[i + 1].start : found[i + 1].end].strip())
    }
    return {i for pair in pairs if kept & set(pair) for i in pair}


def _length(found: list[Unit], places: set[int] | list[int]) -> int:
    return sum(found[i].end - found[i].start for i in places)


def _joined(text: str, found: list[Unit], kept: set[int], apart: bool) -> list[Span]:
    """Spans of the kept units; neighbours are one, in a guide every line is its own."""
    order = sorted(kept)
    spans: list[Span] = [(found[i].start, found[i].end) for i in order[:1]]
    for before, i in pairwise(order):
        if i == before + 1 and not apart:
            spans[-1] = (spans[-1][0], found[i].end)
        else:
            spans.append((found[i].start, found[i].end))
    return [_trimmed(text, s) for s in spans]


def _trimmed(text: str, span: Span) -> Span:
    words = text[slice(*span)]
    return span[0] + len(words) - len(words.lstrip()), span[1] - (len(words) - len(words.rstrip()))


_BOUNDED = re.compile(
    r"(?:自[^，。；]{1,12}(?:之日)?起|最[长短多少低高晚]|不得?(?:超过|少于|低于)|不满|超过|(?:可以)?再?延长){0,2}$"
)
_AFTER = re.compile(r"^(?:以内|之内|内|以上|以下|之日起|前|后)?(?:的?罚款)?")
_AT_ONCE = re.compile("当场[\u4e00-\u9fff]{2}")
_TO = re.compile(r"^(?:至|到|以上|—|-)$")


def key_words(question: str, text: str, spans: list[Span], most: int = 3) -> list[str]:
    """The times or amounts a question asks for, as they stand in the marked words (最长不得超过3年), at most `most`."""
    wanted = (_TIME_UNITS if _TIME.search(question) else set()) | (_MONEY_UNITS if _MONEY.search(question) else set())
    found: list[str] = []
    for start, end in spans:
        words = text[start:end]
        found += _AT_ONCE.findall(words) if _TIME.search(question) else []
        for a, b in _ranges(words, [q for q in quantities(words) if q.unit in wanted]):
            lead = _BOUNDED.search(words[:a])
            after = _AFTER.match(words[b:])
            found.append(words[a - len(lead[0] if lead else "") : b + len(after[0] if after else "")])
    return list(dict.fromkeys(found))[:most]


def _ranges(words: str, found: list[Quantity]) -> list[Span]:
    """Places of quantities; 1万元以上10万元以下 is one."""
    out: list[Span] = []
    for q in found:
        if out and _TO.match(words[out[-1][1] : q.start]):
            out[-1] = (out[-1][0], q.end)
        else:
            out.append((q.start, q.end))
    return out
