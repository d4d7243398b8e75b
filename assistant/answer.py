"""Answers to policy questions, chosen by measurement between two ways of making them.

Quoted: the words of the passages in force, no model writes. Written: plain sentences by a model that has passed the
answer suite (`prompts.roles`), each checked before it is shown. The steps before are the same, in order: refuse what
must not be helped with; say what we do not do; resolve a follow-up; look up; decide whether anything found answers.
Nothing raises.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from assistant import questions, support, written
from assistant.absent import absent_title
from assistant.answer_cache import AnswerCache, cache_key
from assistant.lay_words import terms
from assistant.policy_answer import AnswerStatus, PolicyAnswer
from assistant.quoted import quoted
from assistant.refusals import near_miss, not_found, off_topic, unsafe, where_to_ask
from assistant.written import Hear
from knowledge.grounding import Panel
from knowledge.library import Library
from prompts.ask import MadeBy
from prompts.models import Models

__all__ = ["AnswerStatus", "Asked", "PolicyAnswer", "answer"]

Line = Mapping[str, str] | tuple[str, str]
"""One earlier line: `{"role", "text"}` or `(role, text)`."""

LONGEST_QUESTION = 500
NEAR = 0.2
"""Probability of the best passage above which a refusal shows it as the nearest provision."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """A question with everything its answer depends on."""

    question: str
    earlier: tuple[tuple[str, str], ...]
    """(role, text), oldest first."""
    on: date | None
    region: str | None
    library: Library
    models: Models | None
    panel: Panel
    contact: str
    hear: Hear | None = None

    @property
    def whole(self) -> str:
        """The question with what it leans on."""
        return questions.in_full(self.question, [text for role, text in self.earlier if role == "user"])


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
    cache: AnswerCache | None = None,
    hear: Hear | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PolicyAnswer:
    """Answers one question by the law in force on `on` (default: the office's day) at `region` (GB/T 2260).

    `history` are the earlier lines of the conversation, oldest first. `hear` is given every sentence of a written
    answer once it is checked, before the rest is. Works without a model; never raises.
    """
    began = clock()
    earlier = tuple(map(_line, history))
    asked = Asked(
        question[:LONGEST_QUESTION], earlier, on, region, library, models, panel or Panel(models), office_contact, hear
    )
    try:
        made = _answer(asked) if cache is None else _kept(asked, cache)
    except Exception:
        # A person gets a sentence, whatever broke; the trace is for the operator.
        _log.exception("question_not_answered")
        made = PolicyAnswer(status="error_model", text=f"暂时查不了规定，请稍后再试。{where_to_ask(office_contact)}")
    return made.model_copy(update={"ms": round((clock() - began) * 1000)})


def _kept(asked: Asked, cache: AnswerCache) -> PolicyAnswer:
    """The answer kept for this question under these conditions, else a new one, kept where it may be."""
    key = cache_key(asked.question, asked.earlier, asked.on, asked.region, asked.library, asked.models, asked.contact)
    if key is None:
        return _answer(asked)
    if (found := cache.get(key)) is None:
        found = _answer(asked)
        cache.put(key, found)
    return found


def _answer(asked: Asked) -> PolicyAnswer:
    refused = _refused_unread(asked)
    if refused is not None:
        return refused
    whole = asked.whole
    found = support.find(asked.library, whole, asked.on, asked.region, asked.models)
    if not found.shown:
        return _nothing(asked, whole, found).model_copy(update={"made_by": list(found.made_by)})
    return _made(asked, whole, found)


def _refused_unread(asked: Asked) -> PolicyAnswer | None:
    """What the words of the question alone refuse."""
    question, contact = asked.question, asked.contact
    kind = questions.kind_of(question)
    if not question.strip() or kind == "off_topic":
        return off_topic()
    if kind == "unsafe":
        return unsafe(contact)
    if kind == "elsewhere":
        return not_found(contact, questions.elsewhere(questions.plain(question)))
    absent = absent_title(question, asked.library.titles())
    return not_found(contact, f"《{absent}》") if absent else None


def _nothing(asked: Asked, whole: str, found: support.Support) -> PolicyAnswer:
    if not (questions.about_rules(whole) or terms(whole)):
        return off_topic()
    if found.absent:
        return not_found(asked.contact, f"《{found.absent}》")
    if found.nearest is not None and found.likely >= NEAR:
        return near_miss(asked.contact, whole, found.nearest)
    return not_found(asked.contact)


def _made(asked: Asked, whole: str, found: support.Support) -> PolicyAnswer:
    """The written answer where a model may write and at least one sentence stands; else the quoted one."""
    made_by: list[MadeBy] = list(found.made_by)
    draft = None
    if asked.models is not None and written.may_write(asked.models):
        draft = written.write(asked.models, asked.panel, whole, found.shown, asked.hear)
        made_by += draft.made_by
        if draft.sentences:
            return written.composed(draft, whole, asked.question, found.shown, made_by, asked.on)
    made = quoted(whole, asked.question, found.shown, made_by, asked.on)
    return made.model_copy(update={"removed": draft.removed}) if draft else made


def _line(line: Line) -> tuple[str, str]:
    return (line["role"], line["text"]) if isinstance(line, Mapping) else line
