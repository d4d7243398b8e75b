"""What a message says without having been asked: by code where cues decide, by one model call for the open words.

A value counts only with the words it came from, found in the message; other people's names and numbers are theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant import choices, identity, introductions, names
from assistant.addresses import complete, find_address, vague
from assistant.amounts import amounts
from assistant.cues import Heard, Span, clauses, hear, is_chatter, relation, strip, trim, words
from assistant.fields import Context, Parsed, parse
from assistant.judged import stands
from assistant.whose import owner
from knowledge.items import Item
from knowledge.scopes import Scopes
from prompts.ask import MadeBy, ask
from prompts.errors import ModelError
from prompts.models import Models

_SHOP_NAMED = re.compile(
    r"(?:店铺?名|名号|字号|店的?名字|店子?名字?|招牌|店(?=就?(?:叫|取名|起名))|名字|名儿)(?:我)?(?:都)?(?:想好了?)?[，,]?(?:就|想|要|打算|准备|暂定)?(?:叫做?|是|取|起|用|定为?)(?:个|名|成)?\s*"
    r"[“\"「『]?(?P<name>[\u3400-\u9fff]{2,12}?)[”\"」』]?(?=$|[，,。；;！!？? ]|吧|这|的|咯|嘞|哈|呀|呢|啊)"
)
_MONEY = re.compile(r"投资?|出资|资金|资本|invest|本钱|成本|拿出|凑了|准备了?|预算|启动|投入|掏|budget")
_GENERAL = re.compile(
    r"(?:做|搞|开|弄)(?:个|一个|点|家)?(?:小)?(?:电商|生意|买卖|网店|直播|微商|跨境|小店|店|铺子)(?:的|呀|呢)*"
)
"""Says that there is a business, not which."""
_HOME = re.compile(r"住(?:在|址)|家住|^(?:我|俺|咱|现在?|就)*住(?!宅|房|家|人)|户籍|户口|身份证(?:上)?的?(?:住|地)址")
_LIVES = re.compile(r"(?:号|室|房|栋|楼|村|组|户|单元)(?:那?里|那边|这边)?(?:居|常)?住(?!宅|房)")
"""在某处住, where the place stands before the verb."""
_OPENS = re.compile(
    r"(?:在|搁|到).{5,60}?(?:这?里|这边|那边)?(?:开(?!发)|弄(?=[个间家一点])|办|搞|做|经营|摆|租|盘|卖)"
)
"""在某处开店: the place stands before what is done there."""
_PREMISES = re.compile(r"店|铺|门面|门脸|开在|经营场所|营业|摊|工作室|档口|地址")


class SaidWords(BaseModel):
    """One thing the person said, in their words."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["生意", "店名", "姓名", "地址"]
    words: str = Field(max_length=80)


class Said(BaseModel):
    """What the person said of themselves."""

    model_config = ConfigDict(extra="forbid")

    said: list[SaidWords] = Field(max_length=6)


_ASKED_OF_MODEL = {"main_business": "生意", "name_trade": "店名", "operator_name": "姓名", "premises_address": "地址"}


@dataclass(frozen=True)
class Found:
    """A value that a message mentions; `parsed` points into the message as typed."""

    field: str
    parsed: Parsed


def by_code(heard: Heard, item: Item, today: date, context: Context) -> list[Found]:
    """Values that cues announce, at most one for each field."""
    known = {f.id for f in item.fields}
    out: dict[str, Found] = {}
    for found in _cued(heard, today, context):
        if found.field in known and found.field not in out:
            out[found.field] = found
    return list(out.values())


def _cued(heard: Heard, today: date, context: Context) -> Iterable[Found]:
    yield from _numbers(heard, today)
    yield from _people(heard)
    yield from _shop_name(heard, context)
    yield from _money(heard)
    yield from _closed(heard)
    yield from _bare(heard)
    yield from _places(heard, context)
    yield from _business(heard, context.scopes)


def _at(heard: Heard, field: str, value: Any, span: Span) -> Found:
    return Found(field, Parsed(value, *heard.span(*span)))


def _clause_of(heard: Heard, place: int) -> Span:
    return next(((s, e) for s, e in clauses(heard) if s <= place < e), (0, len(heard.text)))


def _numbers(heard: Heard, today: date) -> Iterable[Found]:
    for found in identity.find_phones(heard.digits):
        whose = owner(heard, found.start)
        if found.problem is None and whose in ("operator", "contact"):
            yield _at(heard, f"{whose}_mobile", found.value, (found.start, found.end))
    for found in identity.find_id_numbers(heard.digits, today):
        if found.problem is None and owner(heard, found.start) == "operator":
            yield _at(heard, "operator_id_number", found.value, (found.start, found.end))
    for found in identity.find_emails(heard.text):
        if found.problem is None and owner(heard, found.start) != "other":
            yield _at(heard, "contact_email", found.value, (found.start, found.end))


def _people(heard: Heard) -> Iterable[Found]:
    for name, span in introductions.operators(heard):
        yield _at(heard, "operator_name", name, span)
    if person := introductions.contact(heard):
        yield _at(heard, "contact_name", *person)


def _shop_name(heard: Heard, context: Context) -> Iterable[Found]:
    for m in _SHOP_NAMED.finditer(heard.text):
        clause = heard.text[_clause_of(heard, m.start())[0] : m.start("name")]
        shop = re.search(r"店|字号|名号|招牌|铺|馆", clause) or re.search(r"店|铺|馆|工作室", heard.text[: m.start()])
        if not shop or relation().search(clause) or re.search(r"(?:我|俺)的?名字", clause):
            continue
        parts = names.split(m["name"], context.scopes, context.regions)
        yield Found("has_name", Parsed(True, *heard.span(*m.span("name"))))
        for field, (value, offset) in parts.items():
            at = m.start("name") + offset
            yield _at(heard, field, value, (at, at + len(value)))


def _money(heard: Heard) -> Iterable[Found]:
    for amount in amounts(heard.text):
        near = heard.text[max(_clause_of(heard, amount.start)[0], amount.start - 12) : amount.end + 4]
        if (
            amount.value is not None
            and _MONEY.search(near)
            and not re.search(r"房租|租金|押金|转让|月薪|一个?月|每月|工资|营业额", near)
        ):
            yield _at(heard, "capital_wan", amount.value, (amount.start, amount.end))


def _closed(heard: Heard) -> Iterable[Found]:
    spoken: Mapping[str, Mapping[str, Sequence[str]]] = words()["volunteered"]
    for field, values in spoken.items():
        hits = [(v, m.span()) for v, ps in values.items() for p in ps if (m := re.search(p, heard.cues, re.I))]
        if hits and len({v for v, _ in hits}) == 1:
            value = {"yes": True, "no": False}.get(hits[0][0], hits[0][0])
            yield _at(heard, field, value, hits[0][1])


def _bare(heard: Heard) -> Iterable[Found]:
    """Clauses that are nothing but one answer: 汉族, 高中毕业, 群众, 租的."""
    for start, end in clauses(heard):
        s, e = strip(heard, start, end, 1)
        piece = re.sub(r"(?:毕业|学历|文化)$", "", heard.cues[s:e])
        for field, name in (("operator_education", "education"), ("operator_political_status", "political")):
            for value, spellings in words()[name].items():
                if piece in spellings and len(piece) > 1:
                    yield _at(heard, field, value, (s, e))
        if re.fullmatch(r"租的|租来的", piece):
            yield _at(heard, "premises_kind", "leased", (s, e))
        if piece.endswith("族") and piece.removesuffix("族") in words()["ethnic_groups"]:
            yield _at(heard, "operator_ethnicity", piece, (s, e))


def _places(heard: Heard, context: Context) -> Iterable[Found]:
    for start, end in clauses(heard):
        piece = heard.text[start:end]
        home, shop = _HOME.search(heard.cues[start:end]), _PREMISES.search(heard.cues[start:end])
        home, other = home or _LIVES.search(heard.cues[start:end]), owner(heard, start) == "other"
        shop = shop or re.match(r"(?:就|开)?(?:在|位于|搁)", piece)
        shop = shop or (None if other or relation().search(piece) else _OPENS.search(heard.cues[start:end]))
        if not (home or shop) or (other and not shop):
            continue
        field = "operator_residence" if home else "premises_address"
        place = find_address(hear(piece), field, context.regions)
        if place is None or not (context.regions and context.regions.find(place.value)):
            continue
        if complete(place.value) and not (field == "premises_address" and vague(place.value)):
            offset = hear(piece).span(place.start, place.end)
            yield _at(heard, field, place.value, (start + offset[0], start + offset[1]))


def _business(heard: Heard, scopes: Scopes | None) -> Iterable[Found]:
    """The clauses that say what is sold or done, when the catalogue knows the trade."""
    if scopes is None:
        return
    spans = [s for s in (_trade(heard, s, e, scopes) for s, e in clauses(heard)) if s]
    spans = [s for s in spans if not _GENERAL.fullmatch(heard.cues[slice(*s)])] or spans
    if spans:
        start, end = spans[0]
        for s, e in spans[1:]:
            if s - end > 2 or not re.match(words()["trades"], heard.cues[s:e], re.I):
                break
            end = e  # 开面馆，卖汤面和小菜
        value = heard.text[start:end]
        yield _at(heard, "main_business", value, (start, end))


def _trade(heard: Heard, start: int, end: int, scopes: Scopes) -> Span | None:
    if is_chatter(heard, start, end) and not re.search(words()["trades"], heard.text[start:end]):
        return None
    s, e = strip(heard, start, end, 2)
    theirs = relation().match(heard.text, *strip_me(heard, s, e))
    if theirs and not re.search(r"(?:我|俺|咱)(?:也|就)?(?:想|要|打算|准备|来)", heard.text[theirs.end() : e]):
        return None
    if m := re.compile(words()["wish"], re.I).match(heard.text, s, e):
        s = m.end()
    if talk := re.compile(words()["licence_talk"], re.I).search(heard.cues, s, e):
        e = talk.start()
    if re.match(r"[他她]", heard.text[s:e]) or not re.search(words()["trades"], heard.text[s:e], re.I):
        return None
    if e <= s or not known_trade(scopes, heard.cues[s:e]):
        return None
    return trim(heard.text, _verb(heard, s, e, scopes), e)


def _verb(heard: Heard, start: int, end: int, scopes: Scopes) -> int:
    """Where the trade begins: the first verb of trade with nothing of it before (17岁了想|开店卖花)."""
    for m in re.compile(words()["trades"], re.I).finditer(heard.cues, start, end):
        whole = known_trade(scopes, heard.cues[m.start() : end])
        if whole and not known_trade(scopes, heard.cues[start : m.start()]):
            return m.start()
    return start


def strip_me(heard: Heard, start: int, end: int) -> Span:
    """A clause without 我 and 我家 in front."""
    m = re.compile(r"(?:我|俺|咱)(?:家|们)?(?:的)?").match(heard.text, start, end)
    return (m.end(), end) if m else (start, end)


def known_trade(scopes: Scopes, description: str) -> bool:
    """Whether the catalogue has an entry for it, in Chinese or through the glossary."""
    return bool(scopes.propose(in_chinese(description), k=1))


def in_chinese(description: str) -> str:
    """A description with the Chinese for trades named in English."""
    listed: Mapping[str, str] = words()["glossary"]
    found = [zh for en, zh in listed.items() if re.search(rf"(?<![a-z]){re.escape(en)}s?(?![a-z])", description, re.I)]
    return " ".join([description, *found])


# --- with a model ----------------------------------------------------------------------------------------------------


def unexplained(heard: Heard, found: Sequence[Found]) -> str:
    """Clauses that carry something no cue accounts for."""
    taken = [(f.parsed.start, f.parsed.end) for f in found]
    left = []
    for s, e in clauses(heard):
        a, b = heard.span(s, e)
        if not is_chatter(heard, s, e) and not any(x < b and a < y for x, y in taken):
            left.append(heard.text[s:e])
    return "，".join(left)


def by_model(
    heard: Heard, wanted: Sequence[str], models: Models, item: Item, today: date, context: Context
) -> tuple[list[Found], list[MadeBy]]:
    """Open words that a model picks out, each found in the message and fit for its field; raises ModelError."""
    labels = {label: f for f, label in _ASKED_OF_MODEL.items() if f in wanted}
    if not labels:
        return [], []
    reply = ask(models, "chat", "extract_values", Said, fields=" ".join(labels), message=heard.text)
    out: dict[str, Found] = {}
    for said in reply.value.said if isinstance(reply.value, Said) else ():
        field = labels.get(said.field)
        found = _located(heard, field, said.words, item, today, context) if field else None
        if found and found.field not in out:
            out[found.field] = found
    kept, weighed = _checked(heard, out, models)
    return kept, [reply.made_by, *weighed]


def _checked(heard: Heard, out: dict[str, Found], models: Models) -> tuple[list[Found], list[MadeBy]]:
    """What survives: the same words are not both a person and a shop, and each value passes one question about it."""
    person, trade = out.get("operator_name"), out.get("name_trade")
    if person and trade and person.parsed.start < trade.parsed.end and trade.parsed.start < person.parsed.end:
        del out["name_trade"]  # the same words cannot be both; nobody said they were the shop's
    if not models.ready("judge"):
        return list(out.values()), []
    made_by: list[MadeBy] = []
    for field, found in list(out.items()):
        quote = heard.original[found.parsed.start : found.parsed.end]
        odds = stands(models, heard.text, field, quote)
        made_by.append(odds.made_by)
        if odds.value <= 0:
            del out[field]
    return list(out.values()), made_by


def _located(heard: Heard, field: str, said: str, item: Item, today: date, context: Context) -> Found | None:
    """The value of the words, when they stand in the message, are the speaker's own and pass the field's rules."""
    at = heard.text.find(hear(said).text.strip()) if said.strip() else -1
    if at < 0 or owner(heard, at) != "operator":
        return None
    original = heard.span(at, at + len(hear(said).text.strip()))
    inner = parse(item.field(field), heard.original[slice(*original)], today, context)
    if not isinstance(inner, Parsed) or not _sensible(field, inner.value, context):
        return None
    return Found(field, Parsed(inner.value, original[0] + inner.start, original[0] + inner.end))


def _sensible(field: str, value: str, context: Context) -> bool:
    """Rules for what nobody asked: a known trade, a name with a surname, an address in a region, no trade as a name."""
    if field == "main_business":
        return context.scopes is not None and known_trade(context.scopes, value)
    if field == "operator_name":
        return names.is_person(value)
    if field == "premises_address":
        return context.regions is not None and context.regions.find(value) is not None
    trade = context.scopes is not None and bool(context.scopes.propose(value, k=1))
    return not trade and choices.ethnicity(hear(value)) is None


__all__ = ["Found", "ModelError", "Said", "by_code", "by_model", "in_chinese", "known_trade", "owner", "unexplained"]
