"""One parser and one checker for each type of field.

`parse` finds the value in an answer wrapped in talk and says where it stood; `accept` takes a form edit. Both return
canonical values: yes/no as booleans, days as `YYYY-MM-DD`, money in 万元, numbers half-width, addresses without spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import rjieba

from assistant import choices, identity, list_fields, name_ideas, name_rules, names
from assistant.addresses import complete, find_address, vague
from assistant.amounts import amounts, counts
from assistant.cues import Heard, clauses, contents, hear, relation, strip, unlabel
from assistant.dates import days
from assistant.edits import FieldError as FieldError
from assistant.edits import accept as accept
from assistant.issues import derive as derive
from assistant.issues import issues as issues
from assistant.parsed import Context as Context
from assistant.parsed import Outcome as Outcome
from assistant.parsed import Parsed as Parsed
from assistant.parsed import Refused as Refused
from assistant.parsed import read_as, turned_down
from assistant.references import DEFER, own_part, pointed
from assistant.whose import owner
from assistant.wording import say
from knowledge.items import ItemField

Parser = Callable[[ItemField, Heard, date, Context], Outcome]
_TALK = re.compile(r"[你您我俺咱他她这那哪啥问说吗呢吧么?？没不过了都还]|什么|确认|知道")
"""Words that no name of an occupation or a school has."""
_NUMERIC = re.compile(r"[\d零一二三四五六七八九十百千万两]|同上|一样|[省市区县路号]|族$|://|\.(?:com|cn)|老婆|老公")
_KINDS = {
    "operator_education": re.compile(r"学|书|校|班|文|教|训|士|科|高|中|专|college|school|degree", re.I),
    "operator_political_status": re.compile(r"党|团|盟|派|民主|群|社|party", re.I),
}
"""What the own words of a field are about, where that can be told."""
_HK_CARD = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,2}\d{6}\s*[(（]?[\dAa][)）]?(?![\dA-Za-z])")
_LATER = re.compile(r"再(?:加|投|追)|追加|以后|后面|将来|往后|后期|另外(?:再)?加")
_WRITTEN = re.compile(r"(?:写|填|报|登记|算|定)(?:上|个|成|为|作)?[^，。]{0,3}$")
"""先写3万，后面再加2万; 手上有10万，执照上写5万: which of several amounts is meant for the form."""


def parse(field: ItemField, text: str, today: date, context: Context | None = None) -> Outcome:
    """The value of the field in an answer to its question; None when the answer holds none."""
    parser, context = _PARSERS[field.type], context or Context()
    if (own := own_part(hear(text))) is not None:
        mine = parser(field, hear(own), today, context)
        if isinstance(mine, Parsed):
            return mine
    return parser(field, hear(text), today, context)


def _text(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if field.id == "operator_ethnicity":
        found = choices.ethnicity(heard)
        return read_as(heard, *found) if found else None
    if field.id.endswith("_name") and field.id != "business_name":
        return _person(field, heard, context)
    spans = [unlabel(heard, field.id, s, e, 2) for s, e in contents(heard, 2)]
    if not spans:
        return None
    start, end = (spans[0][0], spans[-1][1]) if field.id == "main_business" else spans[0]
    value = heard.text[start:end].strip()
    if field.id == "main_business" and (
        len(value) <= 4 and choices.agrees(heard) or re.match("不要|不用|没有|不是", value)
    ):
        return None
    if field.id == "online_platform":
        value = re.sub(r"^(?:在|是|用的?是?|上)+|(?:上面?|平台|开|做|卖|店|里|的)+$", "", value) or value
    return read_as(heard, value, start, end) if re.search(r"[\w]", value) else None


def _person(field: ItemField, heard: Heard, context: Context) -> Outcome:
    found = names.find_person(heard, field.id)
    if found and _common_word(heard, found):
        found = None
    whole = strip(heard, 0, len(heard.text))
    if found is None and relation().fullmatch(re.sub("^(?:我|俺|咱)(?:的)?", "", heard.cues[slice(*whole)])):
        return turned_down(heard, ("NAME_NOT_PERSON", say("NAME_NOT_PERSON")), *whole)
    return read_as(heard, *found) if found else pointed(field, heard, context)


def _common_word(heard: Heard, found: tuple[str, int, int]) -> bool:
    """Whether the whole answer is one word of the dictionary (超市) rather than a name with a surname."""
    name, start, end = found
    alone = strip(heard, 0, len(heard.text)) == (start, end)
    return alone and not names.is_person(name) and len(rjieba.cut(name)) == 1


def _yes_no(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = choices.yes_no(heard, field.id)
    return read_as(heard, *found) if found else None


def _choice(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if field.id == "composition" and (stranger := choices.stranger(heard)):
        return turned_down(heard, ("COMPOSITION_PARTNER", say("COMPOSITION_PARTNER")), *stranger)
    if unsettled := choices.unsettled(heard, field.id):
        options = "、".join(field.choices.values())
        return turned_down(heard, ("UNDECIDED", say("UNDECIDED", options=options)), *unsettled)
    found = choices.choice(heard, field.id, field.choices)
    if found is None and field.open:
        spans = [unlabel(heard, field.id, s, e, 2) for s, e in contents(heard, 2)]
        spans = [(s, e) for s, e in spans if 2 <= e - s <= 10 and _own_words(field, heard.cues[s:e])]
        return read_as(heard, heard.text[slice(*spans[0])], *spans[0]) if spans else None
    return read_as(heard, *found) if found else None


def _own_words(field: ItemField, said: str) -> bool:
    """Whether words that no choice has could still be this field's: no talk, no number, and of its kind."""
    kind = _KINDS.get(field.id)
    return not (_TALK.search(said) or _NUMERIC.search(said)) and (kind is None or bool(kind.search(said)))


def _id_number(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    kind = "resident_id"
    if field.id == "operator_id_number":
        kind = choices.permit(heard) or str(context.values.get("operator_id_type") or kind)
    found = identity.find_id_numbers(heard.digits, today, kind)
    if not found and (card := _HK_CARD.search(heard.text)):
        return turned_down(heard, ("ID_HK_CARD", say("ID_HK_CARD")), *card.span())
    if not found:
        short = [p for p in identity.find_phones(heard.digits) if p.problem]
        return (
            turned_down(heard, ("ID_LENGTH", say("ID_LENGTH", count=len(short[0].value))), short[0].start, short[0].end)
            if short
            else None
        )
    best = _likeliest(heard, found, field.id)
    if best.problem:
        return turned_down(heard, best.problem, best.start, best.end)
    return read_as(heard, best.value, best.start, best.end)


def _likeliest(heard: Heard, found: Sequence[identity.Found], field_id: str) -> identity.Found:
    """Of several numbers the well-formed one of the person asked about; else the first well-formed, else the first."""
    good = [f for f in found if f.problem is None]
    mine = field_id.startswith("operator")
    fitting = [f for f in good if (owner(heard, f.start) == "operator") == mine]
    return next(iter([*fitting, *good, *found]))


def _phone(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = identity.find_phones(heard.digits)
    if not found:
        return pointed(field, heard, context)
    best = _likeliest(heard, found, field.id)
    if best.problem:
        return turned_down(heard, best.problem, best.start, best.end)
    return read_as(heard, best.value, best.start, best.end)


def _email(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    for found in identity.find_emails(heard.digits if re.search("艾特|圈[aA]", heard.text) else heard.text):
        if found.problem:
            return turned_down(heard, found.problem, found.start, found.end)
        return read_as(heard, found.value, found.start, found.end)
    return None


def _url(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = identity.find_urls(heard.text)
    return read_as(heard, found[0].value, found[0].start, found[0].end) if found else None


def _address(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = find_address(heard, field.id, context.regions)
    if found is None:
        return pointed(field, heard, context)
    value = found.value
    if context.earlier and context.regions and not context.regions.find(value):
        value = context.earlier + value
    strict = field.id == "premises_address"
    if strict and (not complete(value) or vague(value)):
        problem = ("ADDRESS_INCOMPLETE", say("ADDRESS_INCOMPLETE", words=value))
        return turned_down(heard, problem, found.start, found.end, value)
    return read_as(heard, value, found.start, found.end)


def _amount(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = amounts(heard.text, bare=True)
    now = [a for a in found if not _LATER.search(_clause_before(heard, a.start))] or found
    written = [a for a in now if a.value is not None and _WRITTEN.search(_clause_before(heard, a.start))]
    clear = written or [a for a in now if a.value is not None]
    hedged = [a for a in now if a.value is None]
    if clear and (not hedged or clear[-1].start > hedged[-1].end):
        return read_as(heard, clear[-1].value, clear[-1].start, clear[-1].end)
    if hedged:
        words = heard.text[hedged[0].start : hedged[0].end]
        return turned_down(heard, ("AMOUNT_HEDGED", say("AMOUNT_HEDGED", words=words)), hedged[0].start, hedged[0].end)
    return None


def _clause_before(heard: Heard, place: int) -> str:
    start = next((s for s, e in clauses(heard) if s <= place < e), 0)
    return heard.cues[start:place]


def _count(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    found = counts(heard.text)
    return read_as(heard, *found) if found else None


def _date(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    for day in days(heard.text, today):
        if day.value is None:
            return turned_down(heard, ("DATE_INVALID", say("DATE_INVALID")), day.start, day.end)
        if field.id.endswith("birth_date") and day.value > today:
            return turned_down(heard, ("DATE_FUTURE", say("DATE_FUTURE")), day.start, day.end)
        return read_as(heard, day.value.isoformat(), day.start, day.end)
    return None


def _name_part(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if field.id == "name_region":
        return _name_region(heard, context)
    if field.id == "name_form" and DEFER.search(heard.cues):
        return None
    if field.id == "name_trade" and names.wants_own_name(heard.text) and context.values.get("operator_name"):
        start, end = contents(heard)[0]
        return read_as(heard, context.values["operator_name"], start, end, "operator_name")
    found = {"name_trade": names.find_trade, "name_industry": names.find_industry, "name_form": names.find_form}[
        field.id
    ](heard)
    if found is None:
        return (
            turned_down(heard, ("NAME_FORM_UNKNOWN", say("NAME_FORM_UNKNOWN")), 0, 0)
            if field.id == "name_form"
            else None
        )
    problem = found.problem or _part_problem(field.id, found.value)
    if problem == "NAME_UNDECIDED":
        ideas = name_ideas.suggest(context.values, {}, None, context.scopes, context.regions, today)
        message = say("NAME_UNDECIDED", ideas=name_ideas.quoted(ideas))
        return turned_down(heard, (problem, message), found.start, found.end)
    if problem:
        message = name_rules.explain(names.Breach(problem, field.id, found.value), {field.id: found.value})
        return turned_down(heard, (problem, message), found.start, found.end, found.value)
    return read_as(heard, found.value, found.start, found.end)


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
            return read_as(heard, region.name_region, s, e)
        if found and re.search(r"[市县区旗盟州]$", found.group()):
            return read_as(heard, found.group(), *found.span())
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
    "people": list_fields.people,
    "scope": list_fields.scope,
    "powers": list_fields.powers,
    "name_part": _name_part,
}
