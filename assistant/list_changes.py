"""Adding to a list and taking from it: entries of the business scope, members of the family; doing without a name."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from assistant.cues import Heard, words
from assistant.fields import parse
from assistant.list_fields import meant, without
from assistant.parsed import Context, Outcome, Parsed, Refused
from assistant.wording import say
from knowledge.items import Item

_SCOPE = re.compile(r"经营范围|范围|经营项目|条目|那一?[项条]")
_MEMBERS = re.compile(r"家里人|家人|成员|一起(?:经营|做|干)的|参加经营")
_NAME = re.compile(r"名字|店名|字号|招牌|名称")


def listed(heard: Heard, item: Item, today: date, context: Context) -> tuple[str, Parsed | Refused] | None:
    """(field, outcome) of a change to a list that is stored, or to what can be left out."""
    known = {f.id for f in item.fields}
    for field, change in (("business_scope", _scope), ("family_members", _members), ("has_name", _dropped_name)):
        outcome = change(heard, item, today, context) if field in known and context.values.get(field) else None
        if isinstance(outcome, Parsed | Refused):
            return field, outcome
    return _cleared(heard, item, context)


def _cleared(heard: Heard, item: Item, context: Context) -> tuple[str, Parsed] | None:
    """删除我的邮箱: what need not be filled is taken out again."""
    cue, labels = re.search(words()["removing"], heard.cues, re.I), words()["corrected"]
    for field in item.fields:
        label = labels.get(field.id)
        if cue and label and not field.required and field.id in context.values and re.search(label, heard.cues, re.I):
            return field.id, Parsed(None, *heard.span(*cue.span()))
    return None


def _scope(heard: Heard, item: Item, today: date, context: Context) -> Outcome:
    stored: list[str] = list(context.values["business_scope"])
    whole = (0, len(heard.original))
    kept = without(stored, heard)
    if kept is not None and (_SCOPE.search(heard.cues) or len(meant(stored, heard.cues)) == 1):
        return Parsed(kept, *whole)
    more = re.search(words()["adding"], heard.cues)
    if more is None or not _SCOPE.search(heard.cues) or context.scopes is None:
        return None
    found = context.scopes.propose(heard.text[more.end() :], k=1)
    if not found:
        wanted = heard.text[more.end() :][:20]
        return Refused("SCOPE_UNKNOWN", say("SCOPE_UNKNOWN", words=wanted), *heard.span(more.end(), len(heard.text)))
    entries = list(dict.fromkeys([*stored, *(e.entry for e in found)]))
    return Parsed(entries, *heard.span(more.start(), len(heard.text))) if entries != stored else None


def _members(heard: Heard, item: Item, today: date, context: Context) -> Outcome:
    stored: list[dict[str, Any]] = list(context.values["family_members"])
    gone = [p for p in stored if str(p["name"]) in heard.text]
    if gone and re.search(words()["removing"], heard.cues):
        kept = [p for p in stored if p not in gone]
        at = heard.text.find(str(gone[0]["name"]))
        return Parsed(kept, *heard.span(at, len(heard.text))) if kept else None
    if not (_MEMBERS.search(heard.cues) and re.search(words()["adding"], heard.cues)):
        return None
    more = parse(item.field("family_members"), heard.original, today, context)
    if not isinstance(more, Parsed):
        return more
    numbers = {p["id_number"] for p in more.value}
    return Parsed([p for p in stored if p["id_number"] not in numbers] + more.value, more.start, more.end)


def _dropped_name(heard: Heard, item: Item, today: date, context: Context) -> Outcome:
    """名字不要了: the shop goes without a name."""
    label = _NAME.search(heard.cues)
    drop = label and re.compile(words()["dropping"]).search(heard.cues, label.end())
    if not label or not drop or drop.start() - label.end() > 4 or re.search("换|改|叫", heard.cues[drop.end() :]):
        return None
    return Parsed(False, *heard.span(label.start(), drop.end()))
