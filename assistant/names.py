"""Names of people and of shops: read from answers, put together from their four parts, and checked.

Rules of shop names: 企业名称登记管理规定 第五条至第十二条、第十七条, by its 第二十五条
for individual businesses as well.
Each rule returns the breaches it sees with the word that breaks it; the review runs the same functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.cues import Heard, Span, contents, open_contents, relation, simplified, strip, trim, words
from assistant.dialect import standard
from knowledge.regions import Region, Regions
from knowledge.scopes import Scopes

Values = Mapping[str, Any]
PARTS = ("name_region", "name_trade", "name_industry", "name_form")

_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,10}(?:[·•・.][\u3400-\u9fff]{1,12})+")
_NOT_NAME = re.compile(
    r"^姓|[了的吗呢吧啊嘛么着过]$|"
    r"[我你您他她它俺咱恁]|什么|怎么|哪|谁|名字|姓名|身份|电话|手机|号码|自己|本人|知道|清楚|不|说|别|随便|告诉|可以|没有|不用|执照|一样|同上|老板$|老师$|办|开店"
)
_OF_CHARACTERS = re.compile(
    r"(?:这|那)?(?:个|[两俩二三四五六]个?|几个)?(?:个)?(?:字|汉字)(?:儿)?$|的(?:名字|字号|店名)$|这个名(?:字)?$"
)
_NAME_LIKE = re.compile(r"[\u3400-\u9fffA-Za-z0-9 ·'&.-]{1,12}")
_ASKING = re.compile(r"[你您吗么怎哪谁我俺]|朋友|老公|老婆")
_SENTENCE = re.compile(
    r"[你您吗么怎哪谁我俺咱他她再想讲说问谢吧呢]|今天|今年|明天|对了|另外|还有|顺便|[\u4e00-\u9fff]{7}"
)
_UNDECIDED = re.compile(
    r"(?:没|还没|未)想好|想不(?:到|出|起)|不知道叫|[你您](?:帮|给|替).{0,3}(?:起|取|想|定)|随便|推荐|有什么好|起什么"
)
_OWN_NAME = re.compile(r"(?:用|就|叫|写).{0,3}(?:我|俺|自己|本人)的?.{0,2}(?:名字|姓名|名)")


class Breach(NamedTuple):
    """A rule that a value breaks, at the word that breaks it."""

    code: str
    field: str
    word: str
    detail: str = ""


# --- people ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _surname() -> re.Pattern[str]:
    listed = words()
    return re.compile("|".join(listed["compound_surnames"]) + "|[" + listed["surnames"].strip() + "]")


def is_person(name: str, labelled: bool = False) -> bool:
    """Whether it can be somebody's name: no pronoun or title alone; a known surname unless it was said to be a name."""
    if (
        not _HAN_NAME.fullmatch(name)
        or _NOT_NAME.search(name)
        or name in words()["titles"]
        or relation().fullmatch(standard(name))
    ):
        return False
    if "·" in name or labelled and not re.search(r"^[用叫要]|[店馆厂铺坊]$", name):
        return True
    surname = _surname().match(name)
    return bool(surname) and surname is not None and len(name) > surname.end() and not _titled(name)


def _titled(name: str) -> bool:
    """王老师, 李老板: how somebody is addressed, not what stands on the identity card."""
    return any(name.endswith(t) and len(name) - len(t) <= 1 for t in words()["titles"])


def find_person(heard: Heard, field: str) -> tuple[str, int, int] | None:
    """A person's name in an answer to a question for it."""
    if re.search(r"叫我(?:老|小|阿)", heard.text):
        return None
    spans = open_contents(heard, field)
    for s, e, labelled in sorted(spans, key=lambda x: not x[2]):
        for a, b in dict.fromkeys([_without_relation(heard, s, e), (s, e), *_leading(heard, s, e)]):
            if is_person(heard.text[a:b], labelled or len(spans) == 1):
                return heard.text[a:b].replace("•", "·").replace("・", "·"), a, b
    return None


def _without_relation(heard: Heard, start: int, end: int) -> Span:
    """我老婆王芳 → 王芳."""
    found = re.compile(
        rf"是?(?:我|俺|咱|他|她)?(?:家|店里|单位)?的?(?:{relation().pattern})(?:的?(?:名字)?(?:叫|是)?)", re.I
    ).match(heard.text, start, end)
    return strip(heard, *trim(heard.text, found.end(), end), 2) if found and end - found.end() >= 2 else (start, end)


def _leading(heard: Heard, start: int, end: int) -> list[Span]:
    """Name-shaped beginnings of a longer clause, when what follows is no part of a name (王小明今年三十)."""
    text = heard.text
    surname = _surname().match(text, start, end)
    if surname is None:
        return []
    stop = re.compile(r"[，,。\s0-9A-Za-z（(]|今年|男|女|汉族|身份证|电话|手机|住")
    found = stop.search(text, surname.end(), end)
    told = [(start, start + n) for n in (3, 2, 4) if _spelled(text[start : start + n], text[start + n : end])]
    return [*([(start, found.start())] if found else []), *told]


def _spelled(name: str, after: str) -> bool:
    """许文静|许仙的许: what follows says with which characters the name is written."""
    return bool(re.match(rf"[\u4e00-\u9fff]{{1,4}}的[{re.escape(name)}]", after))


# --- parts of a shop's name ------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A part of a shop's name in an answer, or the reason it cannot be one."""

    value: str
    start: int
    end: int
    problem: str = ""
    """Code."""


def find_trade(heard: Heard) -> Part | None:
    """The trade name in an answer (字号叫幺妹咯, 满满这两个字, 那就“可儿”)."""
    for s, e in heard.quoted():
        return Part(heard.text[s:e].strip(), *trim(heard.text, s, e))
    if _UNDECIDED.search(heard.text):
        return Part(heard.text, 0, len(heard.text), "NAME_UNDECIDED")
    for s, e, labelled in sorted(open_contents(heard, "name_trade"), key=lambda x: not x[2]):
        if tail := _OF_CHARACTERS.search(heard.text, s, e):
            s, e = trim(heard.text, s, tail.start())
        piece = heard.text[s:e]
        if _NAME_LIKE.fullmatch(piece) and not (_ASKING.search(piece) if labelled else is_talk(piece)):
            return Part(piece, s, e)
    return None


def is_talk(piece: str) -> bool:
    """Whether words that nobody announced as a name sound like part of a sentence."""
    return bool(_SENTENCE.search(piece))


def wants_own_name(text: str) -> bool:
    """用我的名字: the trade name is the operator's name."""
    return bool(_OWN_NAME.search(text))


def find_industry(heard: Heard) -> Part | None:
    """The word for the trade (做美甲的，就写美甲; 行业写修鞋)."""
    for s, e in heard.quoted():
        return Part(heard.text[s:e], s, e)
    best: Part | None = None
    for s, e, labelled in open_contents(heard, "name_industry", 1):
        tail = _OF_CHARACTERS.search(heard.text, s, e) or re.compile(r"(?:这|那)?(?:一)?(?:行业|行|类|方面)$").search(
            heard.text, s, e
        )
        if tail and tail.start() > s:
            s, e = trim(heard.text, s, tail.start())
        piece = heard.text[s:e]
        if not re.fullmatch(r"[\u3400-\u9fffA-Za-z0-9]{1,12}", piece):
            continue
        description = piece.endswith("的")
        if best is None or (labelled and not description):
            best = Part(piece.removesuffix("的"), s, e - piece.endswith("的"))
    return best


def find_form(heard: Heard) -> Part | None:
    """The last part of the name: 店 馆 行 部 …; 行 only when nothing else of the list is said."""
    spans = [*heard.quoted(), *contents(heard, 1)]
    forms: Sequence[str] = words()["name_forms"]
    for start, end in spans:
        if m := re.search("有限责任公司|有限公司|公司|合作社|企业|集团", heard.text[start:end]):
            return Part(m.group(), start + m.start(), start + m.end(), "NAME_FORM_FORBIDDEN")
    for start, end in spans:
        found = [
            (len(f), heard.text.find(f, start, end), f)
            for f in forms
            if f not in ("行", "吧") and heard.text.find(f, start, end) >= 0
        ]
        if found:
            size, at, form = max(found, key=lambda x: (x[0], x[1]))
            return Part(form, at, at + size)
    for m in re.finditer(r"(?<![不还可])行(?!不行|了吧|吗)|吧(?=吧|”|$)", heard.text):
        return Part(m.group(), *m.span())
    return None


def compose(values: Values) -> str | None:
    """The whole name of its four parts (第六条); a word said twice where two parts meet is written once."""
    parts = [str(values.get(p) or "") for p in PARTS]
    if values.get("has_name") is False or not all(parts):
        return None
    region, trade, industry, form = parts
    for size in range(min(len(industry), len(form)), 0, -1):
        if industry.endswith(form[:size]) and (size == len(form) or size >= 2):
            form = form[size:]
            break
    return region + trade + industry + form


def split(name: str, scopes: Scopes | None, regions: Regions | None) -> dict[str, tuple[str, int]]:
    """{part: (words, offset)} of a whole name; without a known trade or form all of it is the trade name."""
    out: dict[str, tuple[str, int]] = {}
    start, end = 0, len(name)
    region = re.match(
        r"[\u4e00-\u9fff]{2,6}?[市州](?:[\u4e00-\u9fff]{1,5}?[区县市旗])?|[\u4e00-\u9fff]{2,5}?[县旗]", name
    )
    if region and regions and regions.find(region.group()) and len(name) - region.end() >= 2:
        out["name_region"], start = (region.group(), 0), region.end()
    forms = [f for f in words()["name_forms"] if name.endswith(f) and end - len(f) - start >= 2]
    form = max(forms, key=len, default="")
    body = name[start : end - len(form)]
    cut = next((i for i in range(2, len(body) - 1) if scopes and _is_trade(body[i:], scopes)), None)
    if form and cut is not None:
        out["name_industry"], out["name_form"] = (body[cut:], start + cut), (form, end - len(form))
        body = body[:cut]
    else:
        body = name[start:]
    out["name_trade"] = (body, start)
    return out


def _is_trade(word: str, scopes: Scopes) -> bool:
    return any(word in e.industry_words or word in e.words for e in scopes.propose(word, k=3))


# --- rules -----------------------------------------------------------------------------------------------------------


def _named(values: Values) -> bool:
    return values.get("has_name") is not False


def _each(values: Values, test: Callable[[str], str | None], code: str, fields: Sequence[str]) -> list[Breach]:
    found = [(f, test(str(values[f]))) for f in fields if values.get(f)] if _named(values) else []
    return [Breach(code, f, word) for f, word in found if word]


def _whole(values: Values) -> Sequence[str]:
    """The parts where there are any, else the name as a whole."""
    present = [p for p in PARTS if values.get(p)]
    return present or ["business_name"]


def form_forbidden(values: Values, listed: Sequence[str]) -> list[Breach]:
    """NAME_FORM_FORBIDDEN: 公司 有限 企业 合作社 anywhere in the name."""
    return _each(
        values,
        lambda v: next((w for w in listed if w in v), None),
        "NAME_FORM_FORBIDDEN",
        [p for p in _whole(values) if p != "name_region"],
    )


def trade_short(values: Values, least: int = 2) -> list[Breach]:
    """NAME_TRADE_SHORT: fewer than two characters (第八条)."""
    return _each(values, lambda v: v if len(v.strip()) < least else None, "NAME_TRADE_SHORT", ["name_trade"])


def not_chinese(values: Values) -> list[Breach]:
    """NAME_NOT_CHINESE: letters, digits, signs or traditional characters (第五条: 规范汉字)."""
    strange = re.compile(r"[^\u3007\u3400-\u9fff\U00020000-\U0003ffff]+")
    return _each(
        values,
        lambda v: (m.group().strip() or m.group()) if (m := strange.search(v)) else traditional(v),
        "NAME_NOT_CHINESE",
        _whole(values),
    )


def traditional(text: str) -> str | None:
    """The first character that has a simplified form and is none itself; 乾 and 著 stand in both."""
    return next((c for c in text if not _in_common_set(c) and simplified(c) != c), None)


def _in_common_set(character: str) -> bool:
    """Whether GB 2312 has it: the set of simplified characters."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def region_wrong(values: Values, regions: Regions) -> list[Breach]:
    """NAME_REGION: no division of county level or above, a city district without its city, or not where the shop is."""
    said = str(values.get("name_region") or "")
    if not _named(values) or not said:
        return []
    premises = _region(regions, str(values.get("premises_address") or ""))
    if premises is not None:
        good = _without_zone(said) in _allowed(premises)
        return [] if good else [Breach("NAME_REGION", "name_region", said, premises.name_region)]
    found = _region(regions, said)
    good = found is not None and _without_zone(said) in _allowed(found)
    return [] if good else [Breach("NAME_REGION", "name_region", said, found.name_region if found else "")]


def _without_zone(said: str) -> str:
    """A development zone stands behind a division, never alone (第七条)."""
    return re.sub(r"(?<=[市区县旗州盟])[\u4e00-\u9fff]{0,8}(?:开发区|高新区|保税区|垦区|示范区|产业园区)$", "", said)


def _allowed(region: Region) -> frozenset[str]:
    """A name here begins with the county or with city and district; a province alone names no county-level division."""
    return frozenset(
        f for f in region.name_forms() if f != region.province or region.city == region.province and not region.district
    )


def _region(regions: Regions, address: str) -> Region | None:
    return regions.find(address) if address else None
