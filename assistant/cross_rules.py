"""What a filing's documents say about each other and about time, and everything told about each of them together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from assistant.cross_check import CARDS, Bundle, Told, differing, residence, title
from assistant.filing import Filing, Issue, Material, ReadValue
from assistant.sameness import day, same_name, same_person
from assistant.wording import say
from knowledge.items import Item

SOON_CARD, SOON_LEASE = 30, 90
"""Days before its end at which a card, a lease is said to end soon."""
_FRONT, _BACK = ("name", "id_number", "address"), ("valid_to", "issuer", "valid_from")
_SIDES = ("ID_BACK_MISSING", "ID_OTHER_SIDE")
OURS = frozenset(
    "ID_NAME_MISMATCH ID_NUMBER_MISMATCH VALUES_CONFLICT LEASE_PARTY_MISMATCH ADDRESS_MISMATCH CAPITAL_MISMATCH "
    "ID_EXPIRED ID_ENDS_SOON LEASE_EXPIRED LEASE_ENDS_SOON LEASE_OWNER_MISMATCH LEASE_UNSIGNED FORM_UNSIGNED FORM_DATE "
    "FAMILY_PROOF APPROVAL_EXPIRED PREMISES_USAGE MATERIAL_TWICE".split()
)
"""Codes that are told anew with every change; all others come from reading and stay."""


def compared(filing: Filing, item: Item, today: date) -> Filing:
    """The filing with every document's comparisons made anew."""
    if not filing.materials:
        return filing
    told: dict[str, list[Told]] = {}
    bundle = Bundle(filing, today)
    for rule in RULES:
        for one in rule(bundle):
            told.setdefault(one.material, []).append(one)
    materials = [_with(m, told.get(m.id, []), item) for m in filing.materials]
    return filing.model_copy(update={"materials": materials}) if materials != filing.materials else filing


def _with(material: Material, told: list[Told], item: Item) -> Material:
    sided = any(t.code in _SIDES for t in told)
    kept = [i for i in material.issues if i.code not in OURS and not (sided and i.code in _SIDES)]
    return material.model_copy(update={"issues": [*kept, *(_issue(t, item) for t in told)]})


def _issue(told: Told, item: Item) -> Issue:
    check = item.check(told.code)
    severity = check.severity if check is not None and told.severity == "block" else told.severity
    return Issue(code=told.code, severity=severity, message=told.message, page=told.page)


def sides(b: Bundle) -> Iterator[Told]:
    """Two pictures, one of each side, are one card; a card of one side says what is lacking."""
    for kind in CARDS:
        lone = [m for m in b.of(kind) if any(i.code in _SIDES for i in m.issues)]
        fronts = [m for m in lone if _shows(m, _FRONT) and not _shows(m, _BACK)]
        backs = [m for m in lone if _shows(m, _BACK) and not _shows(m, _FRONT)]
        for front, back in zip(fronts, backs, strict=False):
            for one, other in ((front, back), (back, front)):
                yield Told(one.id, "ID_OTHER_SIDE", "info", say("paper.other_side", other=other.filename), 1)
        pairs = min(len(fronts), len(backs))
        for material in [*fronts[pairs:], *backs[pairs:]]:
            side = "人像面（正面）" if _shows(material, _FRONT) else "国徽面（背面）"
            yield Told(material.id, "ID_BACK_MISSING", "block", say("paper.one_side", side=side), 1)


def _shows(material: Material, names: tuple[str, ...]) -> bool:
    return any(name in material.values for name in names)


def cards_in_time(b: Bundle) -> Iterator[Told]:
    """Identity cards that have ended or soon will (居民身份证法 第十一条)."""
    for material in b.of(*CARDS):
        until, read = _day(material, "valid_to")
        if until is None or read is None:
            continue
        left = (until - b.today).days
        if left < 0:
            yield Told(material.id, "ID_EXPIRED", "block", say("paper.card_expired", until=_said(until)), read.page)
        elif left <= SOON_CARD:
            words = say("paper.card_ends_soon", until=_said(until), days=left)
            yield Told(material.id, "ID_ENDS_SOON", "warn", words, read.page)


def leases_in_time(b: Bundle) -> Iterator[Told]:
    """Leases that have ended, have not begun or soon end."""
    for material in b.of("lease"):
        (since, first), (until, last) = _day(material, "start_date"), _day(material, "end_date")
        read = last or first
        if read is None:
            continue
        told = _term(since, until, b.today)
        if told:
            code, severity, words = told
            yield Told(material.id, code, "block" if severity else "warn", words, read.page)


def _term(since: date | None, until: date | None, today: date) -> tuple[str, bool, str] | None:
    """(code, whether it stands in the way, words) of a term; None: nothing to tell."""
    if since and until and since > until:
        return "LEASE_EXPIRED", True, say("paper.lease_turned", since=_said(since), until=_said(until))
    if until and until < today:
        return "LEASE_EXPIRED", True, say("paper.lease_ended", until=_said(until))
    if since and since > today:
        return "LEASE_EXPIRED", True, say("paper.lease_not_begun", since=_said(since))
    if until and (left := (until - today).days) <= SOON_LEASE:
        return "LEASE_ENDS_SOON", False, say("paper.lease_ends_soon", until=_said(until), days=left)
    return None


def permits_in_time(b: Bundle) -> Iterator[Told]:
    """Permits that have ended."""
    for material in b.of("pre_approval"):
        until, read = _day(material, "valid_to")
        if until and read and until < b.today:
            yield Told(
                material.id, "APPROVAL_EXPIRED", "block", say("paper.permit_ended", until=_said(until)), read.page
            )


def signatures(b: Bundle) -> Iterator[Told]:
    """Blanks where somebody should have signed, and the date of the application."""
    for lease in b.of("lease"):
        blank = [who for key, who in (("lessor_signed", "出租人"), ("lessee_signed", "承租人")) if _blank(lease, key)]
        if blank:
            page = lease.values["lessor_signed" if "出租人" in blank else "lessee_signed"].page
            yield Told(lease.id, "LEASE_UNSIGNED", "block", say("paper.lease_unsigned", who="和".join(blank)), page)
    for form in b.of("application_form"):
        if _blank(form, "signed"):
            yield Told(form.id, "FORM_UNSIGNED", "block", say("paper.form_unsigned"), form.values["signed"].page)
        yield from _form_day(b, form)


def _form_day(b: Bundle, form: Material) -> Iterator[Told]:
    read = form.values.get("signed_on")
    if read is None:
        return
    if read.value == "":
        yield Told(form.id, "FORM_DATE", "block", say("paper.form_undated"), read.page)
    elif (on := day(read.value)) is not None and on > b.today:
        yield Told(form.id, "FORM_DATE", "block", say("paper.form_future", read=_said(on)), read.page)


def owner(b: Bundle) -> Iterator[Told]:
    """A lessor who is not the owner, without consent to sublet (民法典 第七百一十六条)."""
    for lease, lessor, deed_owner in strangers(b):
        words = say("paper.owner_differs", lessor=lessor.value, owner=deed_owner)
        yield Told(lease.id, "LEASE_OWNER_MISMATCH", "block", words, lessor.page)


def strangers(b: Bundle) -> list[tuple[Material, ReadValue, str]]:
    """(lease, its lessor, the deed's owner) where they differ and no consent to sublet was handed in."""
    owners = [read for deed in b.of("title_deed") if (read := deed.values.get("owner_name")) and read.value]
    if not owners or any(m.kind == "sublet_consent" for m in b.filing.materials):
        return []
    named = [name for read in owners for name in _names(read.value)]
    found = []
    for lease in b.of("lease"):
        lessor = lease.values.get("lessor_name")
        fits = lessor is None or any(same_person(n, o) != "different" for n in _names(lessor.value) for o in named)
        if lessor is not None and not fits:
            found.append((lease, lessor, "、".join(named)))
    return found


def _names(value: Any) -> list[str]:
    return [n for n in re.split(r"[、,，;；/及和\s]+", str(value)) if n]


def home(b: Bundle) -> Iterator[Told]:
    """A deed that says it is a dwelling, and a form that says it is not (民法典 第二百七十九条)."""
    for deed in b.of("title_deed") if b.filed("premises_residential") is False else ():
        read = deed.values.get("usage")
        if read is not None and dwelling(str(read.value)):
            yield Told(deed.id, "PREMISES_USAGE", "warn", say("paper.home_use", read=read.value), read.page)


def dwelling(usage: str) -> bool | None:
    """Whether the use on a deed is to live there; None when it says both or neither."""
    lives = bool(re.search(r"住宅|居住|成套住", usage)) and not re.search(r"非住宅|非居住", usage)
    trades = bool(re.search(r"商业|商务|办公|商铺|店铺|商服|工业|厂房|仓储|非住宅|非居住", usage))
    return lives if lives != trades else None


def family(b: Bundle) -> Iterator[Told]:
    """Members' cards that belong to nobody listed, and a proof that does not show somebody listed."""
    listed = [str(p.get("name", "")) for p in b.filed("family_members") or ()]
    for card in b.of("member_id_card") if listed else ():
        name = card.values.get("name")
        if name is not None and not any(same_person(n, str(name.value)) != "different" for n in listed):
            yield Told(card.id, "VALUES_CONFLICT", "warn", say("paper.not_a_member", read=name.value), name.page)
    for proof in b.of("family_proof") if listed else ():
        read = proof.values.get("members")
        shown = [str(p.get("name", "")) for p in read.value] if read is not None else []
        absent = [n for n in listed if not any(same_name(n, s) for s in shown)]
        if read is not None and shown and absent and len(b.of("family_proof")) == 1:
            words = say("paper.not_listed", paper=title(proof), read="、".join(shown), filed="、".join(absent))
            yield Told(proof.id, "FAMILY_PROOF", "block", words, read.page)


def between(b: Bundle) -> Iterator[Told]:
    """Card against lease while the form has no name that both could be compared with."""
    cards = [(c, c.values["name"]) for c in b.of("operator_id_card") if "name" in c.values]
    for card, name in cards if b.filed("operator_name") is None else ():
        for lease in b.of("lease"):
            lessee = lease.values.get("lessee_name")
            if lessee is not None and same_person(str(name.value), str(lessee.value)) == "different":
                told = {"what": "承租人", "read": lessee.value, "other": title(card), "second": name.value}
                words = say("paper.papers_differ", paper=title(lease), **told)
                yield Told(lease.id, "LEASE_PARTY_MISMATCH", "warn", words, lessee.page)


def twice(b: Bundle) -> Iterator[Told]:
    """The same file uploaded again under the same kind."""
    first: dict[tuple[str, str], Material] = {}
    for material in b.usable:
        key = (material.sha256, material.kind)
        if key in first:
            words = say("paper.twice", other=first[key].filename)
            yield Told(material.id, "MATERIAL_TWICE", "info", words)
        first.setdefault(key, material)


def _blank(material: Material, key: str) -> bool:
    read = material.values.get(key)
    return read is not None and read.value in ("", False)


def _day(material: Material, key: str) -> tuple[date | None, ReadValue | None]:
    read = material.values.get(key)
    return (day(read.value), read) if read is not None else (None, None)


def _said(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


RULES: tuple[Callable[[Bundle], Iterator[Told]], ...] = (
    differing, residence, sides, cards_in_time, leases_in_time, permits_in_time, signatures, owner, home, family,
    between, twice,
)  # fmt: skip
