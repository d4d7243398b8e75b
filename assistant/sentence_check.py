"""Whether a sentence that a model wrote may be shown: what code can see first, then the panel, claim by claim.

A model that obeys whatever it reads also judges as it is told. So nothing rests on a model alone: what a sentence
names, quotes and counts must stand in the passages it cites, and most of its words too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.citation import Passage, Verdict, locate
from knowledge.facts import compare
from knowledge.grounding import Checked, CheckerResult, Panel, split_claims
from knowledge.instructions import instruction_in
from prompts.ask import MadeBy

NEAR = 0.5
"""Share of a sentence's two-character pieces that must stand in the passage; the words of a law bear little change."""
_ARTICLE = re.compile(r"第\s*[零〇一二三四五六七八九十百千\d]+\s*条(?:之[一二三四五六七八九十])?")
_TITLE = re.compile(r"《([^《》]{2,60})》")
_QUOTE = re.compile(r"[“「『\"]([^”」』\"]{2,})[”」』\"]")
_NOT = re.compile(
    r"(?:不得|不能够?|不可以?|不准|不许|不予|不应当?|不要|不用|不必|不需要?|无需|无须|禁止|严禁|免予|免于|没有|未经|未)"
    r"(?:再|被|在|以|擅自|自行|直接|予以)?([\u4e00-\u9fff]{2})"
)
_REACH = re.compile(
    r"https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|gov)|[\w.+-]+@[\w-]+|[<>{}]|\d{5,}|微信|qq|账[户号]|转账|汇款|扫码",
    re.I,
)


@dataclass(frozen=True)
class Judged:
    """The verdict on one sentence: it stands on `passages`, or not, and why in Chinese."""

    verdict: Verdict
    why: str
    passages: tuple[Passage, ...] = ()
    votes: tuple[CheckerResult, ...] = ()
    made_by: tuple[MadeBy, ...] = ()
    mendable: bool = True
    """Whether other words for the same could stand."""

    @property
    def stands(self) -> bool:
        """May be shown."""
        return self.verdict == "supported"


def judge(panel: Panel, words: str, cited: Sequence[Passage]) -> Judged:
    """Checks every claim of a sentence against the passages it names; one of them must support it. Never raises."""
    claims = split_claims(words)
    if not cited:
        return Judged("not_found", "没有注明出自哪一条", mendable=False)
    if not claims:
        return Judged("not_found", "没有说出一条规定", mendable=False)
    if why := _strange(words, cited):
        return Judged("not_found", why, mendable=False)
    passages: list[Passage] = []
    votes: list[CheckerResult] = []
    made_by: list[MadeBy] = []
    for claim in claims:
        best = max(((p, panel.check(claim, p.text)) for p in cited), key=lambda found: _rank(claim, *found))
        made_by += best[1].made_by
        votes += best[1].checkers
        if why := _against(claim, *best):
            verdict: Verdict = "not_found" if best[1].verdict == "supported" else best[1].verdict
            return Judged(verdict, why, votes=tuple(votes), made_by=tuple(made_by))
        if best[0] not in passages:
            passages.append(best[0])
    return Judged("supported", "", tuple(passages), tuple(votes), tuple(made_by))


def _strange(words: str, cited: Sequence[Passage]) -> str:
    """What a sentence names that its passages do not have: articles, documents, quotations, ways to be reached."""
    there = "\n".join(f"《{p.document}》{p.article}\n{p.text}" for p in cited)
    if instruction_in(words):
        return "是对审核系统的指令，不是规定"
    for kind, pattern in (("条号", _ARTICLE), ("文件", _TITLE), ("引文", _QUOTE), ("联系方式或数字", _REACH)):
        for found in pattern.finditer(words):
            if locate(found[1] if pattern.groups else found[0], there) is None:
                return f"{kind}“{found[0][:40]}”不在所引条文里"
    return ""


def _turned(claim: str, text: str) -> str:
    """The word that one of the two denies and the other does not; a word the passage lacks cannot be denied either."""
    ours, theirs = _denied(claim), _denied(text)
    added = (w for w in ours if w not in theirs)
    dropped = (w for w in theirs if w in claim and w not in ours)
    return next(added, "") or next(dropped, "")


def _denied(text: str) -> list[str]:
    """The first two characters of what is denied: 不得超过 → 超过."""
    return [m[1] for m in _NOT.finditer(text)]


def _rank(claim: str, passage: Passage, checked: Checked) -> tuple[bool, float]:
    return not _against(claim, passage, checked), checked.score


def _against(claim: str, passage: Passage, checked: Checked) -> str:
    """Why a claim may not be shown on this passage; empty when it may."""
    facts = compare(claim, passage.text)
    if facts.quoted:
        return ""
    if facts.has("number", "missing_number", "bound", "modality", "negation", "order"):
        return facts.why
    if turned := _turned(claim, passage.text):
        return f"“{turned}”与所引条文的肯定或者否定不一致"
    if facts.coverage < NEAR:
        return "多数词句不在所引条文里"
    if checked.verdict != "supported":
        return checked.why or "条文得不出这个意思"
    failed = any(c.verdict is None for c in checked.checkers)
    if failed and not any(c.name != "facts" and c.verdict == "supported" for c in checked.checkers):
        return "应当核对这句话的模型没有核对成"
    return ""
