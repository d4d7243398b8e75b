"""Amounts in 万元 and counts, as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.amounts import amounts, counts, numeral


@pytest.mark.parametrize(
    ("words", "wan"),
    [
        ("投5万", 5),
        ("5w", 5),
        ("3000块", 0.3),
        ("十万八", 10.8),
        ("十万零八千", 10.8),
        ("2.5万", 2.5),
        ("一万五", 1.5),
        ("3万5千", 3.5),
        ("两万五千块", 2.5),
        ("100,000元", 10),
        ("5k", 0.5),
        ("半万", 0.5),
        ("一百二十万元", 120),
        ("10 万 RMB", 10),
    ],
)
def test_an_amount_is_read_in_ten_thousands_of_yuan(words: str, wan: float) -> None:
    assert [a.value for a in amounts(words)] == [wan]


@pytest.mark.parametrize(
    "words", ["十来万", "几万块吧", "五六万", "5到6万", "3、4万", "十几二十万", "五十多万", "万把块"]
)
def test_words_that_name_no_single_amount_have_no_value(words: str) -> None:
    assert {a.value for a in amounts(words, bare=True)} == {None}


def test_a_bare_number_counts_only_as_an_answer_and_a_large_one_is_yuan() -> None:
    assert amounts("50000") == []
    assert [a.value for a in amounts("8", bare=True)] == [8]
    assert [a.value for a in amounts("三千五", bare=True)] == [0.35]
    assert [a.value for a in amounts("50000", bare=True)] == [5]


@given(st.integers(min_value=1, max_value=9999))
def test_figures_with_a_unit_are_read_back_and_point_at_their_words(number: int) -> None:
    text = f"出资{number}万元吧"
    [found] = amounts(text)
    assert found.value == number
    assert text[found.start : found.end] == f"{number}万元"


@pytest.mark.parametrize(
    ("words", "number"), [("两本", 2), ("不用", 0), ("副本不用", 0), ("要3本", 3), ("0", 0), ("唔要", 0)]
)
def test_a_count_is_a_whole_number_and_no_means_none(words: str, number: int) -> None:
    found = counts(words)
    assert found is not None
    assert found[0] == number


def test_numerals_follow_their_units() -> None:
    assert [numeral(w) for w in ("十八", "一百零五", "三千五", "二〇二六", "两点五")] == [18, 105, 3500, 2026, 2.5]
