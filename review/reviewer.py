"""What rules cannot see: the item's own questions, asked one at a time over the few lines that matter.

The model answers 是 or 否; a finding needs words copied from a visible line, located mechanically, and is then checked
by the panel. It weighs as the item says only when a checker of another family agrees; otherwise it is a hint to the
clerk (`info`, `disputed` or `unchecked`). Weights measured to be no use at this are not asked at all. Names, sex,
ethnic group and numbers of people are not shown to the model.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel

from assistant.filing import Material, Severity
from knowledge.documents import ReadDocument
from knowledge.instructions import instruction_in
from knowledge.item_parts import ReviewQuestion
from prompts.ask import MadeBy, ModelError, ask, weigh
from review.case import About, Case, CheckerVerdict, Finding, Place, Standing
from review.compare import plain
from review.crosscheck import crosscheck
from review.first_pass import submitted
from review.rules import basis, finding_id, review_rules
from review.submitted import Defect, Submitted, VisibleLine

if TYPE_CHECKING:
    from assistant.conversation import Parts


LINES = 3
"""Lines of a document shown to the model at a time."""
SECONDS = 40.0
"""Longest time for the questions of one case; what is left is named and goes to the clerk."""
FIRM = 3.0
"""Log-odds above which an answer counts; below, the question stays open."""
_PEOPLE = ("operator_name", "contact_name", "agent_name")
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")
_TELLING = re.compile("用途|用于|不得|禁止|仅|只能|只可|限|同意|许可|经营范围|特别约定|转租|坐落|房屋")


class Copied(BaseModel):
    """Words copied from the material that decide the answer; empty when there are none."""

    quote: str


@cache
def unfit() -> frozenset[str]:
    """Weights that were measured on these questions and cannot answer them (`readers.yaml`)."""
    return frozenset(yaml.safe_load(Path(__file__).with_name("readers.yaml").read_text(encoding="utf-8")))


@dataclass
class Told:
    """What the questions brought."""

    findings: list[Finding] = field(default_factory=list)
    inconclusive: dict[str, str] = field(default_factory=dict)
    made_by: list[MadeBy] = field(default_factory=list)


class Reviewer:
    """The first pass: rules, then questions. It changes nothing and decides nothing."""

    def __init__(self, parts: Parts, read: Callable[[Material], ReadDocument | None]) -> None:
        """`read(material)` gives what can be read in a document, None when it cannot."""
        self.parts = parts
        self._read = read

    def submitted(self, case: Case) -> Submitted:
        """What the checks see of a case."""
        return submitted(case, self.parts, self._read)

    def rules(self, case: Case) -> tuple[list[Finding], dict[str, str]]:
        """(findings, {code: why undecided}) of every check."""
        return review_rules(self.submitted(case))

    def questions(self, case: Case, found: list[Finding], gaps: dict[str, str]) -> Told:
        """Findings only reading can bring. Without a model, what was not asked is said."""
        told = Told()
        s = self.submitted(case)
        open_ = [q for q in s.item.questions if worth_asking(s, q, found, gaps)]
        why = ("申请人选择不用人工智能" if s.filing.by_hand else self.unasked()) if open_ else ""
        if why:
            told.inconclusive = {q.code: f"{why}，没有核对：{q.ask}" for q in open_}
            return told
        until = time.monotonic() + SECONDS
        for question in open_:
            if time.monotonic() < until:
                self._ask(s, question, told)
            else:
                told.inconclusive[question.code] = f"时间不够，没有核对：{question.ask}"
        return told

    def unasked(self) -> str:
        """Why the model is not asked, in words for the clerk; empty when it is."""
        models = self.parts.models
        if not models.ready("reviewer"):
            return "模型不可用"
        return "这个模型没有通过阅读评测" if models.family("reviewer") in unfit() else ""

    def _ask(self, s: Submitted, question: ReviewQuestion, told: Told) -> None:
        """One question over each document it is about; a model that fails leaves it open."""
        about: list[Material | None] = [*documents(s, question)] or [None]
        for material in about:
            lines = relevant(s, question, material) if material else []
            if material and not lines:
                continue
            try:
                self._judge(s, question, material, lines, told)
            except ModelError as error:
                told.inconclusive[question.code] = f"没有核对“{question.ask}”：{error}"

    def _judge(
        self, s: Submitted, question: ReviewQuestion, material: Material | None, lines: list[VisibleLine], told: Told
    ) -> None:
        words = blind(s, "\n".join(line.text for line in lines)) or "（没有材料）"
        shown = {"question": question.ask, "yes": question.yes, "no": question.no, "facts": facts(s, question)}
        answer = weigh(self.parts.models, "reviewer", "review_question", ("是", "否"), words=words, **shown)
        told.made_by.append(answer.made_by)
        odds = answer.value if question.finding_if == "yes" else -answer.value
        if odds < FIRM:
            return
        place = self._quoted(s, question, material, lines, told) if material else None
        if material is None or place is not None:
            told.findings.append(self._finding(s, question, place, answer.made_by, told))

    def _quoted(
        self, s: Submitted, question: ReviewQuestion, material: Material, lines: list[VisibleLine], told: Told
    ) -> Place | None:
        """The visible line that holds the words the model copied; None when it made them up."""
        copied = ask(
            self.parts.models,
            "reviewer",
            "review_quote",
            Copied,
            question=question.ask,
            words=blind(s, "\n".join(line.text for line in lines)),
        )
        told.made_by.append(copied.made_by)
        wanted = plain(str(copied.value.model_dump()["quote"]))
        for line in lines:
            text = plain(blind(s, line.text))
            if len(wanted) >= 4 and (wanted in text or text in wanted):
                return Place(id=material.id, page=line.page, box=line.box, quote=line.text)
        return None

    def _finding(
        self, s: Submitted, question: ReviewQuestion, place: Place | None, made_by: MadeBy, told: Told
    ) -> Finding:
        check = s.item.check(question.code)
        said = question.yes if question.finding_if == "yes" else question.no
        evidence = place.quote if place and place.quote else facts(s, question)
        checked = crosscheck(self.parts.panel, self.parts.models.family("reviewer"), said, blind(s, evidence))
        told.made_by.extend(checked.made_by)
        severity = weight(check.severity if check else "warn", checked.standing)
        other = question.no if question.finding_if == "yes" else question.yes
        about = About(fields=list(question.fields), materials=[place] if place else [])
        defect = Defect(other, evidence, said, tuple(question.fields), tuple(about.materials))
        return Finding(
            id="m" + finding_id(question.id, defect),
            code=question.code,
            severity=severity,
            source="model",
            standing=checked.standing,
            about=about,
            expected=other,
            found=evidence,
            message=f"请核对：{question.ask}初步看法：{said}",
            remedy=check.remedy if check else "",
            basis=basis(s, [question.basis]),
            verdicts=list(checked.verdicts),
            made_by=made_by,
        )


def weight(usual: Severity, standing: Standing) -> Severity:
    """A model's finding weighs as usual only when an independent checker bears it out."""
    return usual if standing == "supported" else "info"


def worth_asking(s: Submitted, question: ReviewQuestion, found: list[Finding], gaps: dict[str, str]) -> bool:
    """Whether a question applies and no rule has settled it."""
    if question.needed_if is not None and not question.needed_if.holds(s.values):
        return False
    if any(f.code == question.code for f in found):
        return False
    if question.materials:
        return bool(documents(s, question))
    return question.code in gaps or question.id not in _SETTLED_BY_RULE


_SETTLED_BY_RULE = {"scope_covers_business"}
"""Questions without a document that a rule decides unless it says it cannot."""


def documents(s: Submitted, question: ReviewQuestion) -> list[Material]:
    """Readable documents the question is about."""
    return [m for m in s.usable(*question.materials) if s.lines(m)] if question.materials else []


def relevant(s: Submitted, question: ReviewQuestion, material: Material) -> list[VisibleLine]:
    """The lines most likely to decide the question, in page order; words to the reviewer are left out."""
    wanted = {c for name in question.fields for c in str(s.of(name, ""))} - set("的是在和、，。（）")
    scored = [(_score(line.text, wanted), n, line) for n, line in enumerate(s.lines(material))]
    best = sorted((row for row in scored if row[0] > 0), key=lambda row: (-row[0], row[1]))[:LINES]
    return [line for _, _, line in sorted(best, key=lambda row: row[1])]


def _score(text: str, wanted: set[str]) -> float:
    if len(text) < 4 or instruction_in(text):
        return 0.0
    telling = len(_TELLING.findall(text))
    return telling + len(wanted & set(text)) / max(6, len(wanted)) if telling else 0.0


def blind(s: Submitted, text: str) -> str:
    """The text without names and numbers of people: who somebody is must not matter."""
    names = {str(s.of(name)) for name in _PEOPLE if s.of(name)}
    names |= {str(p.get("name", "")) for p in s.of("family_members") or ()}
    for m in s.filing.materials:
        for key in ("name", "lessor_name", "lessee_name", "owner_name", "holder", "person", "operator_name"):
            value = m.values.get(key)
            names |= {str(value.value)} if value is not None and isinstance(value.value, str) else set()
    for name in sorted((n for n in names if len(n) >= 2), key=len, reverse=True):
        text = text.replace(name, "某人")
    return _ID.sub("（号码）", text)


def facts(s: Submitted, question: ReviewQuestion) -> str:
    """What the filing says on the question, blind."""
    rows = []
    for name in question.fields:
        value = s.of(name)
        if value is not None:
            said = "、".join(map(str, value)) if isinstance(value, list) else str(value)
            rows.append(f"{s.item.field(name).title}：{said}")
    return blind(s, "；".join(rows))


__all__ = ["CheckerVerdict", "Reviewer", "Told", "blind", "facts", "relevant", "weight", "worth_asking"]
