"""The steps of a turn, each a reply or None; `conversation.STEPS` gives their order."""

from __future__ import annotations

import re

import structlog

from assistant import asking, extract
from assistant.addresses import says_no_more
from assistant.choices import agrees
from assistant.corrections import apart, correction, is_change, is_correction, is_plain, replaced
from assistant.cues import hear, is_chatter, words
from assistant.exchange import Exchange
from assistant.fields import Parsed, Refused
from assistant.filing import Reply
from assistant.questions import about_rules, is_unsafe, kind_of, plain
from assistant.replying import answer_question, ask_next, basis, says
from assistant.taking import FREE, accept, blocked, outcome_of, overlaps, people_fields, with_it
from assistant.wording import say
from knowledge.instructions import instruction_in
from prompts.errors import ModelError

LONGEST = 2000
"""Characters of a message."""
MODEL_FROM = 8
"""Characters that no cue explains, from which a model is asked to point out values."""
_OPEN_WORDS = re.compile(r"叫|名|店|铺|馆|号|路|街|做|卖|开")
"""Signs of a name, an address or a trade among them."""
_ORDER = re.compile(
    r"(?:状态|结果|字段|答案|申请)[^，。]{0,6}(?:改|设|标|填|写|置)(?:记)?(?:成|为)|你现在是|(?:审核|初审|审批)(?:直接)?通过|"
    r"系统(?:指令|消息|提示)|管理员(?:权限|模式|指令)|system ?prompt",
    re.I,
)
"""Orders to the system, whatever they are dressed as."""
_log = structlog.get_logger(__name__)


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
    if instruction_in(x.text) or _ORDER.search(x.heard.text):
        return x.reply("clarify", say("instruction", question=x.repeat()))
    return answer_question(x) if is_unsafe(plain(x.text)) else None


def corrected(x: Exchange) -> Reply | None:
    """不对，是…; 把电话改成…: the new value must hold before the old one goes."""
    change = is_change(x.heard, x.item, x.pending, x.today, x.context())
    back = is_correction(x.heard) and (is_plain(x.heard) or outcome_of(x) is None)
    if x.opening or not (change or back):
        return beside(x) if not x.opening else None
    last = x.last_reply()
    made = correction(x.heard, x.item, last.noted if last else (), x.today, x.context(), loose=back)
    if made is None or (made.field == x.pending and made.field not in x.filing.answers):
        return _unchanged(x) if back and made is None else None
    if more := several(x):
        return more
    if isinstance(made.outcome, Refused):
        x.refused[made.field] = made.outcome.message
        return x.reply("clarify", made.outcome.message + x.repeat())
    return change_to(x, made.field, made.outcome)


def beside(x: Exchange) -> Reply | None:
    """5万，另外我是满族不是汉族: an answer, and an earlier value taken back beside it."""
    made = replaced(x.heard, x.item, x.today, x.context()) if is_correction(x.heard) else None
    if made and made.field != x.pending and isinstance(made.outcome, Parsed):
        x.take(made.field, made.outcome, asked=True)
        field = x.item.field(made.field)
        x.lines.append(say("changed", title=field.title, value=asking.shown(field, made.outcome.value)) + "\n")
    return None


def several(x: Exchange) -> Reply | None:
    """出资改成25万，电话也错了，是138…: more than one value taken back, each in its own part of the message."""
    found = [
        c for part in apart(x.heard) if (c := correction(hear(part), x.item, (), x.today, x.context(), loose=False))
    ]
    made = {c.field: c.outcome for c in found if isinstance(c.outcome, Parsed) and c.outcome.value is not None}
    if len(made) < 2:
        return None
    for field_id, parsed in made.items():
        x.take(field_id, parsed, asked=True)
        field = x.item.field(field_id)
        x.lines.append(say("changed", title=field.title, value=asking.shown(field, parsed.value)))
    return ask_next(x)


def _unchanged(x: Exchange) -> Reply | None:
    strict = x.pending is not None and x.item.field(x.pending).type not in FREE and not x.item.field(x.pending).open
    if not is_plain(x.heard) or (strict and isinstance(outcome_of(x), Parsed)) or not x.filing.answers:
        return None
    return x.reply("clarify", say("unchanged") + x.repeat())


def change_to(x: Exchange, field_id: str, parsed: Parsed) -> Reply:
    """Puts a value in the place of the one before, says so and goes on."""
    field = x.item.field(field_id)
    if parsed.value is None:
        x.clear(field_id)
        x.lines.insert(0, say("skipped", title=field.title))
        return ask_next(x)
    x.take(field_id, parsed, asked=True)
    with_it(x, field_id, parsed)
    x.settle()
    x.lines.insert(0, say("changed", title=field.title, value=asking.shown(field, parsed.value)))
    return ask_next(x)


def contradiction(x: Exchange) -> Reply | None:
    """一个人经营, then 我妹妹也算合伙: asked, not guessed."""
    known = x.filing.values().get("composition")
    if x.pending in ("composition", "family_members") or known == "family" or x.opening:
        return None
    if not re.search(words()["partner"], x.heard.cues, re.I) or _others_role(x):
        return None
    if isinstance(outcome_of(x), Parsed) and not re.search(r"合伙|合股|partner", x.heard.cues, re.I):
        return None
    text = say("partner" if known else "partner_unknown")
    picks = asking.options(x.item.field("composition"))
    return x.reply("clarify", text).model_copy(update={"asked": "composition", "options": picks})


def _others_role(x: Exchange) -> bool:
    return x.pending in ("contact_name", "has_agent", "agent_name", "main_business", "business_scope")


def asks_back(x: Exchange) -> Reply | None:
    """A question in the message: what it answers besides is stored, then the answer, then the question under way."""
    questions = x.questions()
    chat = x.pending not in ("business_scope", "name_trade") or kind_of(x.text) == "off_topic"
    pleading = says(x, "request") and chat
    if not questions and not pleading and not _long_question(x):
        return None
    if (
        says(x, "why")
        and not isinstance(outcome_of(x), Parsed)
        and not re.search(r"材料|执照|证|规定|法", x.heard.text)
    ):
        return _why(x)
    outcome = outcome_of(x)
    if isinstance(outcome, Parsed) and questions and _blank(x, questions):
        return None
    if x.opening and (_generic(x) or not questions):
        return None
    volunteered(x)
    if isinstance(outcome, Parsed) and x.pending:
        accept(x, x.pending, outcome)
    x.settle()
    if x.opening and not about_rules(x.text):
        return None
    return answer_question(x)


def _blank(x: Exchange, questions: list[tuple[int, int]]) -> bool:
    """Whether the questions are only complaints (怎么又问), or the answer itself, rather than questions."""
    outcome = outcome_of(x)
    if isinstance(outcome, Parsed) and any(
        a < outcome.end and outcome.start < b for a, b in (x.heard.span(s, e) for s, e in questions)
    ):
        return True
    return all(is_chatter(x.heard, s, e) for s, e in questions)


def _long_question(x: Exchange) -> bool:
    return bool(re.search(r"[?？]\s*$", x.text)) and len(x.text) >= 8 and outcome_of(x) is None


def _generic(x: Exchange) -> bool:
    """怎么办手续: asking for what we are about to do."""
    return bool(re.search(words()["how_to"], x.heard.cues, re.I))


def _why(x: Exchange) -> Reply:
    if x.pending is None:
        return ask_next(x)
    field = x.item.field(x.pending)
    text = say("why", title=field.title, help=field.help, basis=basis(field.id, x), question=x.repeat())
    return x.reply("clarify", text)


def answered(x: Exchange) -> Reply | None:
    """The answer to the question under way, read by the field's own parser."""
    if x.pending is None:
        return None
    outcome = outcome_of(x)
    if isinstance(outcome, Parsed) and x.pending in x.filing.skipped and x.last_reply() is None:
        return None
    if isinstance(outcome, Parsed):
        breach = blocked(x, x.pending, outcome)
        if breach is None:
            accept(x, x.pending, outcome)
            return None
        outcome = breach
    if isinstance(outcome, Refused):
        return refuse(x, outcome)
    if x.pending == "premises_address" and says_no_more(x.heard.text) and (earlier := x.insisted()):
        place, said = earlier
        x.take(x.pending, said, asked=True, line=place)
    return None


def refuse(x: Exchange, outcome: Refused) -> Reply | None:
    """Says why a value is not taken; one that is insisted on is stored with its issue, for a clerk to see."""
    pending = x.pending or ""
    earlier = x.insisted()
    if earlier and outcome.value is not None and outcome.value == earlier[1].value:
        x.take(pending, Parsed(outcome.value, outcome.start, outcome.end), asked=True)
        return None
    volunteered(x)
    x.settle()
    if x.noted and outcome.code == "SCOPE_UNKNOWN":
        return ask_next(x)
    x.refused[pending] = outcome.message
    x.lines.append(outcome.message)
    return x.reply("clarify", "")


def at_the_end(x: Exchange) -> Reply | None:
    """Nothing is left to ask: 确认 confirms all; anything else changes a value or is asked about."""
    if asking.open_fields(x.item, x.filing) or x.noted:
        return None
    if agrees(x.heard) or re.search(r"确认|没错|无误|都对", x.heard.cues):
        confirmed = {n: a.model_copy(update={"confirmed": True}) for n, a in x.filing.answers.items()}
        x.filing = x.filing.model_copy(update={"answers": confirmed})
        x.lines.append(say("all_confirmed") + "\n")
    return None


def volunteered(x: Exchange) -> Reply | None:
    """Values mentioned besides, found by cues; what is stored already stays."""
    context = x.context()
    for found in extract.by_code(x.heard, x.item, x.today, context):
        if found.field == x.pending or overlaps(x, found) or (found.field in people_fields(x) and x.pending):
            continue
        if found.field in x.filing.answers:
            if x.filing.answers[found.field].value != found.parsed.value:
                x.conflicts.append(found)
            continue
        x.take(found.field, found.parsed, asked=False)
        with_it(x, found.field, found.parsed)
    return None


def pointed_out(x: Exchange) -> Reply | None:
    """Open words of a first message, or of a long one that nothing explains, pointed at by a model and checked."""
    found = extract.by_code(x.heard, x.item, x.today, x.context())
    left = extract.unexplained(x.heard, found)
    stuck = x.pending is not None and not x.noted
    telling = x.opening and ("main_business" not in x.filing.answers or bool(_OPEN_WORDS.search(left)))
    if len(left) < MODEL_FROM or not (telling or stuck) or not x.parts.models.ready("chat"):
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
            with_it(x, value.field, value.parsed)
    return None
