"""Answers that are lists: people with their identity numbers, entries of the business scope, an agent's powers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant import choices, identity, names
from assistant.cues import Heard, contents, hear, words
from assistant.parsed import Context, Outcome, read_as, turned_down
from assistant.scope_rules import with_added
from assistant.wording import say
from knowledge.items import ItemField

_COMMON = re.compile(r"销售|零售|批发|服务|经营|加工|制品|用品|[（）()仅类]")
_EMPTY = re.compile(r"[卖的那个去掉不要除了都第做这些就行可以和，。]")


def people(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    numbers = identity.find_id_numbers(heard.digits, today)
    if not numbers:
        person = names.find_person(heard, "operator_name")
        return turned_down(heard, ("MEMBER_INCOMPLETE", say("MEMBER_INCOMPLETE")), *person[1:]) if person else None
    found_people, after = [], 0
    for found in numbers:
        if found.problem:
            return turned_down(heard, found.problem, found.start, found.end)
        name = _name_before(heard, after, found.start) or _name_said(context.earlier)
        if name is None:
            return turned_down(heard, ("MEMBER_INCOMPLETE", say("MEMBER_INCOMPLETE")), found.start, found.end)
        found_people.append({"name": name, "id_number": found.value})
        after = found.end
    mine = context.values.get("operator_id_number")
    others = [p for p in found_people if p["id_number"] != mine]
    return read_as(heard, others, contents(heard)[0][0], numbers[-1].end) if others else None


def _name_said(earlier: str) -> str | None:
    """The name in the line before, when its number comes in this one."""
    found = names.find_person(hear(earlier), "operator_name") if earlier else None
    return found[0] if found else None


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


def scope(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if context.proposed and (kept := without(list(context.advised or context.proposed), heard)) is not None:
        return read_as(heard, kept, 0, len(heard.text))
    named = [entry for entry in context.proposed if entry in heard.text]
    if named:
        at = heard.text.find(named[0])
        return read_as(heard, named, at, at + len(named[0]))
    if (picked := choices.ordinals(heard.text, len(context.proposed))) is not None:
        return read_as(heard, [context.proposed[i] for i in picked], 0, len(heard.text))
    agreed = choices.agrees(heard)
    taken = list(context.advised or context.proposed) or [str(context.values.get("main_business") or "")]
    if agreed and taken[0]:
        whole = with_added(heard.text[agreed.end :], taken, context.scopes)
        return read_as(heard, whole, agreed.start, agreed.end if whole == taken else len(heard.text))
    spans = contents(heard, 2)
    if context.scopes is None or not spans:
        return None
    start, end = spans[0][0], spans[-1][1]
    entry = context.scopes.get(heard.text[start:end])
    entries = [entry] if entry else context.scopes.propose(heard.text[start:end], k=1)
    if not entries:
        wanted = heard.text[start:end][:20]
        return turned_down(heard, ("SCOPE_UNKNOWN", say("SCOPE_UNKNOWN", words=wanted)), start, end, [wanted])
    return read_as(heard, [e.entry for e in entries], start, end)


def powers(field: ItemField, heard: Heard, today: date, context: Context) -> Outcome:
    if m := re.search(r"全部|都同意|全都|都可以|都行|都要|四项|全权", heard.text):
        return read_as(heard, [1, 2, 3, 4], *m.span())
    found = list(re.finditer(r"(?<!\d)[1-4一二三四](?!\d|个)", heard.text))
    if not found:
        return None
    chosen = sorted({"一二三四".find(m.group()) + 1 or int(m.group()) for m in found})
    return read_as(heard, chosen, found[0].start(), found[-1].end())


def without(entries: Sequence[str], heard: Heard) -> list[str] | None:
    """The entries that stay when some are taken out (预包装食品那个不要); None when nothing is said to go."""
    cue = re.search(words()["removing"], heard.cues)
    if cue is None:
        return None
    picked = choices.ordinals(heard.text, len(entries))
    gone = {entries[i] for i in picked} if picked is not None else meant(entries, heard.cues)
    kept = [e for e in entries if e not in gone]
    return kept if gone and kept else None


def meant(entries: Sequence[str], said: str) -> set[str]:
    """The entries that share the longest words with what was said; a single character when it tells one apart."""
    overlap = {e: _shared(_COMMON.sub(" ", e), said) for e in entries}
    most = max(overlap.values(), default=0)
    if most >= 2:
        return {e for e, size in overlap.items() if size == most}
    told = {e for e in entries if set(_COMMON.sub("", e)) & set(_EMPTY.sub("", said))}
    return told if len(told) == 1 else set()  # 卖酒的不要


def _shared(entry: str, said: str) -> int:
    pieces = (entry[i:j] for i in range(len(entry)) for j in range(i + 2, len(entry) + 1))
    return max((len(p) for p in pieces if p in said and " " not in p), default=0)
