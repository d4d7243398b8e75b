"""What an answer becomes: a stored value and what follows from the same words, or the reason why it is not taken."""

from __future__ import annotations

import re

from assistant import choices, extract, name_rules, names
from assistant.cues import clauses, contents, hear, label_of
from assistant.exchange import Exchange
from assistant.fields import Context, Parsed, Refused, parse
from assistant.issues import listed_words
from assistant.name_ideas import offer
from assistant.questions import about_rules
from assistant.register import register
from assistant.whose import owner
from assistant.wording import say

FREE = ("text", "name_part", "scope", "address")
"""Types of field that almost any words would fit."""
_OTHERS_NUMBER = {"contact_name": ("contact_mobile",), "agent_name": ("agent_mobile", "agent_id_number")}
SHORT = 4
"""Characters of an answer that needs no announcing."""


def outcome_of(x: Exchange) -> Parsed | Refused | None:
    """The answer to the question under way in the clauses that ask nothing."""
    if x.pending is None:
        return None
    questions = x.questions()
    field, text = x.item.field(x.pending), x.without(questions) if questions else x.text
    outcome = parse(field, text, x.today, x.context()) if re.search(r"\w", text) else None
    if questions and field.type in ("text", "name_part", "scope") and not _stands(x, text, outcome):
        return None
    if outcome is None and questions and field.type not in FREE and not about_rules_asked(x, questions):
        outcome = parse(field, x.text, x.today, x.context())
    return outcome


def _stands(x: Exchange, text: str, outcome: Parsed | Refused | None) -> bool:
    """Beside a question, open words are an answer where they are announced or quoted, or short and said first."""
    heard = hear(text)
    pattern = label_of(x.pending or "")
    if heard.quoted() or pattern and any(pattern.match(heard.cues, s, e) for s, e in contents(heard, 2)):
        return True
    if outcome is None or not isinstance(outcome.value, str):
        return False
    asked_at = min(x.heard.span(s, e)[0] for s, e in x.questions())
    return len(outcome.value) <= SHORT and outcome.end <= asked_at and not names.is_talk(outcome.value)


def about_rules_asked(x: Exchange, questions: list[tuple[int, int]]) -> bool:
    """Whether one of the questions is about the rules."""
    return any(about_rules(x.heard.text[s:e]) for s, e in questions)


def accept(x: Exchange, field_id: str, parsed: Parsed) -> None:
    """Stores the answer to the question under way."""
    x.take(field_id, parsed, asked=True)
    with_it(x, field_id, parsed)


def blocked(x: Exchange, field_id: str, parsed: Parsed) -> Refused | None:
    """A part of a name that breaks a rule by itself, with the word that breaks it."""
    if x.item.field(field_id).type != "name_part" or field_id == "name_region":
        return None
    one = {"has_name": True, field_id: parsed.value}
    listed, known, p = listed_words(x.item), {**x.filing.values(), **one}, x.parts
    breaches = names.form_forbidden(one, listed["NAME_FORM_FORBIDDEN"])
    breaches = breaches or name_rules.word_forbidden(one, listed["NAME_WORD_FORBIDDEN"])
    held = register(p.office, p.regions) if field_id == "name_trade" else None
    if held is not None and not breaches:
        found = name_rules.registered(known, held, x.today, p.scopes) or []
        breaches = [b for b in found if b.code == "NAME_TAKEN"]
    if not breaches:
        return None
    message = "".join(name_rules.explain(breach, one) for breach in breaches)
    if field_id == "name_trade":
        message += offer(known, listed, held, p.scopes, p.regions, x.today)
    return Refused(breaches[0].code, message, parsed.start, parsed.end, parsed.value)


def with_it(x: Exchange, field_id: str, parsed: Parsed) -> None:
    """What the same words settle: myself as contact brings my number; a trade name means there is a name."""
    values = x.filing.values()
    changed = field_id in x.noted and x.pending != field_id
    if field_id == "contact_name" and values.get("operator_mobile") and (changed or "contact_mobile" not in values):
        if parsed.same_as == "operator_name" or parsed.value == values.get("operator_name"):
            x.take("contact_mobile", Parsed(values["operator_mobile"], parsed.start, parsed.end), asked=False)
            x.lines.append(say("same_contact", value=values["operator_mobile"]))
    if field_id in _OTHERS_NUMBER and parsed.same_as is None and parsed.value != values.get("operator_name"):
        _their_numbers(x, field_id)
    if field_id == "operator_id_number" and (kind := choices.permit(x.heard)) and len(str(parsed.value)) != 18:
        x.take("operator_id_type", Parsed(kind, parsed.start, parsed.end), asked=True)
    if field_id == "has_name" and parsed.value is True and x.pending == "has_name":
        _announced_name(x)
    if field_id == "name_trade" and "has_name" not in values:
        x.take("has_name", Parsed(True, parsed.start, parsed.end), asked=False)
    if field_id == "name_trade" and x.pending == "name_trade":
        _parts_of_name(x, parsed)


def _their_numbers(x: Exchange, field_id: str) -> None:
    """写我老公李强，他手机135…: the number that stands beside somebody else's name is theirs."""
    for target in _OTHERS_NUMBER[field_id]:
        if target in x.filing.answers:
            continue
        outcome = parse(x.item.field(target), x.text, x.today, Context())
        if isinstance(outcome, Parsed) and not _mine(x, x.heard.places.index(outcome.start)):
            x.take(target, outcome, asked=True)


def _mine(x: Exchange, place: int) -> bool:
    """Whether a number is said to be the speaker's own; beside another's name it is theirs unless so."""
    start = next((s for s, e in clauses(x.heard) if s <= place < e), 0)
    return owner(x.heard, place) == "operator" and bool(re.search("我|俺|咱", x.heard.cues[start:place]))


def _announced_name(x: Exchange) -> None:
    """要啊，叫满江红: the trade name in the same breath, when it is announced or quoted."""
    announced = re.search(r"(?:叫[做作]?|名字?是)(?=[^，。]{2})", x.heard.cues)
    if "name_trade" in x.filing.answers or not (announced or x.heard.quoted()):
        return
    found = parse(x.item.field("name_trade"), x.text, x.today, x.context())
    if isinstance(found, Parsed) and not names.is_talk(str(found.value)) and not blocked(x, "name_trade", found):
        accept(x, "name_trade", found)


def _parts_of_name(x: Exchange, parsed: Parsed) -> None:
    """A whole name given for the trade name (小鹿奶茶店) is taken apart."""
    parts = names.split(str(parsed.value), x.parts.scopes, x.parts.regions)
    if len(parts) < 2:
        return
    for part, (value, offset) in parts.items():
        start = parsed.start + offset
        x.take(part, Parsed(value, start, start + len(value)), asked=True)


def overlaps(x: Exchange, found: extract.Found) -> bool:
    """Whether the words were already taken for another value of this message; a choice leaves them to open words."""
    for name in x.noted:
        if _is_choice(x, name) != _is_choice(x, found.field) and (_is_free(x, name) or _is_free(x, found.field)):
            continue  # 租个铺面开奶茶店 says how the premises are held and what is sold
        evidence = x.filing.answers[name].evidence
        start, end = getattr(evidence, "start", 0), getattr(evidence, "end", 0)
        if start < found.parsed.end and found.parsed.start < end and name not in ("has_name", "contact_mobile"):
            return True
    return False


def _is_free(x: Exchange, field_id: str) -> bool:
    return x.item.field(field_id).type in FREE


def _is_choice(x: Exchange, field_id: str) -> bool:
    return x.item.field(field_id).type in ("yes_no", "choice")


def people_fields(x: Exchange) -> tuple[str, ...]:
    """Fields about another person than the question under way is about."""
    pending = x.pending or ""
    if pending.startswith("name_"):
        return ("operator_name",)
    if pending.startswith(("contact", "agent", "family")):
        return ("operator_name", "operator_mobile", "operator_id_number", "operator_residence", "contact_name")
    return ()
