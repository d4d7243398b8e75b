"""What is on record already: 你刚才记的电话是多少, 给我看看填了什么."""

from __future__ import annotations

import re

from assistant import asking
from assistant.cues import words
from assistant.exchange import Exchange
from assistant.filing import Reply
from assistant.wording import say


def recalled(x: Exchange) -> Reply | None:
    """The value asked after, or all of them, from the form; no model, no library."""
    if x.opening or not re.search(words()["recall"], x.heard.cues, re.I):
        return None
    field = next((f for f, label in words()["corrected"].items() if re.search(label, x.heard.cues, re.I)), None)
    known = {f.id for f in x.item.fields}
    if field in known and not re.search(words()["everything"], x.heard.cues):
        return x.reply("clarify", _one(x, field) + x.repeat())
    lines = [
        say("ready_line", title=f.title, value=asking.shown(f, a.value), source=say(f"source.{a.source}"))
        for f in x.item.fields
        if (a := x.filing.answers.get(f.id)) is not None and x.item.applies(f.id, x.filing.values())
    ]
    if not lines:
        return x.reply("clarify", say("recall.nothing") + x.repeat())
    return x.reply("clarify", "\n".join([say("recall.head"), *lines]) + x.repeat())


def _one(x: Exchange, field_id: str) -> str:
    field, answer = x.item.field(field_id), x.filing.answers.get(field_id)
    if answer is None:
        return say("recall.open", title=field.title)
    return say("recall.one", title=field.title, value=asking.shown(field, answer.value))
