"""Putting a reply together: what was stored, what is wrong with it, the next question, the read-back, an answer."""

from __future__ import annotations

import re
from typing import Any

from assistant import asking
from assistant.cues import words
from assistant.exchange import Exchange
from assistant.filing import Reply
from assistant.inquiry import inquire
from assistant.policy_answer import PolicyAnswer
from assistant.wording import say

_LATER = ("PLATFORM_INCOMPLETE",)
"""Issues that the next question will mend."""


def says(x: Exchange, name: str) -> bool:
    return bool(re.search(words()[name], x.heard.cues, re.I))


def ask_next(x: Exchange) -> Reply:
    """Acknowledges what was stored, says what is wrong with it, and asks what is missing next, or reads all back."""
    x.settle()
    asked, question, _ = x.next_question()
    text = _told(x)
    if asked is None:
        return x.reply("ready", text + asking.read_back(x.item, x.filing, x.parts.scopes, x.parts.regions))
    return x.reply("asked", text + question)


def _told(x: Exchange) -> str:
    """What was stored in this turn, and its issues."""
    stored = [f for f in x.noted if f in x.filing.answers and f not in ("has_name",)]
    values = [(x.item.field(f), x.filing.answers[f]) for f in stored]
    worries = [i.message for _, a in values for i in a.issues if i.severity != "info" and i.code not in _LATER]
    if x.lines or not values:
        return "".join(worries) + ("\n" if x.lines or worries else "")
    if len(values) == 1 and values[0][0].id == x.pending:
        return say("noted") + "".join(worries) + ("\n" if worries else "")
    told = "，".join(f"{f.title}“{asking.shown(f, a.value)}”" for f, a in values)
    return say("noted_many", values=told) + "".join(worries) + "\n"


def basis(field_id: str, x: Exchange) -> str:
    basis = x.item.field(field_id).basis
    return say("why_basis", basis=basis) if basis else ""


def answer_question(x: Exchange) -> Reply:
    """The answer to a question about the rules, and the question under way again."""
    p = x.parts
    region = p.regions.find(str(x.filing.values().get("premises_address") or ""))
    history = [
        {"role": "user", "text": before.text}
        for before, after in zip(x.filing.turns, x.filing.turns[1:], strict=False)
        if before.role == "user" and after.reply is not None and after.reply.citations
    ]
    said = inquire(p, x.text, history, x.today, region.code if region else None)
    asked, question, _ = x.next_question()
    again = "\n" + (say("ask_again", question=question) if asked else say("nothing_left"))
    return x.reply(said.status, said.text + again, **pieces(said))


def pieces(said: PolicyAnswer) -> dict[str, Any]:
    """What an answer rests on, for the reply that carries it."""
    return {k: getattr(said, k) for k in ("sentences", "citations", "articles", "removed", "made_by")}
