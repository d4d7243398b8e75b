"""What is no answer: 说到哪了, 先不办了, 重来, 找人工, 跳过, 我不说; kind, and nothing is lost."""

from __future__ import annotations

import re

from assistant import asking
from assistant.corrections import is_correction
from assistant.cues import words
from assistant.exchange import Exchange
from assistant.fields import Parsed
from assistant.filing import Reply
from assistant.questions import kind_of
from assistant.references import DEFER, ON_CARD
from assistant.replying import answer_question, ask_next, basis, says
from assistant.taking import outcome_of
from assistant.wording import say

_ON_CARD = ("operator_name", "operator_id_number", "operator_residence", "operator_ethnicity")
"""What an identity card shows."""


def commands(x: Exchange) -> Reply | None:
    """说到哪了, 先不办了, 重来, 找人工."""
    left = asking.open_fields(x.item, x.filing)
    if says(x, "where"):
        titles = "、".join(x.item.field(f).title for f in left[:5]) + ("等" if len(left) > 5 else "")
        text = say(
            "where", filled=len(x.filing.answers), left=len(left), titles=titles or "没有了", question=x.repeat()
        )
        return x.reply("clarify", text)
    for name in ("quit", "restart"):
        if says(x, name):
            return x.reply("clarify", say(name, question=x.repeat()))
    if says(x, "go_on") and outcome_of(x) is None:
        return ask_next(x)
    if says(x, "wait") and outcome_of(x) is None and not is_correction(x.heard):
        return x.reply("clarify", say("wait") + x.repeat())
    if says(x, "human") and outcome_of(x) is None:
        return x.reply("clarify", say("human", contact=x.parts.office.contact, question=x.repeat()))
    return None


def refuses(x: Exchange) -> Reply | None:
    """我不说, 凭什么告诉你: told why, asked once more, then put off; an optional field is left empty."""
    if not says(x, "refusal") or isinstance(outcome_of(x), Parsed) or x.pending is None:
        return None
    last, pending = x.last_reply(), x.item.field(x.pending)
    if not pending.required:
        return put_off(x, "later")
    if last and x.pending in last.refused:
        return put_off(x, "later")
    text = say("refused_why", title=pending.title, help=pending.help, basis=basis(x.pending, x))
    x.refused[x.pending] = text
    return x.reply("clarify", text + x.repeat())


def leaves_out(x: Exchange) -> Reply | None:
    """没有, 不清楚: an optional field stays empty; a required one is explained, then put off."""
    if x.pending is None or x.noted:
        return None
    field, nothing = x.item.field(x.pending), re.search(words()["nothing"], x.heard.cues.strip(" ，。"), re.I)
    skip = says(x, "skip")
    if not (nothing or skip or says(x, "unknown")):
        return None
    last = x.last_reply()
    if skip or not field.required or (last and last.status == "clarify" and last.asked == x.pending):
        return put_off(x, "later")
    return x.reply("clarify", f"{field.help}{x.repeat()}")


def put_off(x: Exchange, why: str) -> Reply:
    """Leaves the question under way for the end, an optional one for good; says so when nothing else is left."""
    field = x.item.field(x.pending or "")
    x.skip(field.id)
    if not field.required:
        x.lines.append(say("skipped", title=field.title))
    elif asking.open_fields(x.item, x.filing) == x.filing.skipped[-1:]:
        return x.reply("clarify", say("left_open", title=field.title))
    else:
        x.lines.append(say(why, title=field.title))
    return ask_next(x)


def deferred(x: Exchange) -> Reply | None:
    """按你说的来, 跟身份证上一样: the default where there is one, what the card shows; else whose word it has to be."""
    if x.pending is None or x.noted or isinstance(outcome_of(x), Parsed):
        return None
    field = x.item.field(x.pending)
    if ON_CARD.search(x.heard.cues) and field.id in _ON_CARD:
        return x.reply("clarify", say("on_card", title=field.title) + x.repeat())
    m = DEFER.search(x.heard.cues)
    if m is None:
        return None
    if field.default is not None:
        x.take(field.id, Parsed(field.default, *x.heard.span(*m.span())), asked=True)
        return None
    return x.reply("clarify", say("yours_to_say", title=field.title, help=field.help) + x.repeat())


def lost(x: Exchange) -> Reply | None:
    """Nothing was understood: the question again, with its help."""
    x.settle()
    if x.noted or x.lines or x.opening:
        return None
    if kind_of(x.text) == "off_topic":
        return answer_question(x)
    if x.pending is None:
        done = not asking.open_fields(x.item, x.filing)
        return x.reply("ready" if done else "clarify", say("which_value")) if done else None
    last, lost_ = x.last_reply(), say("clarify_help", question="", help="").partition("。")[0]
    if last and last.asked == x.pending and lost_ in last.text:
        return put_off(x, "by_form")
    asked, question, _ = x.next_question()
    help_ = x.item.field(asked or x.pending).help
    return x.reply("clarify", say("clarify_help", question=question, help=help_.rstrip("。")))
