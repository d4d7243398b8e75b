"""Closed questions: yes or no, one of a list, consent, and “the same as mine”."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.cues import Heard, clauses, contents, relation, words

_NEGATED = re.compile(r"(?:不是|没有|不|没|非|别|唔系|唔|冇|莫)(?:在|做|用|想|要|去|找)?$")
_SYNONYMS = {
    "operator_education": "education",
    "operator_political_status": "political",
    "operator_occupation": "occupation",
}


class Chosen(NamedTuple):
    """A value and the words that say it."""

    value: Any
    start: int
    end: int


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


def _search(heard: Heard, pattern: str, negatable: bool) -> tuple[int, int] | None:
    """First place in the answer where the pattern stands and is not denied."""
    for start, end in contents(heard):
        if found := _in_clause(heard, start, end, pattern, negatable):
            return found
    return None


def _anywhere(heard: Heard, pattern: str) -> tuple[int, int] | None:
    """The same in any clause, talk included."""
    spans = (_in_clause(heard, s, e, pattern, negatable=True) for s, e in clauses(heard))
    return next((span for span in spans if span), None)


def _in_clause(heard: Heard, start: int, end: int, pattern: str, negatable: bool) -> tuple[int, int] | None:
    piece = heard.cues[start:end]
    for m in _compiled(pattern).finditer(piece):
        if not (negatable and _NEGATED.search(piece[: m.start()])):
            return start + m.start(), start + m.end()
    return None


def yes_no(heard: Heard, field: str) -> Chosen | None:
    """True or False: what people say to this very question first, then plain yes and no."""
    listed: Mapping[str, list[str]] = words()["choices"].get(field, {})
    for word, patterns in listed.items():
        for pattern in patterns:
            if found := _search(heard, pattern, negatable=word == "yes" and field != "has_agent"):
                return Chosen(word == "yes", *found)
    for value, name in ((False, "no_words"), (True, "yes_words")):
        if found := _search(heard, words()[name], negatable=False):
            return Chosen(value, *found)
    return _in_talk(heard, {word == "yes": patterns for word, patterns in listed.items()})


def _in_talk(heard: Heard, listed: Mapping[Any, list[str]]) -> Chosen | None:
    """The same cues in clauses that looked like talk (我儿子帮我办, yes pls)."""
    spoken = (
        {**listed, True: [*listed.get(True, []), r"^\W*(?:yes|yep|yeah|sure|ok|好的?|行)(?![a-z])"]}
        if True in listed
        else listed
    )
    for value, patterns in spoken.items():
        for pattern in patterns:
            for start, end in clauses(heard):
                if found := _in_clause(heard, start, end, pattern, negatable=False):
                    return Chosen(value, *found)
    return None


def choice(heard: Heard, field: str, labels: Mapping[str, str]) -> Chosen | None:
    """One of the choices: its label said in full, a known spelling, or a cue of this question."""
    if field in _SYNONYMS:
        return _synonym(heard, words()[_SYNONYMS[field]])
    for value, patterns in words()["choices"].get(field, {}).items():
        for pattern in patterns:
            if found := _search(heard, pattern, negatable=True):
                return Chosen(value, *found)
    for value, patterns in words()["choices"].get(field, {}).items():
        for pattern in patterns:
            if found := _anywhere(heard, pattern):
                return Chosen(value, *found)
    said = {label: value for value, label in labels.items()}
    for label in sorted(said, key=len, reverse=True):
        if found := _search(heard, re.escape(label), negatable=True):
            return Chosen(said[label], *found)
    return None


def permit(heard: Heard) -> str | None:
    """hk_macao or taiwan when the answer names such a document (我用回乡证); None otherwise."""
    listed = words()["choices"]["operator_id_type"]
    kinds = [k for k in ("taiwan", "hk_macao") if any(re.search(p, heard.cues, re.I) for p in listed[k])]
    return kinds[0] if kinds else None


def unsettled(heard: Heard, field: str) -> tuple[int, int] | None:
    """一个人或者跟我姐一起，还没定: several of the choices named and none of them chosen."""
    open_still = re.search(words()["unsettled"], heard.cues)
    if open_still is None:
        return None
    named = [v for v, ps in words()["choices"].get(field, {}).items() if any(_search(heard, p, True) for p in ps)]
    return open_still.span() if len(named) > 1 else None


def stranger(heard: Heard) -> tuple[int, int] | None:
    """和一个朋友合伙: business with somebody who is no family."""
    with_whom = re.search(words()["with_stranger"], heard.cues)
    return with_whom.span() if with_whom and not re.search(words()["family"], heard.cues) else None


def _synonym(heard: Heard, table: Mapping[str, list[str]]) -> Chosen | None:
    spellings = sorted(((w, value) for value, listed in table.items() for w in listed), key=lambda x: -len(x[0]))
    for word, value in spellings:
        edge = r"(?![a-z])" if word.isascii() else ""
        if found := _search(heard, re.escape(word) + edge, negatable=not word.startswith(("不", "没", "未"))):
            return Chosen(value, *found)
    for word, value in spellings:
        if len(word) > 1 and (found := _anywhere(heard, re.escape(word) + (r"(?![a-z])" if word.isascii() else ""))):
            return Chosen(value, *found)
    return None


@lru_cache(maxsize=1)
def _groups() -> re.Pattern[str]:
    named = sorted(words()["ethnic_groups"], key=len, reverse=True)
    return re.compile("(?P<group>" + "|".join(named) + ")(?P<zu>族)")


def ethnicity(heard: Heard) -> Chosen | None:
    """One of the 56 names with 族; a short name alone (汉, 回) only when it is the whole answer."""
    for start, end in [*contents(heard), *clauses(heard)]:
        if m := _groups().search(heard.text, start, end):
            return Chosen(m["group"] + "族", *m.span())
    for start, end in contents(heard):
        piece = re.sub(r"^(?:我|俺|咱|民族|身份证|上面?|写|是|的)*|(?:人|的|民)*$", "", heard.text[start:end])
        if piece in words()["ethnic_groups"]:
            at = heard.text.find(piece, start, end)
            return Chosen(piece + "族", at, at + len(piece))
    return None


def agrees(heard: Heard) -> Chosen | None:
    """行，就这些; 用你推荐的: consent to what was proposed."""
    if re.search(r"不(?:对|行|要|可以|是|合适|准)|没有(?:我|这)", heard.cues) and not re.search(
        "行不行|对不对|可不可以|是不是|要不要", heard.cues
    ):
        return None
    found = _search(heard, words()["agree"], negatable=True)
    return Chosen(True, *found) if found else None


def same_as(heard: Heard) -> Chosen | None:
    """同上, 写我本人, 跟我手机一样: the value is the operator's own."""
    found = _search(heard, words()["same_as"], negatable=True)
    theirs = found is not None and relation().match(heard.cues, found[1])
    return Chosen(True, *found) if found and not theirs else None


def ordinals(text: str, offered: int) -> list[int] | None:
    """Places (from 0) named by number among what was offered: 第一个, 前两个, 第1和第3项; None when none is named."""
    digits = dict(zip("一二两三四五六1234561", (1, 2, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6), strict=False))
    if first := re.search(r"前([一二两三四五六1-6])[个项条]", text):
        return list(range(min(digits[first[1]], offered))) or None
    named = [digits[m[1]] - 1 for m in re.finditer(r"第([一二两三四五六1-6])[个项条]?", text)]
    return [i for i in dict.fromkeys(named) if i < offered] or None
