"""Which documents a filing needs as answered and as read so far, and which answer makes each of them necessary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from assistant.cross_check import Bundle
from assistant.cross_rules import strangers
from assistant.filing import Filing
from assistant.wording import say
from knowledge.conditions import Condition
from knowledge.item_parts import MaterialNeed
from knowledge.items import Item, NeededMaterial
from knowledge.scopes import Scopes


def needs(filing: Filing, item: Item, scopes: Scopes) -> list[NeededMaterial]:
    """Needed documents, each with why the office wants it and which of the answers asks for it.

    An entry of the scope that nobody knows needs no approval.
    """
    values = filing.values()
    entries = [scopes.get(str(e)) for e in values.get("business_scope") or ()]
    wanted = item.needed(values, {e.licence for e in entries if e is not None})
    before = [e.entry for e in entries if e is not None and e.licence == "pre"]
    told = [n.model_copy(update={"why": n.why + _because(item, n, values, before)}) for n in wanted]
    return [*told, *_by_what_was_read(filing, item)]


def _because(item: Item, need: NeededMaterial, values: Mapping[str, Any], before: list[str]) -> str:
    """The answers that ask for it, empty for what everybody hands in."""
    source = next((m for m in item.materials if (m.kind, m.title) == (need.kind, need.title)), None)
    if source is None:
        return ""
    if source.scope_licence and before:
        return say("needed.scope", entries="、".join(f"“{e}”" for e in before))
    asked = "，".join(dict.fromkeys(_answers(item, source, item.defaults() | dict(values))))
    each = say("needed.each", count=need.count) if source.count_of and need.count > 1 else ""
    return (say("needed.because", answers=asked) if asked else "") + each


def _answers(item: Item, need: MaterialNeed, values: Mapping[str, Any]) -> Iterator[str]:
    for leaf in _held(need.needed_if, values) if need.needed_if else ():
        field = item.field(leaf.field or "")
        value = values.get(field.id)
        shown = {True: "是", False: "否"}[value] if isinstance(value, bool) else field.choices.get(str(value), value)
        yield say("needed.answer", title=field.title, value=shown)


def _held(condition: Condition, values: Mapping[str, Any]) -> Iterator[Condition]:
    """The single tests that make a condition hold."""
    if not condition.holds(values):
        return
    if condition.field is not None:
        yield condition
    for part in condition.every or condition.some or ():
        yield from _held(part, values)


def _by_what_was_read(filing: Filing, item: Item) -> Iterator[NeededMaterial]:
    """What only reading the others shows: a lessor who is not the owner needs the owner's consent."""
    source = next((m for m in item.materials if m.kind == "sublet_consent" and m.by_rule), None)
    found = strangers(Bundle(filing, date.min)) if source is not None else []
    if source is not None and found:
        _, lessor, owner = found[0]
        why = source.why + say("needed.sublet", lessor=lessor.value, owner=owner)
        yield NeededMaterial(kind=source.kind, title=source.title, why=why, basis=source.basis)
