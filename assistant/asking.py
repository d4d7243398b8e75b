"""What to ask next and in which words: the order of the item file, defaults last, answers as buttons, the read-back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.extract import in_chinese
from assistant.filing import Answer, Filing
from assistant.issues import permit_told
from assistant.wording import has, say
from knowledge.items import Item, ItemField
from knowledge.regions import Regions
from knowledge.scopes import ScopeEntry, Scopes

PROPOSED = 4
"""Entries of the scope offered at once."""


def open_fields(item: Item, filing: Filing) -> list[str]:
    """Fields still to be asked, in order: the item's, then its defaults, then what the person put off."""
    values = filing.values()
    missing = item.missing(values, filing.skipped)
    confirm = [f.id for f in item.fields if _default_to_confirm(item, f, values, filing)]
    order = [f.id for f in item.fields]
    wanted = sorted({*missing, *confirm}, key=order.index)
    return [f for f in wanted if f not in filing.skipped] + [f for f in wanted if f in filing.skipped]


def _default_to_confirm(item: Item, field: ItemField, values: Mapping[str, Any], filing: Filing) -> bool:
    """A number with a default is offered once: nobody else can know it. A kind of document follows from its number."""
    return (
        field.type == "count"
        and field.default is not None
        and values.get(field.id) is None
        and field.id not in filing.skipped
        and item.applies(field.id, values)
    )


def question(item: Item, field_id: str, filing: Filing, scopes: Scopes) -> tuple[str, list[str]]:
    """(the question, answers to pick) for a field."""
    field = item.field(field_id)
    if field.type == "scope":
        return _scope_question(field, filing, scopes)
    if field_id == "contact_mobile" and filing.values().get("contact_name") != filing.values().get("operator_name"):
        return field.ask, []
    return field.ask, options(field)


def options(field: ItemField) -> list[str]:
    """Answers to pick: those of `wording.yaml`, else the labels of the choices."""
    name = f"options.{field.id}"
    return say(name).split("|") if has(name) else list(field.choices.values())


def proposed(filing: Filing, scopes: Scopes) -> list[ScopeEntry]:
    """Entries for the business as the person described it."""
    values = filing.values()
    found = scopes.propose(in_chinese(str(values.get("main_business") or "")), k=PROPOSED)
    return found or scopes.propose(str(values.get("name_industry") or ""), k=PROPOSED)


def rivals(filing: Filing, scopes: Scopes, chosen: Sequence[ScopeEntry]) -> list[ScopeEntry]:
    """Other entries that the same lay word stands for (修车: cars or electric bicycles)."""
    text = str(filing.values().get("main_business") or "")
    said = {w for e in chosen for w in e.words if w in text}
    longest = {w for w in said if not any(w != v and w in v for v in said)}
    return [e for e in scopes.entries if e not in chosen and longest & set(e.words)]


def _scope_question(field: ItemField, filing: Filing, scopes: Scopes) -> tuple[str, list[str]]:
    found = proposed(filing, scopes)
    if not found:
        return say("scope_own"), []
    first = sorted(found, key=lambda e: e.licence != "pre")
    permits = "".join(map(permit_told, first))
    names, others = [e.entry for e in found], [e.entry for e in rivals(filing, scopes, found)]
    business = str(filing.values().get("main_business") or "")
    also = say("scope_rivals", entries="、".join(others)) if others else ""
    text = say("scope_ask", business=business, entries="、".join(names), permits=permits, also=also)
    return text, names + others


def shown(field: ItemField, value: Any) -> str:
    """A value as people read it; identity numbers show their ends only."""
    if isinstance(value, bool):
        return say(f"value.{str(value).lower()}")
    if field.type == "amount_wan":
        return f"{value:g} 万元"
    if field.type == "people":
        return "、".join(f"{p['name']}（{masked(str(p['id_number']))}）" for p in value)
    if isinstance(value, list):
        return "；".join(str(v) for v in value)
    if field.type == "id_number":
        return masked(str(value))
    return field.choices.get(str(value), str(value))


def masked(number: str) -> str:
    """An identity number with its middle hidden."""
    return f"{number[:3]}***********{number[-4:]}" if len(number) >= 15 else number


def read_back(item: Item, filing: Filing, scopes: Scopes, regions: Regions) -> str:
    """Every value with where it came from and what is wrong with it, and the documents needed with why."""
    lines = [say("ready_head")]
    for field in item.fields:
        answer = filing.answers.get(field.id)
        if answer is not None and item.applies(field.id, filing.values()):
            lines += _line(field, answer)
            if field.type == "scope":
                online = filing.values().get("premises_kind") == "online"
                lines.append(say("ready_scope", wording=scopes.licence_wording(answer.value, online)))
    licences = {e.licence for n in filing.values().get("business_scope") or [] if (e := scopes.get(n))}
    needed = item.needed(filing.values(), licences)
    if needed:
        lines += [say("ready_materials"), *(say("ready_material", title=m.title, why=m.why) for m in needed)]
    return "\n".join([*lines, say("ready_tail")])


def _line(field: ItemField, answer: Answer) -> list[str]:
    line = say("ready_line", title=field.title, value=shown(field, answer.value), source=say(f"source.{answer.source}"))
    return [line, *(say("ready_issue", message=i.message) for i in answer.issues)]
