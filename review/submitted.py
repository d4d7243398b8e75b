"""What a rule sees: one frozen filing, its documents and the office's data. Nothing here changes or stores anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from assistant.filing import Box, Filing, Material, Severity
from knowledge.items import Check, Item
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from review.case import Place
from review.compare import CLEAR


@dataclass(frozen=True)
class VisibleLine:
    """A line a person can read on a page (from 1); `sure` is the reader's confidence, 1 for digital text."""

    page: int
    text: str
    box: Box | None = None
    sure: float = 1.0


@dataclass(frozen=True)
class Seen:
    """A value read in one document of the filing."""

    material: Material
    key: str
    value: Any
    page: int
    quote: str
    box: Box | None
    sure: float

    @property
    def clear(self) -> bool:
        """Whether the reader was confident."""
        return self.sure >= CLEAR

    def place(self) -> Place:
        """Where a clerk looks."""
        return Place(id=self.material.id, page=self.page, box=self.box, quote=self.quote or None)


@dataclass(frozen=True)
class Defect:
    """What a rule found, before it has an id and a basis."""

    expected: str
    found: str
    message: str
    fields: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    code: str = ""
    """Empty: the code of the check."""
    severity: Severity | None = None
    """None: the severity of the check."""
    remedy: str = ""
    cites: tuple[str, ...] = ()
    """Articles besides those of the check, `食品安全法 第三十五条`."""


@dataclass(frozen=True)
class Inconclusive:
    """A rule could not decide: no list, a page that cannot be read, a value in doubt."""

    reason: str


Outcome = Iterator[Defect | Inconclusive]
Rule = Callable[["Submitted", Check], Outcome]
RULES: dict[str, Rule] = {}
"""The one rule of every kind of check an item may name; filled by the `rules_*` modules."""


def rule(kind: str) -> Callable[[Rule], Rule]:
    """Registers the rule of a kind of check; ValueError when it has one already."""

    def register(function: Rule) -> Rule:
        if kind in RULES:
            raise ValueError(f"wanted one rule for {kind}, got a second in {function.__module__}")
        RULES[kind] = function
        return function

    return register


@dataclass(frozen=True)
class Submitted:
    """One submitted filing as of its filing day, with everything the rules compare it to."""

    filing: Filing
    item: Item
    filed_on: date
    office: Office
    scopes: Scopes
    regions: Regions
    library: Library | None = None
    texts: Mapping[str, tuple[VisibleLine, ...]] = field(default_factory=dict)
    """Visible lines by material id, where the document could be read."""

    @cached_property
    def values(self) -> dict[str, Any]:
        """{field: canonical value} of what the applicant filed."""
        return self.filing.values()

    def of(self, field_id: str, default: Any = None) -> Any:
        """The filed value; `default` when absent or empty."""
        value = self.values.get(field_id)
        return default if value is None or value == "" else value

    def materials(self, *kinds: str) -> list[Material]:
        """Documents of these kinds, in the order uploaded."""
        return [m for m in self.filing.materials if m.kind in kinds]

    def usable(self, *kinds: str) -> list[Material]:
        """Documents of these kinds that were read and are what they claim to be."""
        return [m for m in self.materials(*kinds) if m.status == "read" and not issue_codes(m) & UNUSABLE]

    def lines(self, material: Material) -> tuple[VisibleLine, ...]:
        """What can be read on the pages of the document."""
        return self.texts.get(material.id, ())

    def seen(self, key: str, *kinds: str) -> list[Seen]:
        """The value `key` in each usable document of these kinds that shows it."""
        return [s for m in self.usable(*kinds) if (s := self.look(m, key)) is not None]

    def look(self, material: Material, key: str) -> Seen | None:
        """The value `key` of one document, or None when it was not read."""
        read = material.values.get(key)
        if read is None or read.value is None or read.value == "":
            return None
        return Seen(
            material, key, read.value, read.page, read.quote, read.box, self._sure(material, read.page, read.quote)
        )

    def _sure(self, material: Material, page: int, quote: str) -> float:
        found = [line.sure for line in self.lines(material) if line.page == page and quote and quote[:40] in line.text]
        return min(found, default=1.0)

    def shows(self, material: Material, key: Callable[[str], str], words: str) -> bool:
        """Whether words stand on the pages of a document, in the spelling that `key` gives both."""
        wanted = key(words)
        return bool(wanted) and wanted in key("".join(line.text for line in self.lines(material)))

    def whole(self, material: Material, quote: str | None = None) -> Place:
        """The document as a whole; with `quote`, the line that holds it."""
        line = next((ln for ln in self.lines(material) if quote and quote in ln.text), None)
        if line is None:
            return Place(id=material.id, page=1 if material.pages else None)
        return Place(id=material.id, page=line.page, box=line.box, quote=quote)


UNUSABLE = {"MATERIAL_ILLEGIBLE", "MATERIAL_WRONG_KIND"}
"""Reading issues after which the values of a document are not compared."""


def issue_codes(material: Material) -> set[str]:
    """Codes of what the reader found wrong with the document."""
    return {issue.code for issue in material.issues}
