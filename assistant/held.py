"""材料免提交: documents the office already holds from the same person, still good for this filing, offered by name.

市场主体登记管理条例 第十六条第三款 keeps an office from asking for what it can obtain itself; that a document of an
earlier matter is used again is the applicant's own choice (个人信息保护法 第十四条). Values only, no storage.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.cross_check import CARDS, UNUSABLE
from assistant.filing import EarlierEvidence, Filing, Material
from assistant.sameness import day, plain, same_address, same_name
from assistant.wording import say
from knowledge.items import NeededMaterial

FRESH = 365
"""Days for which a document without an end of its own is taken for current."""
_PREMISES = ("lease", "title_deed", "premises_commitment")
REUSABLE = (*CARDS, *_PREMISES, "family_proof", "pre_approval")
"""Kinds that are not made for one filing alone: a signed form or a consent is given anew."""
_PERSON = {
    "operator_id_card": ("operator_name", "operator_id_number"),
    "agent_id_card": ("agent_name", "agent_id_number"),
}


@dataclass(frozen=True)
class Held:
    """A document (or the two sides of a card) of an earlier filing that this one can use."""

    kind: str
    title: str
    evidence: EarlierEvidence
    materials: tuple[Material, ...]
    until: str
    """`YYYY-MM-DD`, 长期, or empty where the document has no end."""
    words: str
    """What it is, in words for the applicant."""


def held(
    filing: Filing,
    needs: Sequence[NeededMaterial],
    earlier: Iterable[Filing],
    titles: Mapping[str, str],
    today: date,
) -> list[Held]:
    """One document for every need that is not met, the latest first handed in; only filings with a receipt count."""
    before = [f for f in earlier if f.receipt and f.id != filing.id]
    before.sort(key=lambda f: f.updated_at, reverse=True)
    there = {m.sha256 for m in filing.materials}
    found = []
    for need in needs:
        lacking = need.count - sum(
            m.kind in {need.kind, *need.instead} and m.status != "rejected" for m in filing.materials
        )
        fitting = (h for old in before for h in _fitting(filing, old, need, titles, today))
        for one in [h for h in fitting if not {m.sha256 for m in h.materials} & there][: max(lacking, 0)]:
            there |= {m.sha256 for m in one.materials}
            found.append(one)
    return found


def _fitting(
    filing: Filing, old: Filing, need: NeededMaterial, titles: Mapping[str, str], today: date
) -> Iterable[Held]:
    """Documents of one earlier filing that meet the need."""
    on = old.updated_at.date()
    source = EarlierEvidence(filing=old.id, receipt=old.receipt, item=titles.get(old.item, old.item), on=on)
    for kind in (need.kind, *need.instead):
        for group in _groups(old, kind) if kind in REUSABLE else ():
            values = {name: read.value for m in group for name, read in m.values.items()}
            until = _until(kind, values, on, today)
            if until is not None and _about(kind, values, filing):
                title = need.title if kind == need.kind else titles.get(kind, need.title)
                end = say("held.until", until=until) if until else ""
                whose = f"（{values['name']}）" if kind in CARDS else ""
                words = say("held.offer", title=title + whose, on=str(on), item=source.item, until=end)
                yield Held(kind, title, source, group, until, words)


def _groups(old: Filing, kind: str) -> list[tuple[Material, ...]]:
    """Usable documents of a kind: each alone, two sides of a card together, one lone side not at all."""
    codes = {m.id: {i.code for i in m.issues} for m in old.materials}
    usable = [
        m for m in old.materials
        if m.kind == kind and m.status == "read" and not m.made_here and not codes[m.id] & UNUSABLE
    ]  # fmt: skip
    whole = [(m,) for m in usable if not codes[m.id] & {"ID_BACK_MISSING", "ID_OTHER_SIDE"}]
    sides = [m for m in usable if "ID_OTHER_SIDE" in codes[m.id]]
    fronts, backs = [m for m in sides if "name" in m.values], [m for m in sides if "name" not in m.values]
    return [*whole, *zip(fronts, backs, strict=False)]


def _until(kind: str, values: Mapping[str, Any], handed_in: date, today: date) -> str | None:
    """The end of the document, "" without one; None when it is no longer good or its end is not known."""
    if kind in CARDS or kind in ("lease", "pre_approval"):
        end = values.get("end_date" if kind == "lease" else "valid_to")
        if plain(str(end or "")) == "长期":
            return "长期"
        ends = day(end)
        return ends.isoformat() if ends and ends >= today else None
    return "" if (today - handed_in).days <= FRESH else None


def _about(kind: str, values: Mapping[str, Any], filing: Filing) -> bool:
    """Whether it is about the people and the place of this filing, as far as the filing says."""
    given = filing.values()
    if kind in _PERSON:
        name, number = (given.get(f) for f in _PERSON[kind])
        told = kind == "operator_id_card" or bool(name)  # an agent is somebody else: only once named
        return told and _is(values, name, number)
    if kind in ("member_id_card", "family_proof"):
        return _family(kind, values, given.get("family_members") or ())
    if kind in _PREMISES:
        place, tenant = given.get("premises_address"), given.get("operator_name")
        here = bool(place) and same_address(str(place), str(values.get("premises_address") or "")) == "same"
        return here and (kind != "lease" or not tenant or same_name(str(tenant), str(values.get("lessee_name") or "")))
    operator = given.get("operator_name")
    return bool(operator) and same_name(str(operator), str(values.get("person") or values.get("holder") or ""))


def _is(values: Mapping[str, Any], name: Any, number: Any) -> bool:
    """Whether a card is that person's; what the filing does not say yet is left open."""
    if "name" not in values:
        return False
    same = not name or same_name(str(name), str(values["name"]))
    return same and (not number or plain(str(number)).upper() == plain(str(values.get("id_number") or "")).upper())


def _family(kind: str, values: Mapping[str, Any], members: Collection[Mapping[str, Any]]) -> bool:
    names = [str(m.get("name", "")) for m in members]
    if kind == "member_id_card":
        return any(same_name(n, str(values.get("name") or "")) for n in names)
    shown = [str(p.get("name", "")) for p in values.get("members") or ()]
    return bool(names) and all(any(same_name(n, s) for s in shown) for n in names)
