"""The chain of events: what it accepts and what it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.record import START, Event, Fault, Head, canonical, chain, first_fault, stamp

AT = "2026-11-23T08:00:00.000000Z"


def events(n: int) -> list[Event]:
    made: list[Event] = []
    head = Head(0, START)
    for i in range(n):
        made.append(chain(head, AT, "applicant1", "filing.said", f"f{i}", {"revision": i, "字": "字"}))
        head = Head(made[-1].seq, made[-1].hash)
    return made


def test_an_untouched_chain_holds() -> None:
    assert first_fault(events(20)) is None
    assert first_fault([]) is None


@given(
    n=st.integers(1, 8), where=st.integers(0, 7), field=st.sampled_from(["at", "actor", "action", "subject", "hash"])
)
def test_a_changed_field_is_found_at_its_own_place(n: int, where: int, field: str) -> None:
    made = events(n)
    where %= n
    made[where] = replace(made[where], **{field: getattr(made[where], field) + "x"})
    fault = first_fault(made)
    assert fault is not None and fault.seq == where + 1


def test_a_changed_body_is_found() -> None:
    made = events(3)
    made[1] = replace(made[1], body={"revision": 9})
    assert first_fault(made) == Fault(2, "its content was changed after it was written")


@pytest.mark.parametrize("where", [0, 2, 4])
def test_a_lost_event_is_found(where: int) -> None:
    made = events(6)
    del made[where]
    fault = first_fault(made)
    assert fault is not None and fault.seq == where + 1


def test_two_events_changing_places_are_found() -> None:
    made = events(4)
    made[1], made[2] = made[2], made[1]
    fault = first_fault(made)
    assert fault is not None and fault.seq == 2


def test_a_cut_tail_shows_only_against_a_kept_head() -> None:
    made = events(5)
    kept = Head(made[-1].seq, made[-1].hash)
    assert first_fault(made[:3]) is None
    fault = first_fault(made[:3], [kept])
    assert fault is not None and fault.seq == 4


def test_a_chain_written_anew_shows_only_against_a_kept_head() -> None:
    made = events(3)
    anew, head = [], Head(0, START)
    for e in made:
        anew.append(chain(head, e.at, "somebody else", e.action, e.subject, e.body))
        head = Head(anew[-1].seq, anew[-1].hash)
    assert first_fault(anew) is None
    fault = first_fault(anew, [Head(made[1].seq, made[1].hash)])
    assert fault is not None and fault.seq == 2


def test_equal_values_have_equal_bytes_whatever_the_order_of_keys() -> None:
    assert (
        canonical({"b": [1, None], "a": "名"})
        == canonical({"a": "名", "b": [1, None]})
        == '{"a":"名","b":[1,null]}'.encode()
    )


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError):
        canonical({"a": float("nan")})


def test_a_time_without_a_zone_is_refused() -> None:
    assert stamp(datetime(2026, 11, 23, 8, tzinfo=UTC)) == AT
    with pytest.raises(ValueError):
        stamp(datetime(2026, 11, 23, 8))  # noqa: DTZ001 - the naive time is the point of the test
