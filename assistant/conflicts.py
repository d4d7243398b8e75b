"""Two answers that do not fit together: what is stored stays until the person has said which one holds."""

from __future__ import annotations

import re

from assistant import asking
from assistant.cues import words
from assistant.exchange import Exchange
from assistant.extract import Found
from assistant.fields import Parsed, parse
from assistant.filing import Reply
from assistant.replying import ask_next
from assistant.taking import accept
from assistant.wording import say

ASKED_ABOUT = (
    "operator_name",
    "operator_id_number",
    "operator_mobile",
    "operator_ethnicity",
    "operator_education",
    "operator_political_status",
    "premises_kind",
    "premises_residential",
    "capital_wan",
    "is_ecommerce",
    "contact_email",
)
"""Fields of which two different values cannot both be meant."""


def conflicting(x: Exchange) -> Reply | None:
    """我电话是136…, when 139… is stored: which one is right? The question under way waits."""
    for found in x.conflicts:
        if found.field in x.noted or found.field not in ASKED_ABOUT:
            continue
        field, old = x.item.field(found.field), x.filing.answers[found.field].value
        x.settle()
        before, now = _said(x, found.field, old), _said(x, found.field, found.parsed.value)
        text = say("conflict", title=field.title, old=before, new=now)
        reply = x.reply("clarify", _noted(x) + text)
        return reply.model_copy(update={"asked": found.field, "options": [before, now]})
    return None


def _noted(x: Exchange) -> str:
    return say("noted") if x.noted and not x.lines else ""


def _said(x: Exchange, field_id: str, value: object) -> str:
    """A value as the person says it, also a number: they have to tell two of them apart."""
    field = x.item.field(field_id)
    if field.type in ("id_number", "phone"):
        return str(value)
    if field.type == "yes_no":
        yes, no = say(f"options.{field_id}").split("|")
        return yes if value else no
    return asking.shown(field, value)


def chosen(x: Exchange) -> Reply | None:
    """后面那个, 还是原来的: which of two answers holds."""
    last, asked = x.last_reply(), x.pending
    if last is None or asked is None or asked not in x.filing.answers or last.asked != asked or len(last.options) != 2:
        return None
    keep, take = re.search(words()["former"], x.heard.cues), re.search(words()["latter"], x.heard.cues)
    if bool(keep) == bool(take):
        return _instead(x)
    if keep:
        x.lines.append(say("kept", title=x.item.field(asked).title, value=last.options[0]))
        return ask_next(x)
    place = len(x.filing.turns) - 3
    said = parse(x.item.field(asked), last.options[1], x.today, x.context())
    quoted = next((f.parsed for f in x.mentioned(place) if f.field == asked), None)
    if not isinstance(said, Parsed) or quoted is None:
        return None
    x.take(asked, quoted, asked=True, line=place)
    x.lines.append(say("changed", title=x.item.field(asked).title, value=last.options[1]))
    return ask_next(x)


def _instead(x: Exchange) -> Reply | None:
    """Neither: the answer to the question that waited, when it is one; the stored value stays."""
    waiting = x.filing.waiting[-1] if x.filing.waiting else None
    if waiting is None or isinstance(parse(x.item.field(x.pending or ""), x.text, x.today, x.context()), Parsed):
        return None
    outcome = parse(x.item.field(waiting), x.text, x.today, x.context())
    if not isinstance(outcome, Parsed):
        return None
    accept(x, waiting, outcome)
    return ask_next(x)


__all__ = ["Found", "chosen", "conflicting"]
