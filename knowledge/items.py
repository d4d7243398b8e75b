"""Service items (事项): what is asked, which documents are needed and what is checked, read from YAML files.

An item file is data. Loading refuses an unknown key, a field name nothing defines, an unknown kind of material or
check and a basis that names no article, with the file and the place in the message (`ItemError`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import ValidationError, model_validator

from knowledge.citation import Frozen
from knowledge.conditions import Condition
from knowledge.item_parts import Check, Days, ItemField, MaterialNeed, NeededMaterial, ReviewQuestion, articles

__all__ = [
    "Catalogue",
    "Check",
    "Item",
    "ItemError",
    "ItemField",
    "MaterialNeed",
    "NeededMaterial",
    "ReviewQuestion",
    "articles",
    "load_item",
]


class ItemError(ValueError):
    """An item file that cannot be used; the message names the file and the place."""


class Item(Frozen):
    """A service item."""

    code: str
    version: str
    title: str
    authority: str
    basis: str
    found_by: tuple[str, ...]
    """Words in a first message that lead here."""
    not_for: tuple[str, ...] = ()
    """Words that lead elsewhere."""
    days: Days
    fields: tuple[ItemField, ...]
    materials: tuple[MaterialNeed, ...]
    checks: tuple[Check, ...]
    questions: tuple[ReviewQuestion, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = {f.id: f for f in self.fields}
        for name, ids in (
            ("field", [f.id for f in self.fields]),
            ("check", [c.code for c in self.checks]),
            ("question", [q.id for q in self.questions]),
        ):
            if twice := {i for i in ids if ids.count(i) > 1}:
                raise ValueError(f"{name} defined twice: {', '.join(sorted(twice))}")
        for where, condition in self._conditions():
            for leaf in condition.leaves():
                _check_leaf(where, leaf, known)
        for where, name in self._names():
            if name not in known:
                raise ValueError(f"{where}: no field {name!r} in this item")
        if stray := {q.code for q in self.questions} - {c.code for c in self.checks}:
            raise ValueError(f"question for a code without a check: {', '.join(sorted(stray))}")
        return self

    def _conditions(self) -> list[tuple[str, Condition]]:
        named = [(f.id, f.needed_if) for f in self.fields]
        named += [(m.kind, m.needed_if) for m in self.materials]
        named += [(q.id, q.needed_if) for q in self.questions]
        return [(where, c) for where, c in named if c is not None]

    def _names(self) -> list[tuple[str, str]]:
        named = [(f.id, n) for f in self.fields for n in f.derived_from]
        named += [(m.kind, m.count_of) for m in self.materials if m.count_of]
        named += [(q.id, n) for q in self.questions for n in q.fields]
        for c in self.checks:
            named += [(c.code, n) for n in [*c.params.get("fields", ()), *filter(None, [c.params.get("field")])]]
        return named

    def field(self, field_id: str) -> ItemField:
        """The field with that id; KeyError when the item has none such."""
        for f in self.fields:
            if f.id == field_id:
                return f
        raise KeyError(field_id)

    def check(self, code: str) -> Check | None:
        """The check with that finding code."""
        return next((c for c in self.checks if c.code == code), None)

    def material(self, kind: str) -> MaterialNeed | None:
        """What the item says about that kind of document."""
        return next((m for m in self.materials if m.kind == kind), None)

    def applies(self, field_id: str, values: Mapping[str, Any]) -> bool:
        """Whether the field belongs in a filing with these answers."""
        needed_if = self.field(field_id).needed_if
        return needed_if is None or needed_if.holds(self.defaults() | dict(values))

    def defaults(self) -> dict[str, Any]:
        """{field: value} of the fields that are not asked unless the applicant says otherwise."""
        return {f.id: f.default for f in self.fields if f.default is not None}

    def asked(self, values: Mapping[str, Any]) -> list[ItemField]:
        """Fields the applicant is asked for, file order: none with a default, none that follows from others."""
        return [f for f in self.fields if self.applies(f.id, values) and f.default is None and self._open(f, values)]

    def _open(self, field: ItemField, values: Mapping[str, Any]) -> bool:
        """Not derived, or underivable: its sources are settled, it has a question and no value came of them."""
        if not field.derived:
            return True
        settled = all(values.get(s) is not None or not self.applies(s, values) for s in field.derived_from)
        return bool(field.ask) and settled and values.get(field.id) is None

    def missing(
        self, values: Mapping[str, Any], skipped: Collection[str] = (), *, required_only: bool = False
    ) -> list[str]:
        """Ids still to be asked, in order; an optional field is left out once skipped, or always (`required_only`)."""
        left_out = {f.id for f in self.fields if not f.required and (required_only or f.id in skipped)}
        return [f.id for f in self.asked(values) if f.id not in left_out and values.get(f.id) in (None, "", [])]

    def needed(self, values: Mapping[str, Any], licences: Collection[str] = ()) -> list[NeededMaterial]:
        """Documents this filing needs; `licences`: the licence (none, pre, post, filing) of each entry of its scope."""
        values = self.defaults() | dict(values)
        return [_needed(m, values) for m in self.materials if _is_needed(m, values, licences)]


def _is_needed(need: MaterialNeed, values: Mapping[str, Any], licences: Collection[str]) -> bool:
    if need.by_rule or (need.scope_licence and need.scope_licence not in licences):
        return False
    return need.needed_if is None or need.needed_if.holds(values)


def _needed(need: MaterialNeed, values: Mapping[str, Any]) -> NeededMaterial:
    count = len(values.get(need.count_of) or ()) if need.count_of else 1
    return NeededMaterial(
        kind=need.kind,
        title=need.title,
        why=need.why,
        basis=need.basis,
        count=max(count, 1),
        instead=need.instead,
    )


def _check_leaf(where: str, leaf: Condition, known: Mapping[str, ItemField]) -> None:
    """Refuses a test on a field nobody defines or on a value its choices do not have."""
    target = known.get(leaf.field or "")
    if target is None:
        raise ValueError(f"{where}: condition on {leaf.field!r}, which is no field of this item")
    wanted: Sequence[Any] = leaf.among if leaf.among is not None else [leaf.equals]
    if target.type == "choice" and not set(wanted) <= set(target.choices):
        raise ValueError(f"{where}: {leaf.field} has no choice {sorted(set(wanted) - set(target.choices))}")
    if target.type == "yes_no" and not all(isinstance(w, bool) for w in wanted):
        raise ValueError(f"{where}: {leaf.field} is answered true or false, not {list(wanted)}")


def load_item(path: Path) -> Item:
    """Reads one item file; raises ItemError."""
    try:
        return Item.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        places = [f"{'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()]
        raise ItemError(f"{path.name}: " + "; ".join(places)) from error
    except (OSError, yaml.YAMLError) as error:
        raise ItemError(f"{path.name}: {error}") from error


class Catalogue:
    """The items this office offers."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = {item.code: item for item in items}
        if len(self._items) < len(items):
            raise ItemError("two items have the same code")

    @classmethod
    def load(cls, folder: Path | None = None) -> Catalogue:
        """Every `*.yaml` of a folder, by default the items that come with the product."""
        folder = folder or Path(__file__).parent / "items"
        return cls([load_item(path) for path in sorted(folder.glob("*.yaml"))])

    def get(self, code: str) -> Item:
        """The item with that code; KeyError when there is none."""
        return self._items[code]

    def all(self) -> list[Item]:
        """Every item, by code."""
        return list(self._items.values())

    def find(self, words: str) -> Item | None:
        """The item a first message is about; None when nothing in it says so."""
        text = re.sub(r"\s+", "", words)
        scored = [(_fit(item, text), item) for item in self._items.values()]
        best = max(scored, key=lambda pair: pair[0], default=(0, None))
        return best[1] if best[0] > 0 else None


def _fit(item: Item, text: str) -> int:
    """Characters of the message that speak for the item; 0 when a word leads elsewhere."""
    if any(word in text for word in item.not_for):
        return 0
    return sum(len(word) for word in item.found_by if word in text)
