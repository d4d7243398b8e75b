"""The applicant's question in the words of the law, as a second query; helps because the two share hardly a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from knowledge.index import Hit
from prompts.ask import ModelError, ask
from prompts.call import within
from prompts.models import Models
from prompts.settings import Settings

LONGEST = 120
NEAR = 0.90
"""Cosine of the nearest hit from which a search is taken to have found what was meant, with the default embedder. Of 60
lay questions half of the 20 below it had missed their article, and 5 of the 40 above; with sayings in the index fewer
lie below. There the default model's wording gained nothing, which is why the setting is off."""

Search = Callable[[str, Sequence[str]], list[Hit]]
"""(question, rewordings) → hits, best first."""


def reword(models: Models, question: str, seconds: float | None = None) -> list[str]:
    """The question in legal words, none when the model fails, is late or only repeats it. One short model call.

    The words serve to search and are never shown or cited. `seconds`: longest wait; a late reply, of at most 60
    tokens, is thrown away. That is no fault of the model and does not count against it.
    """
    if not question.strip():
        return []
    try:
        answer = (
            ask(models, "chat", "reword_question", str, question=question[:300])
            if seconds is None
            else within(seconds, lambda: ask(models, "chat", "reword_question", str, question=question[:300]))
        )
    except ModelError:
        return []
    words = re.sub(r"^\s*(?:改写|检索词|法律用语)[：:]\s*", "", answer.value.strip().split("\n")[0])[:LONGEST].strip()
    return [words] if words and words != question.strip() else []


def weak(hits: Sequence[Hit]) -> bool:
    """Whether a search seems to have missed: nothing found, or nothing named and even the nearest hit far in meaning.

    A search by words alone says nothing of nearness and does not count as weak.
    """
    cosines = [h.meaning for h in hits if h.meaning is not None]
    return not hits or not hits[0].cited and bool(cosines) and max(cosines) < NEAR


def search_twice(question: str, search: Search, models: Models | None, settings: Settings) -> list[Hit]:
    """Hits for a question; where they are weak and the setting allows, for it and its rewording together.

    `question` is already in full (a follow-up with what it follows on). Waits `rewording_s` longer at most.
    """
    hits = search(question, ())
    if models is None or settings.rewording == "off" or not weak(hits) or not models.ready("chat"):
        return hits
    again = reword(models, question, settings.rewording_s)
    return search(question, again) if again else hits
