"""Filling a filing by conversation. Code decides what is asked and what is stored; a model only points at words.

`turn` runs the steps of `STEPS` in order until one of them has a reply; then it asks what is missing next.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from assistant import asking, extract, names
from assistant.addresses import says_no_more
from assistant.answer import answer
from assistant.choices import agrees
from assistant.corrections import correction, is_correction, is_plain
from assistant.cues import hear, is_chatter, words
from assistant.exchange import Exchange, Parts, line
from assistant.fields import Parsed, Refused, parse
from assistant.filing import Filing, Reply
from assistant.instructions import instruction_in
from assistant.questions import about_rules, is_unsafe, kind_of, plain
from assistant.wording import say
from knowledge.items import Item
from prompts.errors import ModelError

__all__ = ["Parts", "open_filing", "turn"]

LONGEST = 2000
"""Characters of a message."""
MODEL_FROM = 8
"""Characters that no cue explains, from which a model is asked to point out values."""
_FREE = ("text", "name_part", "scope", "address")
"""Types of field that almost any words would fit."""
_NO_ITEM_VERSION = ""
_log = structlog.get_logger(__name__)


def open_filing(owner: str, item: str | None, text: str, parts: Parts, now: datetime) -> tuple[Filing, Reply]:
    """A new filing and the first reply; without `item` the assistant finds it in the text, or asks for it."""
    found = parts.catalogue.get(item) if item else None
    filing = Filing(
        id="",
        owner=owner,
        item=found.code if found else "",
        item_version=found.version if found else _NO_ITEM_VERSION,
        created_at=now,
        updated_at=now,
    )
    if text.strip():
        return turn(filing, text, parts, now)
    if found is None:
        return _closed(filing, Reply(status="clarify", text=say("which_item")), now)
    exchange = Exchange(filing, found, "", parts, now)
    exchange.lines.append(say("greeting", item=found.title) + "\n")
    return _closed(filing, _ask(exchange), now)


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
    except Exception:
        # A person gets the question again, whatever broke; the trace is for the operator.
        _log.exception("turn_failed", item=item.code)
        exchange = Exchange(heard, item, text, parts, now)
        reply = exchange.reply("clarify", say("broken", question=exchange.repeat()))
    return _closed(exchange.filing, reply, now, began)


def _run(x: Exchange) -> Reply:
    for step in STEPS:
        reply = step(x)
        if reply is not None:
            return reply
    return _ask(x)


def _closed(filing: Filing, reply: Reply, now: datetime, began: float | None = None) -> tuple[Filing, Reply]:
    if began is not None:
        reply = reply.model_copy(update={"ms": round((time.monotonic() - began) * 1000)})
    turns = [*filing.turns, line("assistant", reply.text, now, reply)]
    return filing.model_copy(update={"turns": turns, "pending": reply.asked, "updated_at": now}), reply


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
    said = answer(
        text,
        on=parts.settings.day(),
        library=parts.library,
        models=parts.models,
        panel=parts.panel,
        office_contact=parts.office.contact,
    )
    more = {"sentences": said.sentences, "citations": said.citations, "removed": said.removed, "made_by": said.made_by}
    return Reply(status=said.status, text=said.text, **more)


# --- the steps, in order ---------------------------------------------------------------------------------------------


def unreadable(x: Exchange) -> Reply | None:
    """Nothing to read: blank, pictures only, or far too long."""
    if len(x.text) > LONGEST:
        return x.reply("clarify", say("too_long", question=x.repeat()))
    if re.search(r"\w", x.heard.text):
        return None
    name = "only_pictures" if x.text.strip() else "empty"
    return x.reply("clarify", say(name, question=x.repeat()))


def orders(x: Exchange) -> Reply | None:
    """Words addressed to a system, or a wish to forge or deceive: nothing changes."""
    if instruction_in(x.text) or re.search(r"(?:状态|结果)[^，。]{0,4}(?:改|设|标)(?:成|为)?", x.heard.text):
        return x.reply("clarify", say("instruction", question=x.repeat()))
    return _answered(x) if is_unsafe(plain(x.text)) else None


def commands(x: Exchange) -> Reply | None:
    """说到哪了, 先不办了, 重来, 找人工: kind, and nothing is lost."""
    left = asking.open_fields(x.item, x.filing)
    if _says(x, "where"):
        titles = "、".join(x.item.field(f).title for f in left[:5]) + ("等" if len(left) > 5 else "")
        text = say(
            "where", filled=len(x.filing.answers), left=len(left), titles=titles or "没有了", question=x.repeat()
        )
        return x.reply("clarify", text)
    if _says(x, "go_on") and _outcome(x) is None:
        return _ask(x)
    for name in ("quit", "restart"):
        if _says(x, name):
            return x.reply("clarify", say(name, question=x.repeat()))
    if _says(x, "human") and _outcome(x) is None:
        return x.reply("clarify", say("human", contact=x.parts.office.contact, question=x.repeat()))
    return None


def corrected(x: Exchange) -> Reply | None:
    """不对，是…; 把电话改成…: the new value must hold before the old one goes."""
    if not is_correction(x.heard) or (not is_plain(x.heard) and _outcome(x) is not None):
        return None
    last = x.last_reply()
    made = correction(x.heard, x.item, last.noted if last else (), x.today, x.context())
    if made is None:
        strict = (
            x.pending is not None and x.item.field(x.pending).type not in _FREE and not x.item.field(x.pending).open
        )
        if not is_plain(x.heard) or (strict and isinstance(_outcome(x), Parsed)) or not x.filing.answers:
            return None
        return x.reply("clarify", say("unchanged") + x.repeat())
    field = x.item.field(made.field)
    if isinstance(made.outcome, Refused):
        x.refused[made.field] = made.outcome.message
        return x.reply("clarify", made.outcome.message + x.repeat())
    x.take(made.field, made.outcome, asked=True)
    x.settle()
    x.lines.append(say("changed", title=field.title, value=asking.shown(field, made.outcome.value)))
    return _ask(x)


def refuses(x: Exchange) -> Reply | None:
    """我不说, 凭什么告诉你: told why, asked once more, then put off; an optional field is left empty."""
    if not _says(x, "refusal") or isinstance(_outcome(x), Parsed) or x.pending is None:
        return None
    last, pending = x.last_reply(), x.item.field(x.pending)
    if not pending.required:
        return _skipped(x)
    if last and x.pending in last.refused:
        x.skip(x.pending)
        x.lines.append(say("later", title=pending.title))
        return _ask(x)
    text = say("refused_why", title=pending.title, help=pending.help, basis=_basis(x.pending, x))
    x.refused[x.pending] = text
    return x.reply("clarify", text + x.repeat())


def contradiction(x: Exchange) -> Reply | None:
    """一个人经营, then 我妹妹也算合伙: asked, not guessed."""
    known = x.filing.values().get("composition")
    if x.pending in ("composition", "family_members") or known == "family" or x.opening:
        return None
    if not re.search(words()["partner"], x.heard.cues, re.I) or _others_role(x):
        return None
    if isinstance(_outcome(x), Parsed) and not re.search(r"合伙|合股|partner", x.heard.cues, re.I):
        return None
    text = say("partner" if known else "partner_unknown")
    picks = asking.options(x.item.field("composition"))
    return x.reply("clarify", text).model_copy(update={"asked": "composition", "options": picks})


def _others_role(x: Exchange) -> bool:
    return x.pending in ("contact_name", "has_agent", "agent_name", "main_business", "business_scope")


def asks_back(x: Exchange) -> Reply | None:
    """A question in the message: what it answers besides is stored, then the answer, then the question under way."""
    questions = x.questions()
    pleading = bool(re.search(words()["request"], x.heard.cues, re.I)) and x.pending not in (
        "business_scope",
        "name_trade",
    )
    if not questions and not pleading and not _long_question(x):
        return None
    if _says(x, "why") and _outcome(x) is None and not re.search(r"材料|执照|证|规定|法", x.heard.text):
        return _why(x)
    outcome = _outcome(x)
    if isinstance(outcome, Parsed) and questions and _blank(x, questions):
        return None
    if x.opening and (_generic(x) or not questions):
        return None
    volunteered(x)
    if isinstance(outcome, Parsed) and x.pending:
        _accept(x, x.pending, outcome)
    x.settle()
    if x.opening and not _specific(x):
        return None
    return _answered(x)


def answered(x: Exchange) -> Reply | None:
    """The answer to the question under way, read by the field's own parser."""
    if x.pending is None:
        return None
    outcome = _outcome(x)
    if isinstance(outcome, Parsed) and x.pending in x.filing.skipped and x.last_reply() is None:
        return None
    if isinstance(outcome, Parsed):
        blocked = _blocked(x, x.pending, outcome)
        if blocked is None:
            _accept(x, x.pending, outcome)
            return None
        outcome = blocked
    if isinstance(outcome, Refused):
        return _refuse(x, outcome)
    if x.pending == "premises_address" and says_no_more(x.heard.text) and (earlier := x.insisted()):
        place, said = earlier
        x.take(x.pending, Parsed(said.value, said.start, said.end), asked=True, line=place)
    return None


def at_the_end(x: Exchange) -> Reply | None:
    """Nothing is left to ask: 确认 confirms all; anything else changes a value or is asked about."""
    if asking.open_fields(x.item, x.filing) or x.noted:
        return None
    if agrees(x.heard) or re.search(r"确认|没错|无误|都对", x.heard.cues):
        confirmed = {n: a.model_copy(update={"confirmed": True}) for n, a in x.filing.answers.items()}
        x.filing = x.filing.model_copy(update={"answers": confirmed})
        x.lines.append(say("all_confirmed") + "\n")
    return None


def leaves_out(x: Exchange) -> Reply | None:
    """没有, 不清楚: an optional field stays empty; a required one is explained, then put off."""
    if x.pending is None or x.noted:
        return None
    field, nothing = x.item.field(x.pending), re.search(words()["nothing"], x.heard.cues.strip(" ，。"), re.I)
    if not (nothing or _says(x, "unknown")):
        return None
    if not field.required:
        return _skipped(x)
    last = x.last_reply()
    if last and last.status == "clarify" and last.asked == x.pending:
        x.skip(x.pending)
        x.lines.append(say("later", title=field.title))
        return _ask(x)
    return x.reply("clarify", f"{field.help}{x.repeat()}")


def volunteered(x: Exchange) -> Reply | None:
    """Values mentioned besides, found by cues; what is stored already stays."""
    context = x.context()
    for found in extract.by_code(x.heard, x.item, x.today, context):
        if found.field == x.pending or found.field in x.filing.answers or _overlaps(x, found):
            continue
        if found.field in _people_fields(x) and x.pending:
            continue
        x.take(found.field, found.parsed, asked=False)
        _with_it(x, found.field, found.parsed)
    return None


def pointed_out(x: Exchange) -> Reply | None:
    """Open words of a first message, or of a long one that nothing explains, pointed at by a model and checked."""
    found = extract.by_code(x.heard, x.item, x.today, x.context())
    left = extract.unexplained(x.heard, found)
    stuck = x.pending is not None and not x.noted and len(left) >= MODEL_FROM
    if not (x.opening and len(left) >= MODEL_FROM or stuck) or not x.parts.models.ready("chat"):
        return None
    wanted = [f for f in asking.open_fields(x.item, x.filing) if x.opening or f == x.pending]
    if x.opening and "has_name" in wanted:
        wanted += ["name_trade"]
    try:
        more, made_by = extract.by_model(x.heard, wanted, x.parts.models, x.item, x.today, x.context())
    except ModelError as error:
        _log.info("extraction_without_model", why=type(error).__name__)
        return None
    x.made_by += made_by
    for value in more:
        if value.field not in x.filing.answers:
            x.take(value.field, value.parsed, asked=False)
            _with_it(x, value.field, value.parsed)
    return None


def lost(x: Exchange) -> Reply | None:
    """Nothing was understood: the question again, with its help."""
    x.settle()
    if x.noted or x.lines or x.opening:
        return None
    if kind_of(x.text) == "off_topic":
        return _answered(x)
    if x.pending is None:
        done = not asking.open_fields(x.item, x.filing)
        return x.reply("ready" if done else "clarify", say("which_value")) if done else None
    help_ = x.item.field(x.pending).help
    _, question, _ = x.next_question()
    return x.reply("clarify", say("clarify_help", question=question, help=help_.rstrip("。")))


STEPS: tuple[Callable[[Exchange], Reply | None], ...] = (
    unreadable,
    orders,
    commands,
    corrected,
    refuses,
    contradiction,
    asks_back,
    answered,
    at_the_end,
    leaves_out,
    volunteered,
    pointed_out,
    lost,
)


# --- what the steps share --------------------------------------------------------------------------------------------


def _says(x: Exchange, name: str) -> bool:
    return bool(re.search(words()[name], x.heard.cues, re.I))


def _outcome(x: Exchange) -> Parsed | Refused | None:
    """The answer to the question under way in the clauses that ask nothing."""
    if x.pending is None:
        return None
    questions = x.questions()
    field, text = x.item.field(x.pending), x.without(questions) if questions else x.text
    outcome = parse(field, text, x.today, x.context()) if re.search(r"\w", text) else None
    if outcome is None and questions and field.type not in _FREE and not _about_rules(x, questions):
        outcome = parse(field, x.text, x.today, x.context())
    return outcome


def _about_rules(x: Exchange, questions: list[tuple[int, int]]) -> bool:
    return any(about_rules(x.heard.text[s:e]) for s, e in questions)


def _blank(x: Exchange, questions: list[tuple[int, int]]) -> bool:
    """Whether the questions are only complaints (怎么又问), or the answer itself, rather than questions."""
    outcome = _outcome(x)
    if isinstance(outcome, Parsed) and any(
        a < outcome.end and outcome.start < b for a, b in (x.heard.span(s, e) for s, e in questions)
    ):
        return True
    return all(is_chatter(x.heard, s, e) for s, e in questions)


def _long_question(x: Exchange) -> bool:
    return bool(re.search(r"[?？]\s*$", x.text)) and len(x.text) >= 8 and _outcome(x) is None


def _generic(x: Exchange) -> bool:
    """怎么办手续: asking for what we are about to do."""
    return bool(re.search(words()["how_to"], x.heard.cues, re.I))


def _specific(x: Exchange) -> bool:
    return about_rules(x.text)


def _answered(x: Exchange) -> Reply:
    """The answer to a question about the rules, and the question under way again."""
    p = x.parts
    region = p.regions.find(str(x.filing.values().get("premises_address") or ""))
    history = [
        {"role": "user", "text": before.text}
        for before, after in zip(x.filing.turns, x.filing.turns[1:], strict=False)
        if before.role == "user" and after.reply is not None and after.reply.citations
    ]
    said = answer(
        x.text,
        history=history,
        on=x.today,
        region=region.code if region else None,
        library=p.library,
        models=p.models,
        panel=p.panel,
        office_contact=p.office.contact,
    )
    asked, question, _ = x.next_question()
    again = "\n" + (say("ask_again", question=question) if asked else say("nothing_left"))
    more = {"sentences": said.sentences, "citations": said.citations, "removed": said.removed, "made_by": said.made_by}
    return x.reply(said.status, said.text + again, **more)


def _why(x: Exchange) -> Reply:
    if x.pending is None:
        return _ask(x)
    field = x.item.field(x.pending)
    text = say("why", title=field.title, help=field.help, basis=_basis(field.id, x), question=x.repeat())
    return x.reply("clarify", text)


def _basis(field_id: str, x: Exchange) -> str:
    basis = x.item.field(field_id).basis
    return say("why_basis", basis=basis) if basis else ""


def _skipped(x: Exchange) -> Reply:
    field_id = x.pending or ""
    x.skip(field_id)
    x.lines.append(say("skipped", title=x.item.field(field_id).title))
    return _ask(x)


def _refuse(x: Exchange, outcome: Refused) -> Reply | None:
    """Says why a value is not taken; one that is insisted on is stored with its issue, for a clerk to see."""
    pending = x.pending or ""
    earlier = x.insisted()
    if earlier and outcome.value is not None and outcome.value == earlier[1].value:
        x.take(pending, Parsed(outcome.value, outcome.start, outcome.end), asked=True)
        return None
    x.refused[pending] = outcome.message
    volunteered(x)
    x.settle()
    x.lines.append(outcome.message)
    return x.reply("clarify", "")


def _blocked(x: Exchange, field_id: str, parsed: Parsed) -> Refused | None:
    """A part of a name that breaks a rule by itself, with the word that breaks it."""
    if x.item.field(field_id).type != "name_part" or field_id == "name_region":
        return None
    one = {"has_name": True, field_id: parsed.value}
    for code, rule in (("NAME_FORM_FORBIDDEN", names.form_forbidden), ("NAME_WORD_FORBIDDEN", names.word_forbidden)):
        check = x.item.check(code)
        for breach in rule(one, list(check.params.get("words", ()))) if check else ():
            remedy = check.remedy if check else ""
            message = say(f"issue.{code}", word=breach.word) + remedy
            return Refused(code, message, parsed.start, parsed.end, parsed.value)
    return None


def _accept(x: Exchange, field_id: str, parsed: Parsed) -> None:
    x.take(field_id, parsed, asked=True)
    _with_it(x, field_id, parsed)


def _with_it(x: Exchange, field_id: str, parsed: Parsed) -> None:
    """What the same words settle: myself as contact brings my number; a trade name means there is a name."""
    values = x.filing.values()
    if field_id == "contact_name" and values.get("operator_mobile") and "contact_mobile" not in values:
        if parsed.same_as == "operator_name" or parsed.value == values.get("operator_name"):
            x.take("contact_mobile", Parsed(values["operator_mobile"], parsed.start, parsed.end), asked=False)
            x.lines.append(say("same_contact", value=values["operator_mobile"]))
    if field_id == "name_trade" and "has_name" not in values:
        x.take("has_name", Parsed(True, parsed.start, parsed.end), asked=False)
    if field_id == "name_trade" and x.pending == "name_trade":
        _parts_of_name(x, parsed)


def _parts_of_name(x: Exchange, parsed: Parsed) -> None:
    """A whole name given for the trade name (小鹿奶茶店) is taken apart."""
    parts = names.split(str(parsed.value), x.parts.scopes, x.parts.regions)
    if len(parts) < 2:
        return
    for part, (value, offset) in parts.items():
        start = parsed.start + offset
        x.take(part, Parsed(value, start, start + len(value)), asked=True)


def _overlaps(x: Exchange, found: extract.Found) -> bool:
    """Whether the words were already taken for another value of this message."""
    for name in x.noted:
        evidence = x.filing.answers[name].evidence
        start, end = getattr(evidence, "start", 0), getattr(evidence, "end", 0)
        if start < found.parsed.end and found.parsed.start < end and name not in ("has_name", "contact_mobile"):
            return True
    return False


def _people_fields(x: Exchange) -> tuple[str, ...]:
    """Fields about another person than the question under way is about."""
    pending = x.pending or ""
    if pending.startswith("name_"):
        return ("operator_name", "contact_name")
    if pending.startswith(("contact", "agent", "family")):
        return ("operator_name", "operator_mobile", "operator_id_number", "operator_residence", "contact_name")
    return ()


def _ask(x: Exchange) -> Reply:
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
    worries = [i.message for _, a in values for i in a.issues if i.severity != "info"]
    if x.lines or not values:
        return "".join(worries) + ("\n" if x.lines or worries else "")
    if len(values) == 1 and values[0][0].id == x.pending:
        return say("noted") + "".join(worries) + ("\n" if worries else "")
    told = "，".join(f"{f.title}“{asking.shown(f, a.value)}”" for f, a in values)
    return say("noted_many", values=told) + "".join(worries) + "\n"
