"""A policy answer as server-sent events: `sentence` for each that is checked, then `done` with the whole."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import AsyncIterator, Callable
from typing import Any

from assistant.api_access import problem_of
from assistant.filing import Sentence
from assistant.policy_answer import PolicyAnswer
from assistant.written import Hear
from knowledge.citation import Citation

TICK_S = 0.2
"""Between two looks at an answer under way."""


async def events(work_on: Callable[[Hear], PolicyAnswer]) -> AsyncIterator[str]:
    """First a sign of life, then each sentence as soon as it is checked, then the whole answer."""
    heard: queue.SimpleQueue[tuple[Sentence, list[Citation]]] = queue.SimpleQueue()
    work = asyncio.create_task(asyncio.to_thread(work_on, lambda s, c: heard.put((s, c))))
    told, waited = 0, 0.0
    while not work.done():
        if waited % 1.0 < TICK_S:
            yield ": working\n\n"
        await asyncio.wait({work}, timeout=TICK_S)
        waited += TICK_S
        while not heard.empty():
            yield _event("sentence", _told(*heard.get()))
            told += 1
    try:
        made = work.result()
    except Exception as error:
        yield _event("problem", problem_of(error).body())
        return
    for sentence in made.sentences[told:]:
        yield _event("sentence", _told(sentence, [made.citations[i] for i in sentence.citations]))
    yield _event("done", made.model_dump(mode="json"))


def _told(sentence: Sentence, cited: list[Citation]) -> dict[str, Any]:
    return {**sentence.model_dump(mode="json"), "cited": [c.model_dump(mode="json") for c in cited]}


def _event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"
