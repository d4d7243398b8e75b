"""Filling a filing by conversation. Code decides what is asked and what is stored; a model only points at words.

`turn` runs the steps of `STEPS` in order until one of them has a reply; then it asks what is missing next.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable
from datetime import datetime

import structlog

from assistant import commands, steps
from assistant.care import cared
from assistant.conflicts import chosen, conflicting
from assistant.cues import hear, words
from assistant.exchange import Exchange, Parts, line
from assistant.filing import Filing, Reply
from assistant.inquiry import inquire
from assistant.questions import is_unsafe, plain
from assistant.recall import recalled
from assistant.replying import ask_next, pieces
from assistant.wording import say
from knowledge.items import Item

__all__ = ["Parts", "open_filing", "turn"]

STEPS: tuple[Callable[[Exchange], Reply | None], ...] = (
    steps.unreadable,
    steps.orders,
    chosen,
    cared,
    recalled,
    commands.commands,
    steps.corrected,
    commands.refuses,
    steps.contradiction,
    steps.asks_back,
    steps.answered,
    steps.at_the_end,
    commands.deferred,
    commands.leaves_out,
    steps.volunteered,
    conflicting,
    steps.pointed_out,
    commands.lost,
)
_log = structlog.get_logger(__name__)


def open_filing(owner: str, item: str | None, text: str, parts: Parts, now: datetime) -> tuple[Filing, Reply]:
    """A new filing and the first reply; without `item` the assistant finds it in the text, or asks for it."""
    found = parts.catalogue.get(item) if item else None
    filing = Filing(
        id="",
        owner=owner,
        item=found.code if found else "",
        item_version=found.version if found else "",
        created_at=now,
        updated_at=now,
    )
    if text.strip():
        return turn(filing, text, parts, now)
    if found is None:
        return _closed(filing, Reply(status="clarify", text=say("which_item")), now)
    exchange = Exchange(filing, found, "", parts, now)
    exchange.lines.append(say("greeting", item=found.title) + "\n")
    return _closed(filing, ask_next(exchange), now)


def turn(filing: Filing, text: str, parts: Parts, now: datetime) -> tuple[Filing, Reply]:
    """The filing after one message, and the reply. Nothing raises: whatever breaks, the plain question is asked."""
    began = time.monotonic()
    opening = not any(t.role == "user" for t in filing.turns)
    heard = filing.model_copy(update={"turns": [*filing.turns, line("user", text, now)]})
    item = _item(heard, text, parts)
    if item is None:
        return _closed(heard, _without_item(heard, text, parts), now, began)
    heard = heard.model_copy(update={"item": item.code, "item_version": item.version})
    exchange = Exchange(heard, item, text, parts, now, opening=opening)
    try:
        reply = _run(exchange)
    except Exception as error:
        # A person gets the question again, whatever broke; the log names the place and no word of theirs.
        place = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("turn_failed", item=item.code, why=type(error).__name__, at=f"{place.filename}:{place.lineno}")
        exchange = Exchange(heard, item, text, parts, now)
        reply = exchange.reply("clarify", say("broken", question=exchange.repeat()))
    return _closed(exchange.filing, reply, now, began)


def _run(x: Exchange) -> Reply:
    for step in STEPS:
        reply = step(x)
        if reply is not None:
            return reply
    return ask_next(x)


def _closed(filing: Filing, reply: Reply, now: datetime, began: float | None = None) -> tuple[Filing, Reply]:
    if began is not None:
        reply = reply.model_copy(update={"ms": round((time.monotonic() - began) * 1000)})
    turns = [*filing.turns, line("assistant", reply.text, now, reply)]
    changed = {"turns": turns, "pending": reply.asked, "waiting": _waiting(filing, reply), "updated_at": now}
    return filing.model_copy(update=changed), reply


def _waiting(filing: Filing, reply: Reply) -> list[str]:
    """The questions that wait: the one under way goes on top when another is put before it is answered."""
    done = {*filing.answers, *filing.skipped, reply.asked}
    interrupted = [filing.pending] if filing.pending and reply.asked else []
    return [f for f in dict.fromkeys([*filing.waiting, *interrupted]) if f not in done]


def _item(filing: Filing, text: str, parts: Parts) -> Item | None:
    if not filing.item:
        return parts.catalogue.find(text)
    try:
        return parts.catalogue.get(filing.item)
    except KeyError:
        return None


def _without_item(filing: Filing, text: str, parts: Parts) -> Reply:
    """Before the item is known: a question is answered, anything else leads back to what can be done here."""
    titles = "、".join(i.title for i in parts.catalogue.all())
    clarify = Reply(status="clarify", text=say("item_unknown", items=titles))
    if not re.search(words()["question"] + "|[?？]", hear(text).text, re.I) and not is_unsafe(plain(text)):
        return clarify
    said = inquire(parts, text)
    return Reply(status=said.status, text=said.text, **pieces(said))
