"""Time limits in working days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from review.clock import after, due, left, works


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2031, 5, 1), False),
        (date(2031, 5, 5), True),
    ],
)
def test_offices_work_as_announced(day: date, open_: bool) -> None:
    assert works(day) is open_


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
    ],
)
def test_the_day_of_receipt_and_holidays_are_not_counted(start: date, days: int, end: date) -> None:
    assert after(start, days) == end


def test_a_limit_runs_to_the_end_of_its_day_where_the_office_is() -> None:
    assert due(date(2026, 11, 20), 5, "Asia/Shanghai").astimezone(UTC) == datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC)


def test_days_left_go_below_zero_when_the_limit_is_past() -> None:
    until = due(date(2026, 11, 20), 5, "Asia/Shanghai")
    assert left(datetime(2026, 11, 20, 2, tzinfo=UTC), until) == 5
    assert left(datetime(2026, 11, 27, 2, tzinfo=UTC), until) == 0
    assert left(datetime(2026, 11, 30, 2, tzinfo=UTC), until) == -1
