"""The office as data: name, area and lists from one JSON file; lists also as CSV for offices with spreadsheets.

A part that is absent stays None: the rule that needs it is then inconclusive, never silently satisfied.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError

from knowledge.citation import Frozen
from knowledge.name_list import NameListError, RegisteredName, read_names

CONTACT = "当地政务服务中心窗口或 12345 热线"


class OfficeError(ValueError):
    """The office's data cannot be used; the message says where."""


class Authority(Frozen):
    """Who registers, and for which areas; empty areas mean anywhere."""

    name: str = ""
    areas: tuple[str, ...] = ()
    """GB/T 2260 codes; a shorter code (`4403`) stands for everything under it."""
    area_names: tuple[str, ...] = ()


class RestrictedPerson(Frozen):
    """Someone who may not register (条例 第四十条: three years), until a day or without end."""

    name: str
    id_number: str = ""
    reason: str = ""
    until: date | None = None
    """First day on which the bar has ended."""

    def barred(self, on: date) -> bool:
        """Whether the bar stands on that day."""
        return self.until is None or on < self.until


class CatalogueEntry(Frozen):
    """One entry of the office's own scope catalogue; columns we do not know are left to it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    entry: str
    licence: Literal["none", "pre", "post", "filing"] = "none"
    permit: str = ""
    authority: str = ""
    basis: str = ""


class _File(Frozen):
    """The JSON file as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    authority: Authority | None = None
    registered_names: tuple[str, ...] | None = None
    registered_names_file: str = ""
    """A CSV list beside this file, for registers too long for it (`python -m knowledge names import`)."""
    restricted_persons: tuple[RestrictedPerson, ...] | None = None
    scope_catalogue: tuple[CatalogueEntry, ...] | None = None
    contact: str = CONTACT


class Office(Frozen):
    """What this office knows; None: no such list was given."""

    authority_name: str = ""
    areas: tuple[str, ...] = ()
    area_names: tuple[str, ...] = ()
    registered_names: tuple[str, ...] | None = None
    """Names in the register, whatever their standing."""
    name_register: tuple[RegisteredName, ...] | None = None
    """The same with their standing and day, where a list tells them."""
    restricted_persons: tuple[RestrictedPerson, ...] | None = None
    scope_catalogue: tuple[CatalogueEntry, ...] | None = None
    contact: str = Field(default=CONTACT, min_length=1)
    """Where a person can ask: telephone, address."""

    @classmethod
    def load(cls, path: Path | None = None) -> Office:
        """Reads the office's JSON file; no path gives an office without lists. Raises OfficeError."""
        if path is None:
            return cls()
        try:
            file = _File.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
            listed = _register(file, path.parent)
        except ValidationError as error:
            places = [f"{'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()]
            raise OfficeError(f"{path.name}: " + "; ".join(places)) from error
        except (OSError, ValueError, NameListError) as error:
            raise OfficeError(f"{path.name}: {error}") from error
        authority = file.authority or Authority()
        return cls(
            authority_name=authority.name,
            areas=authority.areas,
            area_names=authority.area_names,
            registered_names=None if listed is None else tuple(n.name for n in listed),
            name_register=listed,
            restricted_persons=file.restricted_persons,
            scope_catalogue=file.scope_catalogue,
            contact=file.contact,
        )

    def serves(self, code: str) -> bool | None:
        """Whether a GB/T 2260 code lies in its area; None when the office names no area."""
        return any(code.startswith(_stem(area)) for area in self.areas) if self.areas else None

    def restricted(self, name: str, id_number: str, on: date) -> RestrictedPerson | None:
        """The bar on that person on that day: by number, and by name only where the list has no number."""
        for person in self.restricted_persons or ():
            same = person.id_number.upper() == id_number.upper() if person.id_number else person.name == name
            if same and person.barred(on):
                return person
        return None


def _register(file: _File, folder: Path) -> tuple[RegisteredName, ...] | None:
    """Names of the file and of the list it names; None where neither is given."""
    if file.registered_names is None and not file.registered_names_file:
        return None
    listed = tuple(RegisteredName(name) for name in file.registered_names or ())
    return listed + (read_names(folder / file.registered_names_file) if file.registered_names_file else ())


def _stem(area: str) -> str:
    """`440000` → `44`, `440300` → `4403`: the zeros stand for everything under it."""
    return area.removesuffix("0000") if area.endswith("0000") else area.removesuffix("00")


def restricted_from_csv(text: str) -> tuple[RestrictedPerson, ...]:
    """Restricted persons from CSV with the columns 姓名, 证件号码, 原因, 截止日期; raises OfficeError with the row."""
    people = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), start=2):
        try:
            people.append(
                RestrictedPerson(
                    name=(row["姓名"] or "").strip(),
                    id_number=(row.get("证件号码") or "").strip(),
                    reason=(row.get("原因") or "").strip(),
                    until=date.fromisoformat(until) if (until := (row.get("截止日期") or "").strip()) else None,
                )
            )
        except (KeyError, ValueError) as error:
            raise OfficeError(f"row {number}: {error}") from error
    return tuple(people)


def restricted_to_csv(people: tuple[RestrictedPerson, ...]) -> str:
    """Restricted persons as CSV."""
    rows = [[p.name, p.id_number, p.reason, p.until.isoformat() if p.until else ""] for p in people]
    return _csv(["姓名", "证件号码", "原因", "截止日期"], rows)


def _csv(head: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *([_inert(cell) for cell in row] for row in rows)])
    return out.getvalue()


def _inert(cell: str) -> str:
    """A cell a spreadsheet will not run as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
