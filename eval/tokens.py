"""Words sent to models for a whole filing, against prompts that carry the form, the talk and passages each turn.

The same conversations run through the product with models that answer nothing; what they were sent is counted, and so
is what a prompt with everything in it would have held at each turn. One token is a Chinese character, or four others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from assistant.conversation import Parts, open_filing, turn
from assistant.filing import Filing, Reply
from eval.subjects import ITEM, Subjects
from prompts.models import Models
from prompts.settings import Settings

SAMPLES = Path(__file__).parent / "samples/talks.yaml"
PASSAGES, TURNS = 3, 60
"""Passages a full prompt would carry, and turns after which a talk is given up."""
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Spent:
    """What one filing took: turns, calls of a model, one-token checks, tokens sent, and those of full prompts."""

    turns: int
    calls: int
    checks: int
    sent: int
    full: int
    ready: bool


def tokens(text: str) -> int:
    """Tokens of a text: one for a Chinese character, one for four others."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    return han + (len(text) - han + 3) // 4


def measure(path: Path = SAMPLES, settings: Settings | None = None) -> list[Spent]:
    """One row for each sample conversation."""
    talks: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    models = Models.scripted(lambda role, _: '{"said": []}' if role == "chat" else {"是": 0.5, "否": 0.5})
    with Subjects(settings or Settings(), models=models) as subjects:
        return [_played(talk, subjects.parts, models) for talk in talks]


def _played(talk: Mapping[str, Any], parts: Parts, models: Models) -> Spent:
    before, said, full = len(models.heard), str(talk["opening"]), 0
    between: dict[str, str] = dict(talk["between"])
    filing, reply = open_filing("eval", ITEM, said, parts, _NOW)
    turns, full = 1, _everything(filing, said, parts)
    while reply.asked and turns < TURNS:
        said = str(between.pop(reply.asked, None) or talk["answers"][reply.asked])
        filing, reply = turn(filing, said, parts, _NOW)
        turns, full = turns + 1, full + _everything(filing, said, parts)
    heard = models.heard[before:]
    calls = sum(h.role == "chat" for h in heard)
    sent = sum(tokens(h.text) for h in heard)
    return Spent(turns, calls, len(heard) - calls, sent, full, _ready(reply))


def _ready(reply: Reply) -> bool:
    return reply.status == "ready"


def _everything(filing: Filing, said: str, parts: Parts) -> int:
    """Tokens of a prompt with every field and value, the whole talk so far, and the passages nearest to the words."""
    values = filing.values()
    form = "\n".join(f"{f.id} {f.title} {f.help} {values.get(f.id, '')}" for f in parts.catalogue.get(ITEM).fields)
    history = "\n".join(f"{t.role}: {t.text}" for t in filing.turns[:-1])
    passages = "\n".join(h.passage.text for h in parts.library.search(said, PASSAGES, None, None))
    return tokens(form) + tokens(history) + tokens(passages)


def table(spent: list[Spent]) -> str:
    """The rows and the ratio, for the terminal."""
    lines = [f"{s.turns} turns, {s.calls} calls, {s.checks} checks, {s.sent} of {s.full} tokens" for s in spent]
    turns, sent, full = (sum(getattr(s, name) for s in spent) for name in ("turns", "sent", "full"))
    per_turn, per_filing = sum(s.calls for s in spent) / turns, sent / len(spent)
    return "\n".join(
        [
            *lines,
            f"model calls a turn {per_turn:.2f}; tokens a filing {per_filing:.0f}, "
            f"1/{full / max(sent, 1):.0f} of prompts that carry everything",
        ]
    )
