"""Whose a number, a name or a place in a message is: the speaker's, the contact's, or somebody else's."""

from __future__ import annotations

import re

from assistant.cues import Heard, clauses, relation

_CONTACT = re.compile(r"联络员|联系人")
_SELF = r"(?:我|俺|咱|本人|my(?![a-z])|(?<![a-z])i(?![a-z]))"
_THIRD = re.compile(r"[他她它](?:的)?(?:手机|电话|号码|微信|身份证)?")
_MINE = re.compile(
    rf"{_SELF}(?:自己|个人)?(?:的|嘅)?(?:手机|电话|号码|微信|身份证|证件|联系|phone|cell|id(?![a-z]))", re.I
)
_OTHER_BEFORE = re.compile(
    rf"(?:他|她|{relation().pattern})(?:的?名字)?(?:叫|是|姓)[\u4e00-\u9fff]{{1,4}}[，, ]*[^，。]{{0,6}}$", re.I
)
"""他叫刘强，: what follows is his."""


def owner(heard: Heard, place: int) -> str:
    """Whose a number or a name at this place is: `operator`, `contact`, or `other` (房东, 我妹妹, 他)."""
    start = next((s for s, e in clauses(heard) if s <= place < e), 0)
    before, clause = heard.cues[:place], heard.cues[start:place]
    known = bool(_CONTACT.search(before))
    if _CONTACT.search(clause):
        return "contact"
    person = _last_person(clause)
    if person == "mine":
        return "operator"
    if person == "third":
        return "contact" if known else "other"
    if person == "other":
        return "other"
    if _OTHER_BEFORE.search(before):
        return "contact" if known else "other"
    return "contact" if _CONTACT.search(before[-30:]) else "operator"


def _last_person(clause: str) -> str:
    """The person named last in a clause: mine (我的), third (他), other (我妹妹, 房东), or ''."""
    others = [m.span() for m in relation().finditer(clause)]
    if others and _MINE.search(clause, others[-1][1]):
        return "mine"
    mine = [m.end() for m in re.finditer(_SELF, clause, re.I)]
    if others and not _MINE.search(clause):
        return "mine" if mine and mine[-1] > others[-1][1] else "other"
    if mine:
        return "third" if _THIRD.search(clause, mine[-1]) else "mine"
    return "third" if _THIRD.search(clause) else ""
