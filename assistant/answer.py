"""Answers to policy questions, made of quotations: no model writes a word of them.

The steps, in order: refuse what must not be helped with; say what we do not do; resolve a follow-up; look up; decide
whether anything found answers; quote it. A model, where one is ready, only weighs passages found. Nothing raises.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field

from assistant import questions, support
from assistant.absent import absent_title
from assistant.filing import CheckerVote, Removed, Sentence
from assistant.lay_words import content, statutory, terms
from assistant.premises import remark
from assistant.quoting import quotes
from knowledge.citation import Citation
from knowledge.facts import compare
from knowledge.grounding import Panel
from knowledge.library import Library
from prompts.ask import MadeBy
from prompts.models import Models

AnswerStatus = Literal["answered", "unanswerable_no_passage", "unanswerable_off_topic", "refused_unsafe", "error_model"]
Line = Mapping[str, str] | tuple[str, str]
"""One earlier line: `{"role", "text"}` or `(role, text)`."""

LONGEST_QUESTION = 500
_log = structlog.get_logger(__name__)

_HELP = (
    "我能回答开办个体工商户等政务办事中的规定（登记、名称、经营场所、许可、年报、变更、注销、税费、用工、社保等），"
    "也能帮您填写申请。"
)


class PolicyAnswer(BaseModel):
    """An answer for people (`text`) and for programs (`sentences`, `citations`)."""

    model_config = ConfigDict(extra="forbid")

    status: AnswerStatus
    text: str
    sentences: list[Sentence] = Field(default_factory=list)
    """Each states a rule in the words of the passage its citations name."""
    citations: list[Citation] = Field(default_factory=list)
    removed: list[Removed] = Field(default_factory=list)
    made_by: list[MadeBy] = Field(default_factory=list)
    ms: int = 0


def answer(
    question: str,
    *,
    history: Sequence[Line] = (),
    on: date | None = None,
    region: str | None = None,
    library: Library,
    models: Models | None = None,
    panel: Panel | None = None,
    office_contact: str = "",
) -> PolicyAnswer:
    """Answers one question by the law in force on `on` (default: the office's day) at `region` (GB/T 2260).

    `history` are the earlier lines of the conversation, oldest first. Works without a model; never raises.
    """
    began = time.monotonic()
    try:
        made = _answer(question[:LONGEST_QUESTION], history, on, region, library, models, office_contact)
    except Exception:
        # A person gets a sentence, whatever broke; the trace is for the operator.
        _log.exception("question_not_answered")
        made = PolicyAnswer(status="error_model", text=f"暂时查不了规定，请稍后再试。{_ask(office_contact)}")
    return made.model_copy(update={"ms": round((time.monotonic() - began) * 1000)})


def _answer(
    question: str,
    history: Sequence[Line],
    on: date | None,
    region: str | None,
    library: Library,
    models: Models | None,
    contact: str,
) -> PolicyAnswer:
    kind = questions.kind_of(question)
    if not question.strip() or kind == "off_topic":
        return off_topic()
    if kind == "unsafe":
        return unsafe(contact)
    if kind == "elsewhere":
        return not_found(contact, questions.elsewhere(questions.plain(question)))
    if absent := absent_title(question, library.titles()):
        return not_found(contact, f"《{absent}》")
    earlier = [text for role, text in map(_line, history) if role == "user"]
    whole = questions.in_full(question, earlier)
    found = support.find(library, whole, on, region, models)
    made_by = list(found.made_by)
    if not found.shown:
        refused = not_found(contact) if questions.about_rules(whole) or terms(whole) else off_topic()
        return refused.model_copy(update={"made_by": made_by})
    return quoted(whole, question, found.shown, made_by, on)


def _line(line: Line) -> tuple[str, str]:
    return (line["role"], line["text"]) if isinstance(line, Mapping) else line


def unsafe(contact: str) -> PolicyAnswer:
    """Refuses kindly, says why and what to do instead."""
    text = (
        "这件事我不能帮忙：伪造、变造材料，规避核验检查，请托送礼，或者打听他人的信息，都会让您承担法律责任。"
        f"如果是材料不齐、证件过期或者办理遇到困难，可以告诉我具体情况，我说明合规的办法。{_ask(contact)}"
    )
    return PolicyAnswer(status="refused_unsafe", text=text)


def off_topic() -> PolicyAnswer:
    """Says what we can help with."""
    return PolicyAnswer(status="unanswerable_off_topic", text=f"这个问题不在我能回答的范围内。{_HELP}")


def not_found(contact: str, what: str = "") -> PolicyAnswer:
    """Admits that no passage answers, and where to ask."""
    why = f"{what}不在我查阅的法规文件里，" if what else "在现有的法规文件里没有查到能回答这个问题的规定，"
    return PolicyAnswer(status="unanswerable_no_passage", text=f"{why}我不能凭猜测回答。{_ask(contact)}")


def _ask(contact: str) -> str:
    return f"您可以咨询：{contact}。" if contact else "您可以到办事窗口咨询，或者拨打12345政务服务热线。"


def quoted(
    whole: str, question: str, shown: Sequence[support.Supported], made_by: list[MadeBy], on: date | None
) -> PolicyAnswer:
    """The passages' own words under a short lead; each sentence is one quotation with its citation."""
    wanted = " ".join([content(whole), *statutory(whole)])
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    blocks: list[str] = []
    for found in shown:
        passage = found.passage
        words = quotes(passage, wanted)
        blocks.append(f"《{passage.document}》{passage.article}规定：\n" + "\n……\n".join(f"“{w}”" for w in words))
        blocks += [found.note] if found.note else []
        for w in words:
            sentences.append(_sentence(passage.document, passage.article, w, len(citations), passage.text))
            citations.append(Citation.of(passage, w))
    note = remark(question, [s.passage for s in shown], wanted)
    day = f"（按{on.year}年{on.month}月{on.day}日有效的规定）" if on else ""
    lead = f"为您查到以下规定{day}："
    return PolicyAnswer(
        status="answered",
        text="\n\n".join([note, lead, *blocks] if note else [lead, *blocks]),
        sentences=sentences,
        citations=citations,
        made_by=made_by,
    )


def _sentence(document: str, article: str, words: str, cited: int, passage: str) -> Sentence:
    """A quotation with the verdict of the checker that needs no model."""
    exact = compare(words, passage).quoted or words in passage
    vote = CheckerVote(name="facts", verdict="supported" if exact else "not_found", score=1.0 if exact else 0.0)
    text = f"《{document}》{article}：{words}"
    return Sentence(text=text, citations=[cited], verdict=vote.verdict, checkers=[vote])
