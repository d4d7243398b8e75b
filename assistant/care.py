"""People in distress or anger: who says so, what they are told, and that a clerk sees their case first.

Values are still read from such a message; nothing is asked of somebody who speaks of ending their life.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from assistant.cues import words
from assistant.exchange import Exchange
from assistant.fields import Parsed
from assistant.filing import Care, Reply
from assistant.taking import outcome_of
from assistant.wording import say

Kind = Literal["danger", "distress", "anger"]
"""Gravest first."""


def sign(x: Exchange) -> Kind | None:
    """The gravest sign in the message."""
    listed = words()["care"]
    return next((kind for kind in get_args(Kind) if re.search(listed[kind], x.heard.cues, re.I)), None)


def cared(x: Exchange) -> Reply | None:
    """Marks the filing; without an answer in the message, says how to reach a person and asks again without hurry."""
    kind = sign(x)
    if kind is None:
        return None
    grave = get_args(Kind)
    if x.filing.care is None or grave.index(kind) < grave.index(x.filing.care.kind):
        x.filing = x.filing.model_copy(update={"care": Care(kind=kind, turn=x.place, at=x.now)})
    contact = x.parts.office.contact
    if kind == "danger":
        return x.reply("clarify", say("care.danger", contact=contact)).model_copy(update={"options": []})
    if x.opening or (kind == "anger" and isinstance(outcome_of(x), Parsed)):
        return None  # the answer is taken and the work goes on, which is what somebody angry wants
    if kind == "distress" and isinstance(outcome_of(x), Parsed):
        x.lines.append(say("care.kindly", contact=contact))
        return None
    if kind == "anger" and x.questions() and not re.search(words()["human"], x.heard.cues, re.I):
        return None
    return x.reply("clarify", say(f"care.{kind}", contact=contact, question=x.repeat()))
