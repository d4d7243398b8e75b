"""Conditions of service items: what has been answered decides what is asked next. Data, never code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from knowledge.citation import Frozen

_TESTS = ("is", "in", "above", "below")


class Condition(Frozen):
    """One test on one field, or `all`/`any` of several; a field without a value satisfies no test."""

    field: str | None = None
    equals: Any = Field(default=None, alias="is")
    among: tuple[Any, ...] | None = Field(default=None, alias="in")
    above: float | None = None
    """Satisfied by a number greater than this."""
    below: float | None = None
    every: tuple[Condition, ...] | None = Field(default=None, alias="all")
    some: tuple[Condition, ...] | None = Field(default=None, alias="any")

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        given = {self.__class__.model_fields[name].alias or name for name in self.model_fields_set}
        if self.field is None and len(given) == 1 and given <= {"all", "any"} and (self.every or self.some):
            return self
        if self.field is not None and len(given) == 2 and given - {"field"} <= set(_TESTS):
            return self
        raise ValueError(
            f"wanted a field with one of {', '.join(_TESTS)}, or a list under all or any, got {sorted(given)}"
        )

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the answers satisfy it."""
        if self.every is not None:
            return all(c.holds(values) for c in self.every)
        if self.some is not None:
            return any(c.holds(values) for c in self.some)
        value = values.get(self.field or "")
        if value is None:
            return False
        return self._compare(value)

    def _compare(self, value: Any) -> bool:
        if self.among is not None:
            return value in self.among
        if self.above is not None or self.below is not None:
            return _number(value) and (value > self.above if self.above is not None else value < (self.below or 0))
        return bool(value == self.equals) and isinstance(value, bool) == isinstance(self.equals, bool)

    def leaves(self) -> Iterator[Condition]:
        """The single tests in it, left to right."""
        parts = self.every or self.some
        if parts is None:
            yield self
        else:
            for part in parts:
                yield from part.leaves()


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
