"""One parser and one checker for each type of field.

`parse` finds the value in an answer wrapped in talk and says where it stood; `accept` takes a form edit. Both return
canonical values: yes/no as booleans, days as `YYYY-MM-DD`, money in 万元, numbers half-width, addresses without spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant import choices, identity, names
from assistant.addresses import complete, find_address, vague
from assistant.amounts import amounts, counts
from assistant.cues import Heard, contents, hear, unlabel
from assistant.dates import days
from assistant.edits import FieldError as FieldError
from assistant.edits import accept as accept
from assistant.issues import derive as derive
from assistant.issues import issues as issues
from assistant.wording import say
from knowledge.items import ItemField
from knowledge.regions import Regions
from knowledge.scopes import Scopes


@dataclass(frozen=True)
class Parsed:
    """A value and the place of its words in the message as typed."""

    value: Any
    start: int
    end: int
    same_as: str | None = None
    """The field it was taken from (同上)."""


@dataclass(frozen=True)
class Refused:
    """Words that answer the question but cannot be its value."""

    code: str
    message: str
    start: int = 0
    end: int = 0
    value: Any = None
    """What it would have been, when the applicant insists."""


@dataclass(frozen=True)
class Context:
    """What an answer may refer to."""

    values: Mapping[str, Any] = field(default_factory=dict)
    regions: Regions | None = None
    scopes: Scopes | None = None
    proposed: tuple[str, ...] = ()
    """Entries of the scope offered last, alternatives included."""
    advised: tuple[str, ...] = ()
    """Those of them that consent stands for; empty: all of them."""
    earlier: str = ""
    """An incomplete address said just before, to which a room may be added."""


Outcome = Parsed | Refused | None
Parser = Callable[[ItemField, Heard, date, Context], Outcome]
_TALK = re.compile(r"[你您我俺咱他她这那哪啥问说吗呢吧么?？]|什么|确认|不对|知道")
"""Words that no name of an occupation or a school has."""
OF_OPERATOR = {"contact_name": "operator_name", "contact_mobile": "operator_mobile"}
"""Field → the operator's field that “myself” means."""


def parse(field: ItemField, text: str, today: date, context: Context | None = None) -> Outcome:
    """The value of the field in an answer to its question; None when the answer holds none."""
    return _PARSERS[field.type](field, hear(text), today, context or Context())


def _parsed(heard: Heard, value: Any, start: int, end: int, same_as: str | None = None) -> Parsed:
    return Parsed(value, *heard.span(start, end), same_as)


def _refused(heard: Heard, problem: tuple[str, str], start: int, end: int, value: Any = None) -> Refused:
    return Refused(*problem, *heard.span(start, end), value)


def _own(field: ItemField, heard: Heard, context: Context) -> Parsed | None:
    """The operator's value where the answer says so (写我本人, 同上)."""
    source = OF_OPERATOR.get(field.id)
    same = choices.same_as(heard) if source and context.values.get(source) else None
    return _parsed(heard, context.values[source], same.start, same.end, source) if same and source else None


def _text(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if field.id == "operator_ethnicity":
        found = choices.ethnicity(heard)
        return _parsed(heard, *found) if found else None
    if field.id.endswith("_name") and field.id != "business_name":
        return _person(field, heard, context)
    spans = [unlabel(heard, field.id, s, e, 2) for s, e in contents(heard, 2)]
    if not spans:
        return None
    start, end = (spans[0][0], spans[-1][1]) if field.id == "main_business" else spans[0]
    value = heard.text[start:end].strip()
    if field.id == "main_business" and len(value) <= 4 and choices.agrees(heard):
        return None
    if field.id == "online_platform":
        value = re.sub(r"^(?:在|是|用的?是?|上)+|(?:上面?|平台|开|做|卖|店|里|的)+$", "", value) or value
    return _parsed(heard, value, start, end) if re.search(r"[\w]", value) else None


def _person(field: ItemField, heard: Heard, context: Context) -> Outcome:
    found = names.find_person(heard, field.id)
    return _parsed(heard, *found) if found else _own(field, heard, context)


def _yes_no(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = choices.yes_no(heard, field.id)
    return _parsed(heard, *found) if found else None


def _choice(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = choices.choice(heard, field.id, field.choices)
    if found is None and field.open:
        spans = [unlabel(heard, field.id, s, e, 2) for s, e in contents(heard, 2)]
        spans = [(s, e) for s, e in spans if 2 <= e - s <= 10 and not _TALK.search(heard.text, s, e)]
        return _parsed(heard, heard.text[slice(*spans[0])], *spans[0]) if spans else None
    return _parsed(heard, *found) if found else None


def _id_number(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    kind = (
        str(context.values.get("operator_id_type") or "resident_id")
        if field.id == "operator_id_number"
        else "resident_id"
    )
    found = identity.find_id_numbers(heard.digits, today, kind)
    if not found:
        short = [p for p in identity.find_phones(heard.digits) if p.problem]
        return (
            _refused(heard, ("ID_LENGTH", say("ID_LENGTH", count=len(short[0].value))), short[0].start, short[0].end)
            if short
            else None
        )
    best = next((f for f in found if f.problem is None), found[0])
    if best.problem:
        return _refused(heard, best.problem, best.start, best.end)
    return _parsed(heard, best.value, best.start, best.end)


def _phone(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = identity.find_phones(heard.digits)
    if not found:
        return _own(field, heard, context)
    best = next((f for f in found if f.problem is None), found[0])
    if best.problem:
        return _refused(heard, best.problem, best.start, best.end)
    return _parsed(heard, best.value, best.start, best.end)


def _email(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    for found in identity.find_emails(heard.text):
        if found.problem:
            return _refused(heard, found.problem, found.start, found.end)
        return _parsed(heard, found.value, found.start, found.end)
    return None


def _url(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = identity.find_urls(heard.text)
    return _parsed(heard, found[0].value, found[0].start, found[0].end) if found else None


def _address(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = find_address(heard, field.id, context.regions)
    if found is None:
        return None
    value = found.value
    if context.earlier and context.regions and not context.regions.find(value):
        value = context.earlier + value
    strict = field.id == "premises_address"
    if strict and (not complete(value) or vague(value)):
        problem = ("ADDRESS_INCOMPLETE", say("ADDRESS_INCOMPLETE", words=value))
        return _refused(heard, problem, found.start, found.end, value)
    return _parsed(heard, value, found.start, found.end)


def _amount(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = amounts(heard.text, bare=True)
    clear = [a for a in found if a.value is not None]
    hedged = [a for a in found if a.value is None]
    if clear and (not hedged or clear[-1].start > hedged[-1].end):
        return _parsed(heard, clear[-1].value, clear[-1].start, clear[-1].end)
    if hedged:
        words = heard.text[hedged[0].start : hedged[0].end]
        return _refused(heard, ("AMOUNT_HEDGED", say("AMOUNT_HEDGED", words=words)), hedged[0].start, hedged[0].end)
    return None


def _count(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = counts(heard.text)
    return _parsed(heard, *found) if found else None


def _date(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    for day in days(heard.text, today):
        if day.value is None:
            return _refused(heard, ("DATE_INVALID", say("DATE_INVALID")), day.start, day.end)
        if field.id.endswith("birth_date") and day.value > today:
            return _refused(heard, ("DATE_FUTURE", say("DATE_FUTURE")), day.start, day.end)
        return _parsed(heard, day.value.isoformat(), day.start, day.end)
    return None


def _people(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    numbers = identity.find_id_numbers(heard.digits, today)
    if not numbers:
        person = names.find_person(heard, "operator_name")
        return _refused(heard, ("MEMBER_INCOMPLETE", say("MEMBER_INCOMPLETE")), *person[1:]) if person else None
    people, after = [], 0
    for found in numbers:
        if found.problem:
            return _refused(heard, found.problem, found.start, found.end)
        name = _name_before(heard, after, found.start)
        if name is None:
            return _refused(heard, ("MEMBER_INCOMPLETE", say("MEMBER_INCOMPLETE")), found.start, found.end)
        people.append({"name": name, "id_number": found.value})
        after = found.end
    mine = context.values.get("operator_id_number")
    others = [p for p in people if p["id_number"] != mine]
    return _parsed(heard, others, contents(heard)[0][0], numbers[-1].end) if others else None


def _name_before(heard: Heard, start: int, end: int) -> str | None:
    """The last name-shaped word between two identity numbers."""
    piece = heard.cues[start:end]
    piece = re.sub(
        r"的?(?:居民)?(?:身份证|证件|身份)?(?:号码|号|码)?(?:是|为|:|：)?\s*$", "", piece.rstrip(" ，,:：、")
    )
    for m in reversed(list(re.finditer(r"[\u3400-\u9fff·]{2,}", piece))):
        inner = hear(heard.text[start + m.start() : start + m.end()])
        found = names.find_person(inner, "operator_name")
        if found and names.is_person(found[0], labelled=True):
            return found[0]
    return None


def _scope(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    named = [entry for entry in context.proposed if entry in heard.text]
    if named:
        at = heard.text.find(named[0])
        return _parsed(heard, named, at, at + len(named[0]))
    if (picked := choices.ordinals(heard.text, len(context.proposed))) is not None:
        return _parsed(heard, [context.proposed[i] for i in picked], 0, len(heard.text))
    agreed = choices.agrees(heard)
    taken = list(context.advised or context.proposed) or [str(context.values.get("main_business") or "")]
    if agreed and taken[0]:
        return _parsed(heard, taken, agreed.start, agreed.end)
    spans = contents(heard, 2)
    if context.scopes is None or not spans:
        return None
    start, end = spans[0][0], spans[-1][1]
    entry = context.scopes.get(heard.text[start:end])
    entries = [entry] if entry else context.scopes.propose(heard.text[start:end], k=1)
    if not entries:
        words = heard.text[start:end][:20]
        return _refused(heard, ("SCOPE_UNKNOWN", say("SCOPE_UNKNOWN", words=words)), start, end, [words])
    return _parsed(heard, [e.entry for e in entries], start, end)


def _powers(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if m := re.search(r"全部|都同意|全都|都可以|都行|都要|四项|全权", heard.text):
        return _parsed(heard, [1, 2, 3, 4], *m.span())
    found = list(re.finditer(r"(?<!\d)[1-4一二三四](?!\d|个)", heard.text))
    if not found:
        return None
    chosen = sorted({"一二三四".find(m.group()) + 1 or int(m.group()) for m in found})
    return _parsed(heard, chosen, found[0].start(), found[-1].end())


def _name_part(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if field.id == "name_region":
        return _name_region(heard, context)
    if field.id == "name_trade" and names.wants_own_name(heard.text) and context.values.get("operator_name"):
        start, end = contents(heard)[0]
        return _parsed(heard, context.values["operator_name"], start, end, "operator_name")
    found = {"name_trade": names.find_trade, "name_industry": names.find_industry, "name_form": names.find_form}[
        field.id
    ](heard)
    if found is None:
        return (
            _refused(heard, ("NAME_FORM_UNKNOWN", say("NAME_FORM_UNKNOWN")), 0, 0) if field.id == "name_form" else None
        )
    problem = found.problem or _part_problem(field.id, found.value)
    if problem == "NAME_UNDECIDED":
        own = str(context.values.get("operator_name") or "满满")
        message = say("NAME_UNDECIDED", example=own[-2:] + ("" if len(own) > 1 else "记"))
        return _refused(heard, (problem, message), found.start, found.end)
    if problem:
        message = say(f"issue.{problem}", word=found.value)
        return _refused(heard, (problem, message), found.start, found.end, found.value)
    return _parsed(heard, found.value, found.start, found.end)


def _part_problem(field_id: str, value: str) -> str:
    """Code of a rule that the part breaks by itself."""
    one = {"has_name": True, field_id: value}
    if names.not_chinese(one):
        return "NAME_NOT_CHINESE"
    return "NAME_TRADE_SHORT" if names.trade_short(one) else ""


def _name_region(heard: Heard, context: Context) -> Outcome:
    for start, end in contents(heard, 2):
        s, e = unlabel(heard, "name_region", start, end, 2)
        found = re.compile(r"[\u4e00-\u9fff]{2,15}").match(heard.text, s, e)
        region = context.regions.find(heard.text[s:e]) if context.regions else None
        if region and region.name_region:
            return _parsed(heard, region.name_region, s, e)
        if found and re.search(r"[市县区旗盟州]$", found.group()):
            return _parsed(heard, found.group(), *found.span())
    return None


_PARSERS: Mapping[str, Parser] = {
    "text": _text,
    "yes_no": _yes_no,
    "choice": _choice,
    "id_number": _id_number,
    "phone": _phone,
    "email": _email,
    "url": _url,
    "address": _address,
    "amount_wan": _amount,
    "count": _count,
    "date": _date,
    "people": _people,
    "scope": _scope,
    "powers": _powers,
    "name_part": _name_part,
}
