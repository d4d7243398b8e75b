"""Answers kept in memory, so that a question many people ask is looked up once. Never one with personal data.

The key is a digest of all an answer depends on; the question itself is not kept. What is kept are rules and where to
ask, the same for everybody.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date

from assistant.policy_answer import PolicyAnswer
from assistant.private_words import personal
from assistant.support import known_reviews
from assistant.written import PROMPTS as WRITTEN
from assistant.written import may_write
from knowledge.library import Library
from prompts.models import Models
from prompts.settings import Role

ENTRIES = 2000
BYTES = 32 * 2**20
_ROLES: tuple[tuple[Role, tuple[str, ...]], ...] = (("judge", ("judge_answers", "judge_claim")), ("writer", WRITTEN))


class AnswerCache:
    """Least recently used answers, thread-safe; bounded by their number and by the bytes of their text."""

    def __init__(self, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._entries, self._most = entries, size
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> PolicyAnswer | None:
        """The answer kept under a key; its model calls are marked as not made again."""
        with self._lock:
            raw = self._kept.get(key)
            if raw is None:
                return None
            self._kept.move_to_end(key)
        made = PolicyAnswer.model_validate_json(raw)
        return made.model_copy(update={"made_by": [m.model_copy(update={"cached": True}) for m in made.made_by]})

    def put(self, key: str, made: PolicyAnswer) -> None:
        """Keeps an answer; one that says that something broke, or is larger than everything allowed, is not kept."""
        raw = made.model_dump_json().encode()
        if made.status == "error_model" or len(raw) > self._most:
            return
        with self._lock:
            self._bytes += len(raw) - len(self._kept.pop(key, b""))
            self._kept[key] = raw
            while len(self._kept) > self._entries or self._bytes > self._most:
                self._bytes -= len(self._kept.popitem(last=False)[1])

    def __len__(self) -> int:
        return len(self._kept)


def cache_key(
    question: str,
    history: Sequence[tuple[str, str]],
    on: date | None,
    region: str | None,
    library: Library,
    models: Models | None,
    contact: str,
) -> str | None:
    """Digest of everything the answer depends on; None when it must not be kept, or no day is given to keep it for."""
    if on is None or personal([question, *(text for _, text in history)]):
        return None
    state = library.status()
    if not state.ready:
        return None
    parts = [
        question.strip(),
        list(history),
        str(on),
        region or "",
        contact,
        [state.version, state.vectors_done, state.embedder],
        hashlib.sha256(repr(known_reviews(library)).encode()).hexdigest(),
        [_bound(models, role, names) for role, names in _ROLES] if models else [],
        may_write(models) if models else False,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _bound(models: Models, role: Role, names: Sequence[str]) -> list[str]:
    """The model of a role, whether it works now, and the prompts it is given."""
    return [models.name(role), models.family(role), str(models.ready(role)), *(models.prompt(n).sha256 for n in names)]
