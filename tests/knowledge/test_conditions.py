"""Conditions are data: one test on one field, or all or any of several."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.conditions import Condition


def holds(condition: dict[str, Any], **values: Any) -> bool:
    return Condition.model_validate(condition).holds(values)


def test_each_test_compares_the_value_of_its_field() -> None:
    assert holds({"field": "kind", "is": "leased"}, kind="leased")
    assert not holds({"field": "kind", "is": "leased"}, kind="owned")
    assert holds({"field": "kind", "in": ["owned", "leased"]}, kind="owned")
    assert holds({"field": "wan", "above": 5}, wan=5.1)
    assert not holds({"field": "wan", "above": 5}, wan=5)
    assert holds({"field": "wan", "below": 5}, wan=4)


def test_a_field_without_an_answer_satisfies_nothing() -> None:
    assert not holds({"field": "has_name", "is": False})
    assert not holds({"field": "wan", "below": 5}, wan=None)


def test_yes_is_not_the_number_one() -> None:
    assert not holds({"field": "count", "is": 1}, count=True)
    assert not holds({"field": "has_name", "is": True}, has_name=1)


def test_words_are_neither_above_nor_below_a_number() -> None:
    assert not holds({"field": "wan", "above": 0}, wan="5万")


def test_all_and_any_nest() -> None:
    both = {"all": [{"field": "a", "is": 1}, {"any": [{"field": "b", "is": 2}, {"field": "c", "is": 3}]}]}
    assert holds(both, a=1, c=3)
    assert not holds(both, a=1)
    assert [leaf.field for leaf in Condition.model_validate(both).leaves()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"field": "a"},
        {"field": "a", "is": 1, "in": [1]},
        {"all": []},
        {"all": [{"field": "a", "is": 1}], "field": "a"},
        {"field": "a", "matches": ".*"},
        {"field": "a", "is": 1, "code": "1+1"},
    ],
)
def test_anything_else_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate(bad)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_above_and_below_never_hold_together_at_one_bound(value: float, bound: float) -> None:
    assert not (holds({"field": "x", "above": bound}, x=value) and holds({"field": "x", "below": bound}, x=value))
