"""一次填报、多次复用: what a person filed before, offered for the next filing and taken over only as they say.

市场主体登记管理条例 第十六条 keeps the office from asking for what it has; 个人信息保护法 第十三、十四条 make the
use of earlier answers a matter of the person's own consent. Values only, no storage.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from assistant.fields import FieldError, accept
from assistant.filing import Answer, EarlierEvidence, Filing
from knowledge.items import Item, ItemField

ABOUT_THE_PERSON = ("operator_", "contact_", "agent_")
"""Fields that seldom change from one filing to the next: ticked when they are offered."""


@dataclass(frozen=True)
class Known:
    """An answer of an earlier filing that fits the new one."""

    field: ItemField
    value: Any
    evidence: EarlierEvidence
    usual: bool
    """About the person rather than this one business."""


def known(
    filing: Filing, item: Item, earlier: Iterable[Filing], titles: Mapping[str, str], today: date, zone: tzinfo
) -> list[Known]:
    """Answers the person stood by in filings that were handed in, the latest of each field, in the form's order.

    Left out: what is filled already, what follows from other answers, and what would not be taken today.
    """
    found: dict[str, tuple[Any, EarlierEvidence]] = {}
    fields = {f.id: f for f in item.fields}
    for old in sorted(
        (f for f in earlier if f.receipt and f.id != filing.id), key=lambda f: f.updated_at, reverse=True
    ):
        source = EarlierEvidence(
            filing=old.id,
            receipt=old.receipt,
            item=titles.get(old.item, old.item),
            on=old.updated_at.astimezone(zone).date(),
        )
        for name, answer in old.answers.items():
            if name in fields and name not in found and answer.confirmed and answer.source != "derived":
                found[name] = (answer.value, source)
    offered, together = [], {name: value for name, (value, _) in found.items()} | filing.values()
    for field in item.fields:
        fits = field.id in found and field.id not in filing.answers and not field.derived
        if fits and item.applies(field.id, together):
            value = _accepted(field, found[field.id][0], today)
            if value is not None:
                usual = field.id.startswith(ABOUT_THE_PERSON)
                offered.append(Known(field, value, found[field.id][1], usual))
    return offered


def taken(filing: Filing, item: Item, offered: Iterable[Known], chosen: Collection[str]) -> tuple[Filing, list[str]]:
    """(the filing with the chosen answers, 待确认 and saying where they come from; the fields filled)."""
    picked = [k for k in offered if k.field.id in chosen]
    together = filing.values() | {k.field.id: k.value for k in picked}
    answers, filled = dict(filing.answers), []
    for k in picked:
        if k.field.id not in answers and item.applies(k.field.id, together):
            answers[k.field.id] = Answer(value=k.value, source="reused", evidence=k.evidence)
            filled.append(k.field.id)
    pending = None if filing.pending in filled else filing.pending
    said = "taken" if filled else "declined"
    return filing.model_copy(update={"answers": answers, "reuse": said, "pending": pending}), filled


def _accepted(field: ItemField, value: Any, today: date) -> Any:
    try:
        return accept(field, value, today)
    except (FieldError, TypeError, ValueError, AttributeError):
        return None
