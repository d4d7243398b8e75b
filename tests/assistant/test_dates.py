"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import days

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "words",
    ["1991-05-20", "1991年5月20日", "19910520", "1991/5/20", "一九九一年五月二十", "91年5月20号", "生日1991.5.20出生"],
)
def test_every_usual_way_of_writing_a_day_is_read(words: str) -> None:
    assert [d.value for d in days(words, TODAY)] == [date(1991, 5, 20)]


def test_a_day_that_does_not_exist_is_told_apart_from_no_day() -> None:
    assert [d.value for d in days("2023-02-29", TODAY)] == [None]
    assert days("没有日期", TODAY) == []


@given(st.dates(min_value=date(1930, 1, 1), max_value=TODAY))
def test_a_written_day_is_read_back(day: date) -> None:
    assert days(f"我是{day.year}年{day.month}月{day.day}日生的", TODAY)[0].value == day
