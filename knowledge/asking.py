"""Lay questions for passages nobody wrote any for, by the model of the role chat: the slow work behind the search.

Ordinary people's words share hardly a word with the law; what they would ask about an article shares many with what
others ask. The questions are found by, never shown and never cited (`made_questions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from knowledge.asked_filter import kept, worth_asking
from knowledge.citation import Passage
from knowledge.guides import RANK as GUIDE
from knowledge.guides import statements
from knowledge.health_bases import named_articles
from knowledge.items import Item
from knowledge.made_questions import Made, Questions
from knowledge.questions import text_key
from knowledge.scopes import Scopes
from knowledge.sources import title_key
from prompts import Prompt
from prompts.ask import BadReply, ask
from prompts.models import Models

PROMPT = "lay_questions"
READ = 300
"""Characters of a passage that the model reads: what follows is detail, and reading is half of the cost."""
_SENTENCE = re.compile(r".*[。；！？]", re.DOTALL)


Short = Annotated[str, Field(max_length=60)]
"""Bounded so that a run-on reply ends."""


class Asked(BaseModel):
    """The reply: three people's questions. A small model that is asked for a list says one thing three times."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    doer: Short = Field(alias="要做事的人")
    sufferer: Short = Field(alias="碰上事的人")
    asker: Short = Field(alias="问细处的人")

    @property
    def questions(self) -> list[str]:
        """All three."""
        return [self.doer, self.sufferer, self.asker]


@dataclass(frozen=True)
class Unit:
    """A passage that has no questions yet; light, because a city's library has hundreds of thousands."""

    passage: str
    """Id."""
    rank: int
    """0: a service item, guide or scope entry rests on it; 1: on another article of its document; 2: the rest."""


def write(models: Models, passage: Passage) -> Made:
    """Asks the model for questions on a passage and filters them. One call, or none for what people never ask.

    Raises `prompts.ask.ModelError` except `BadReply`, which says as much as no question: the next try would say it too.
    """
    key, document = text_key(passage.text), f"{passage.document}@{passage.version}"
    if not worth_asking(passage.text):
        return Made(key=key, document=document)
    prompt, family = models.prompt(PROMPT), models.family("chat")
    try:
        answer = ask(models, "chat", prompt, Asked, passage=shown(passage))
    except BadReply:
        return Made(key=key, document=document, model=family, prompt=prompt.ref, at=datetime.now(UTC))
    by = answer.made_by
    return Made(
        key=key,
        document=document,
        questions=kept(_questions(answer.value), passage.document, passage.text),
        model=family,
        prompt=prompt.ref,
        at=datetime.now(UTC),
        tokens_in=by.tokens_in,
        tokens_out=by.tokens_out,
        ms=by.ms,
    )


def _questions(value: BaseModel) -> list[str]:
    return value.questions if isinstance(value, Asked) else []


def shown(passage: Passage) -> str:
    """What the model reads: the title, for its context, and the first sentences."""
    text = passage.text
    if len(text) > READ:
        cut = _SENTENCE.match(text[:READ])
        text = cut.group() if cut else text[:READ]
    return f"{passage.document}：{text}"


def pending(
    passages: Iterable[Passage],
    questions: Questions,
    models: Models,
    on: date,
    items: Sequence[Item] = (),
    scopes: Scopes | None = None,
) -> list[Unit]:
    """Passages in force on that day or later that lack questions, those first that the office's own work rests on.

    Each text once, however many versions hold it.
    """
    prompt, family = Prompt.load(PROMPT).ref, models.family("chat")
    named, seen = named_articles(items, scopes), set[str]()
    found: list[tuple[str, tuple[str, str]]] = []
    for p in passages:
        if p.rank == GUIDE:
            named |= {(title_key(s.document), s.article) for s in statements(p)}
        key = text_key(p.text)
        if key in seen or not (p.in_force_to is None or on < p.in_force_to):
            continue
        seen.add(key)
        if questions.wanted(p.text, family, prompt):
            found.append((p.id, (title_key(p.document), p.article.split("(")[0])))
    titles = {title for title, _ in named}
    units = [Unit(i, 0 if place in named else 1 if place[0] in titles else 2) for i, place in found]
    return sorted(units, key=lambda u: u.rank)
