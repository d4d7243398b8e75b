"""Numbers in Chinese text."""

from __future__ import annotations

import pytest

from knowledge.numerals import comparable, number, quantities, same


def read(text: str) -> list[tuple[float, str]]:
    return [(q.value, q.unit) for q in quantities(text)]


@pytest.mark.parametrize("text", ["五万元", "5万元", "50000元", "50,000元", "５万元", "五万块钱"])
def test_the_same_amount_in_any_writing_is_one_value(text: str) -> None:
    assert read(text) == [(50000, "元")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("三个工作日内", [(3, "工作日")]),
        ("3日内", [(3, "日")]),
        ("百分之二十", [(20, "%")]),
        ("2%", [(2, "%")]),
        ("每天加收万分之五", [(0.05, "%")]),
        ("住满半年", [(6, "月")]),
        ("1月1日至6月30日", [(101, "月日"), (630, "月日")]),
        ("三月底前", [(331, "月日")]),
        ("8时至24时", [(8, "时"), (24, "时")]),
        ("早八点到晚十二点", [(8, "时"), (24, "时")]),
        ("五到十万元", [(50000, "元"), (100000, "元")]),
        ("1万元以上10万元以下的罚款", [(10000, "元"), (100000, "元")]),
        ("总质量4500千克", [(4500, "千克")]),
        ("三分之二以上", [(pytest.approx(66.6667, abs=1e-3), "%")]),
        ("双倍", [(2, "倍")]),
    ],
)
def test_units_ranges_and_lent_multipliers_are_read(text: str, wanted: list[tuple[float, str]]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    "text", ["第十九条第二款规定", "一律不得", "由一方统一办理", "（三）其他情形", "万一丢了", "一个人去"]
)
def test_references_and_idioms_are_no_quantities(text: str) -> None:
    assert read(text) == []


def test_a_year_is_twelve_months_but_a_day_is_no_working_day() -> None:
    (year,), (months,) = quantities("1年"), quantities("12个月")
    (days,), (working,) = quantities("3日"), quantities("3个工作日")
    assert same(year, months)
    assert not same(days, working) and comparable(days, working)


def test_bounds_are_seen_before_and_after_the_number() -> None:
    assert [q.bound for q in quantities("5000元以上5万元以下")] == [">=", "<="]
    assert [q.bound for q in quantities("最长不得超过3年")] == ["<="]


def test_words_that_are_no_number_have_no_value() -> None:
    assert number("二百一十八") == 218
    assert number("一千零五") == 1005
    assert number("若干") is None
