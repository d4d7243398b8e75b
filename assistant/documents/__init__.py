"""What can be read from which kind of document. A new kind is one file here with a `KIND`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from assistant.filing import Issue, ReadValue
from assistant.sheet import Sheet

Values = dict[str, ReadValue]


@dataclass(frozen=True)
class DocumentKind:
    """How to tell a kind of document and read it."""

    kinds: tuple[str, ...]
    """Material kinds it serves; the first is the one detected."""
    title: str
    signs: dict[str, float]
    """Patterns in plain letters and how much each speaks for this kind; 1 together is enough."""
    read: Callable[[Sheet, date], Values]
    issues: Callable[[Sheet, Values], list[Issue]] = field(default=lambda sheet, values: [])

    def score(self, text: str) -> float:
        """How strongly the text speaks for this kind."""
        return sum(weight for sign, weight in self.signs.items() if re.search(sign, text))


@lru_cache(maxsize=1)
def known() -> tuple[DocumentKind, ...]:
    """Every kind in this folder, by file name."""
    modules = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").KIND for name in modules)


def kind_of(material_kind: str) -> DocumentKind | None:
    """The reader of a material kind."""
    return next((k for k in known() if material_kind in k.kinds), None)


def kept(values: dict[str, ReadValue | None]) -> Values:
    """The values that were found."""
    return {name: value for name, value in values.items() if value is not None}
