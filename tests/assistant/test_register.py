"""New names against the register."""

import random
import time
from datetime import date

import pytest

from assistant.register import Register, plain, register
from knowledge.name_list import RegisteredName
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes

SCOPES, REGIONS = Scopes.load(), Regions.load()
TODAY = date(2026, 11, 20)


def held(*names: str) -> Register:
    return Register([RegisteredName(n) for n in names], SCOPES, REGIONS)


HELD = held(
    "深圳市南山区晨光文具店",
    "深圳市罗湖区老街五金店",
    "深圳市南山区福满餐饮店",
    "深圳市福田区金穗面包店",
    "深圳市南山区长乐便利店",
)


@pytest.mark.parametrize(
    ("trade", "industry", "kind"),
    [
        ("晨光", "文具", "name"),
        ("晨光", "办公用品", "trade"),
        ("福满", "火锅", "trade"),
        ("长乐", "便利店", "trade"),
        ("辰光", "文具", "sound"),
        ("福曼", "餐饮", "sound"),
        ("扶满", "餐饮", "sound"),
        ("光晨", "文具", "order"),
        ("福满多", "餐饮", "part"),
        ("满福楼", "餐饮", None),
        ("晨光", "汽车维修", None),
        ("金穗", "五金", None),
        ("全新", "餐饮", None),
    ],
)
def test_a_name_is_set_against_those_of_its_own_trade(trade: str, industry: str, kind: str | None) -> None:
    found = HELD.like(f"深圳市南山区{trade}{industry}店", trade, industry)
    assert (found[0].kind if found else None) == kind


def test_a_registered_name_without_a_trade_stands_against_every_trade() -> None:
    assert held("深圳市南山区百悦店").like("深圳市南山区百悦餐饮店", "百悦", "餐饮")[0].kind == "trade"


def test_characters_that_look_alike_and_traditional_ones_are_seen() -> None:
    assert held("深圳市南山区木林家具店").like("深圳市南山区本林家具店", "本林", "家具")[0].kind == "shape"
    assert plain("豐收") == "丰收"


def test_a_character_of_two_readings_is_read_both_ways() -> None:
    assert held("深圳市南山区长乐餐饮店").like("", "常乐", "餐饮")[0].kind == "sound"
    assert held("深圳市南山区掌乐餐饮店").like("", "长乐", "餐饮")[0].kind == "sound"


def test_a_name_struck_off_over_a_year_ago_is_free() -> None:
    names = [RegisteredName("深圳市南山区晨光文具店", "former", date(2025, 11, 1))]
    register = Register(names, SCOPES, REGIONS)
    assert register.like("深圳市南山区晨光文具店", "晨光", "文具", date(2026, 10, 1)) != []
    assert register.like("深圳市南山区晨光文具店", "晨光", "文具", TODAY) == []


def test_an_office_without_a_list_has_no_register_and_a_list_is_built_once() -> None:
    assert register(Office(), REGIONS) is None
    office = Office(registered_names=("甲店",))
    assert register(office, REGIONS) is register(office, REGIONS)


def test_a_hundred_thousand_names_are_searched_in_milliseconds() -> None:
    rng = random.Random(7)
    syllables = "晨光福满瑞丰和顺禾悦家乐美佳味香源兴旺达盛隆金玉明月清风山水田园春夏秋冬东西南北小大老新红绿蓝星云"
    trades = ["".join(rng.choices(syllables, k=rng.choice([2, 2, 3]))) for _ in range(100_000)]
    many = Register([RegisteredName(f"深圳市南山区{t}餐饮店") for t in trades], SCOPES, REGIONS)
    asked = rng.sample(trades, 100)
    began = time.perf_counter()
    assert all(many.like("", trade, "餐饮") for trade in asked)
    assert (time.perf_counter() - began) / len(asked) < 0.05
