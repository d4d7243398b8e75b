"""Why a name breaks a rule, at the word that breaks it: which words, which article, which characters of the name.

企业名称登记管理规定 第五条至第十七条, by its 第二十五条 for individual businesses as well. The rules themselves are in
`names`; here are those that need the register, and the words that explain them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from assistant import names
from assistant.names import Breach, Values
from assistant.register import REFUSED, Register, plain
from assistant.wording import say
from knowledge.regions import Regions
from knowledge.scopes import Scopes

RULES = "企业名称登记管理规定"
_BASIS = {
    "NAME_FORM_FORBIDDEN": "第十条",
    "NAME_TRADE_SHORT": "第八条",
    "NAME_REGION": "第七条",
    "NAME_NOT_CHINESE": "第五条",
    "NAME_INDUSTRY_SCOPE": "第九条",
    "NAME_TAKEN": "第十七条",
    "NAME_SIMILAR": "第十六条",
}
_LIKE = {
    "industry": "字号相同、行业相近",
    "sound": "字号读音相同或者相近",
    "order": "字号只是字的先后不同",
    "shape": "字号字形相近",
    "part": "一个字号包含另一个字号",
}


class _Group(NamedTuple):
    """Words that break one rule."""

    basis: str
    why: str
    words: Sequence[str]
    unless: Sequence[str]
    industry_unless: Sequence[str]


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("name_words.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _groups() -> tuple[_Group, ...]:
    return tuple(
        _Group(g["basis"], g["why"], g["words"], g.get("unless", ()), g.get("industry_unless", ()))
        for g in _file()["forbidden"]
    )


def ideas() -> Sequence[str]:
    """Trade names to offer to somebody who has none."""
    return list(_file()["ideas"])


def forbidden_words(part: str, text: str, listed: Sequence[str]) -> list[str]:
    """Words of the office's list and of ours that may not stand in this part, longest first, none inside another."""
    text = plain(text)
    ours = [(w, g) for g in _groups() for w in g.words]
    known = {w for w, _ in ours}
    found = [w for w, g in ours if w in text and not _excused(part, text, w, g)]
    found += [w for w in listed if w in text and w not in known]
    found.sort(key=len, reverse=True)
    return [w for i, w in enumerate(found) if not any(w in longer for longer in found[:i])]


def _excused(part: str, text: str, word: str, group: _Group) -> bool:
    """中央空调 in the industry is a word of the trade (第十二条 第二款); 日本料理 names a cuisine."""
    bare = text
    for term in group.unless:
        bare = bare.replace(term, "")
    if part == "name_industry":
        for after in group.industry_unless:
            bare = bare.replace(word + after, "")
    return word not in bare


def word_forbidden(values: Values, listed: Sequence[str]) -> list[Breach]:
    """NAME_WORD_FORBIDDEN: every word that may not stand in a part (第十一条、第十二条); places are no such words."""
    if values.get("has_name") is False:
        return []
    parts = [p for p in names.PARTS if values.get(p)] or ["business_name"]
    found = [(p, forbidden_words(p, str(values.get(p) or ""), listed)) for p in parts if p != "name_region"]
    return [Breach("NAME_WORD_FORBIDDEN", p, word) for p, wrong in found for word in wrong]


def reason(word: str) -> tuple[str, str]:
    """(article, why) for a forbidden word; words of the office's list alone stand under the general rule."""
    for group in _groups():
        if word in group.words:
            return group.basis, group.why
    return "第十一条", "属于名称里不得使用的内容"


def doubtful(values: Values, scopes: Scopes | None, regions: Regions | None) -> list[Breach]:
    """NAME_DOUBTFUL: a trade name that is a place, a trade or somebody else's name (第八条 第二款, 第十五条)."""
    trade = plain(str(values.get("name_trade") or ""))
    if values.get("has_name") is False or not trade:
        return []
    if other := next((n for n in _file()["others"] if n in trade), ""):
        return [Breach("NAME_DOUBTFUL", "name_trade", other, "other")]
    if regions is not None and regions.is_division(trade):
        return [Breach("NAME_DOUBTFUL", "name_trade", trade, "place")]
    industry = plain(str(values.get("name_industry") or ""))
    if trade == industry or scopes is not None and any(trade in e.industry_words for e in scopes.entries):
        return [Breach("NAME_DOUBTFUL", "name_trade", trade, "industry")]
    return []


def registered(
    values: Values, register: Register | None, on: date, scopes: Scopes | None = None
) -> list[Breach] | None:
    """NAME_TAKEN (第十七条) and NAME_SIMILAR (第十六条), the closest first; None without a register.

    `scopes`: tells the trade from the scope while the name has no word for it.
    """
    name = str(values.get("business_name") or names.compose(values) or "")
    trade = str(values.get("name_trade") or "")
    if values.get("has_name") is False or not (name or trade):
        return []
    if register is None:
        return None
    likes = register.like(name, trade, industry_of(values, scopes), on)
    taken = [like for like in likes if like.kind in REFUSED]
    code = "NAME_TAKEN" if taken else "NAME_SIMILAR"
    return [Breach(code, "name_trade", like.name, like.kind) for like in (taken or likes)[:1]]


def industry_of(values: Values, scopes: Scopes | None) -> str:
    """The name's word for its trade, else the first one of the first entry of the scope."""
    if said := str(values.get("name_industry") or ""):
        return said
    listed = values.get("business_scope") or [""]
    entry = scopes.get(str(listed[0])) if scopes is not None and isinstance(listed, list) else None
    return entry.industry_words[0] if entry and entry.industry_words else ""


def explain(breach: Breach, values: Values) -> str:
    """The sentence for a breach of a rule of names: the word, where it stands, why, and the article."""
    article, why = _ground(breach)
    sentence = f"issue.{breach.code}" + (f".{breach.detail}" if breach.code == "NAME_DOUBTFUL" else "")
    region = breach.detail if breach.code == "NAME_REGION" else ""
    return say(
        sentence,
        word=breach.word,
        entry=breach.detail,
        at=position(values, breach),
        why=why,
        wanted=say("issue.NAME_REGION.wanted", region=region) if region else "",
        basis=say("name.basis", rules=RULES, article=article),
        trade=str(values.get("name_trade") or ""),
    )


def _ground(breach: Breach) -> tuple[str, str]:
    """(article, why)."""
    if breach.code == "NAME_WORD_FORBIDDEN":
        return reason(breach.word)
    if breach.code == "NAME_DOUBTFUL":
        return ("第十五条" if breach.detail == "other" else "第八条"), ""
    return _BASIS[breach.code], likeness(breach)


def likeness(breach: Breach) -> str:
    """In what a name is like a registered one."""
    return _LIKE.get(breach.detail, "字号相近")


def position(values: Values, breach: Breach) -> str:
    """（第 7、8 个字）: where the word stands in the whole name, or in its part while the name is not complete."""
    part = str(values.get(breach.field) or "")
    inside = plain(part).find(breach.word) if part.find(breach.word) < 0 else part.find(breach.word)
    if inside < 0 or not breach.word:
        return ""
    whole = names.compose(values) or ""
    before = whole.find(part) if whole else -1
    if before < 0 or breach.field not in names.PARTS:
        where, first = ("" if len(part) == len(breach.word) else say("name.part", part=part)), inside + 1
        return where and say("name.at", where=where, at=_characters(first, len(breach.word)))
    return say("name.at", where=say("name.part", part=whole), at=_characters(before + inside + 1, len(breach.word)))


def _characters(first: int, count: int) -> str:
    return f"{first}" if count == 1 else f"{first}–{first + count - 1}"


_CHINESE = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]+")


def broken(
    trade: str, values: Values, listed: Mapping[str, Sequence[str]], scopes: Scopes | None, regions: Regions | None
) -> bool:
    """Whether a trade name breaks a rule by itself; `listed`: the office's words by code."""
    one: dict[str, Any] = {**values, "has_name": True, "name_trade": trade}
    return (
        not _CHINESE.fullmatch(trade)
        or len(trade) < 2
        or bool(names.form_forbidden({"name_trade": trade}, listed.get("NAME_FORM_FORBIDDEN", ())))
        or bool(forbidden_words("name_trade", trade, listed.get("NAME_WORD_FORBIDDEN", ())))
        or bool(doubtful(one, scopes, regions))
    )
