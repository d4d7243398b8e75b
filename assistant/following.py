"""After handing in: what happened when, what the law gives the office time for, and what a notice opens again.

Values only. The history comes from the record, so that it cannot differ from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.filing import Filing, Reply
from assistant.papers import FILLS
from assistant.record import Event
from assistant.wording import say
from knowledge.items import Item

STEPS = ("started", "submitted", "returned", "accepted", "refused", "withdrawn")


@dataclass(frozen=True)
class Step:
    """One thing that happened to a filing."""

    at: datetime
    what: str
    """A word of `STEPS`."""
    round: int

    @property
    def said(self) -> str:
        """In words for the applicant."""
        if self.what == "submitted" and self.round > 1:
            return say("step.again", round=self.round)
        return say(f"step.{self.what}")


def steps(events: Iterable[Event]) -> list[Step]:
    """What the record says of a filing, oldest first."""
    found = []
    for e in events:
        what = e.action.removeprefix("filing.")
        if e.action.startswith("filing.") and what in STEPS:
            found.append(Step(datetime.fromisoformat(e.at), what, int(e.body.get("round", 1))))
    return found


@dataclass(frozen=True)
class Opened:
    """What a returned filing leaves open: what the notice flags, with what hangs on it."""

    fields: frozenset[str]
    kinds: frozenset[str]
    """Kinds of documents to hand in again or for the first time."""
    materials: frozenset[str]
    """Documents (ids) that may be taken out."""


def opened(filing: Filing, item: Item, notice: Mapping[str, Any] | None) -> Opened | None:
    """What may be changed in a returned filing; None: everything, because no notice says what is wrong."""
    if filing.status != "returned" or not notice or not notice.get("items"):
        return None
    fields, kinds, materials = set(filing.reopened), {"application_form"}, set()
    for entry in notice["items"]:
        named = _named(entry, item)
        if not any(named):
            return None
        fields |= named[0]
        kinds |= named[1]
        materials |= named[2]
    kinds |= {m.kind for m in filing.materials if m.id in materials}
    for kind in kinds - {"application_form"}:
        fields |= set(FILLS.get(kind, {}).values())
    known = {f.id for f in item.fields}
    materials |= {m.id for m in filing.materials if m.kind in kinds or not m.kind}
    return Opened(frozenset(_with_kin(item, fields & known)), frozenset(kinds), frozenset(materials))


def _named(entry: Mapping[str, Any], item: Item) -> tuple[set[str], set[str], set[str]]:
    """(fields, kinds of documents, documents) a line of the notice is about; the check tells when it is mute."""
    fields, kinds, materials = (set(entry.get(name, ())) for name in ("fields", "kinds", "materials"))
    check = item.check(str(entry.get("code", "")))
    params = check.params if check else {}
    fields |= {*params.get("fields", ()), *filter(None, [params.get("field")])}
    if not (fields or kinds or materials):
        kinds = set(params.get("kinds", ()))
    return fields, kinds, materials


def locked(filing: Filing, may: Opened | None, fields: Iterable[str]) -> list[str]:
    """Of these fields, those a returned filing does not let be changed; an empty one can always be filled."""
    if may is None:
        return []
    return [f for f in fields if f not in may.fields and f in filing.answers]


def _with_kin(item: Item, fields: set[str]) -> set[str]:
    """The fields, what they follow from, what follows from them, and what a change may call for."""
    wide = set(fields)
    for f in item.fields:
        if f.id in fields:
            wide |= set(f.derived_from)
    for f in item.fields:
        if set(f.derived_from) & wide:
            wide |= {f.id, *f.derived_from}
    for f in item.fields:
        if f.needed_if is not None and any(leaf.field in wide for leaf in f.needed_if.leaves()):
            wide.add(f.id)
    return wide


def unlocked_only(before: Filing, after: Filing, reply: Reply, may: Opened | None) -> tuple[Filing, Reply]:
    """A turn without its changes to answers that are locked; the reply says which were left as they were."""
    now = after.values()
    changed = [n for n, a in before.answers.items() if now.get(n) != a.value]
    shut = locked(before, may, changed)
    if not shut:
        return after, reply
    answers = {**after.answers, **{n: before.answers[n] for n in shut}}
    told = reply.model_copy(
        update={
            "text": f"{say('locked')}\n{reply.text}",
            "noted": [n for n in reply.noted if n not in shut],
            "refused": {**reply.refused, **dict.fromkeys(shut, say("locked"))},
        }
    )
    turns = [*after.turns[:-1], after.turns[-1].model_copy(update={"text": told.text, "reply": told})]
    return after.model_copy(update={"answers": answers, "turns": turns}), told
