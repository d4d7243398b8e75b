"""Names of people and of shops."""

import pytest

from assistant import names
from assistant.cues import hear
from knowledge.regions import Regions
from knowledge.scopes import Scopes


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我叫万桂英，你帮我记一下", "万桂英"),
        ("嗯就是我叫郎小军这样子", "郎小军"),
        ("我姓欧阳，叫欧阳娜娜", "欧阳娜娜"),
        ("买买提·艾力", "买买提·艾力"),
        ("王小明，男，汉族", "王小明"),
        ("Sure，林可儿，pls", "林可儿"),
        ("鄙人張三豐", "张三丰"),
        ("烦不烦，皇甫端！", "皇甫端"),
    ],
)
def test_a_person_is_found_in_an_answer(said: str, name: str) -> None:
    found = names.find_person(hear(said), "operator_name")
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize("said", ["老师", "叫我老王就行", "我自己", "不知道", "同上"])
def test_a_title_or_a_pronoun_is_no_name(said: str) -> None:
    assert names.find_person(hear(said), "operator_name") is None


@pytest.mark.parametrize(
    ("said", "trade"),
    [
        ("满满这两个字", "满满"),
        ("字号叫幺妹咯", "幺妹"),
        ("那就“可儿”", "可儿"),
        ("就用阿珍吧，您受累", "阿珍"),
        ("我哋叫做旺財嘅", "旺财"),
        ("都说了福满楼，快点", "福满楼"),
        ("ok then 顺发，thank u", "顺发"),
    ],
)
def test_a_trade_name_is_what_is_left_without_the_talk(said: str, trade: str) -> None:
    found = names.find_trade(hear(said))
    assert found is not None
    assert found.value == trade


@pytest.mark.parametrize(
    ("said", "form"),
    [("用“店”", "店"), ("就行吧", "行"), ("行，用店吧", "店"), ("后面叫经营部", "经营部"), ("馆子的馆", "馆")],
)
def test_the_form_is_one_of_the_list(said: str, form: str) -> None:
    found = names.find_form(hear(said))
    assert found is not None
    assert found.value == form


def test_a_company_is_refused_at_its_word() -> None:
    found = names.find_form(hear("叫有限公司"))
    assert found is not None
    assert (found.problem, found.value) == ("NAME_FORM_FORBIDDEN", "有限公司")


def test_the_name_is_put_together_without_saying_a_word_twice() -> None:
    parts = {"name_region": "深圳市南山区", "name_trade": "满满", "name_industry": "汽车维修", "name_form": "维修部"}
    assert names.compose(parts) == "深圳市南山区满满汽车维修部"
    assert names.compose({**parts, "has_name": False}) is None


def test_a_whole_name_is_taken_apart() -> None:
    found = names.split("小鹿奶茶店", Scopes.load(), Regions.load())
    assert {k: v for k, (v, _) in found.items()} == {"name_trade": "小鹿", "name_industry": "奶茶", "name_form": "店"}


def test_each_rule_names_the_word_that_breaks_it() -> None:
    values = {
        "has_name": True,
        "name_region": "南山区",
        "name_trade": "国际A",
        "name_industry": "餐饮",
        "name_form": "公司",
    }
    assert [b.word for b in names.form_forbidden(values, ["公司", "企业"])] == ["公司"]
    assert [b.word for b in names.not_chinese(values)] == ["A"]
    assert [b.word for b in names.region_wrong(values, Regions.load())] == ["南山区"]
    assert names.trade_short({"name_trade": "茶"})[0].code == "NAME_TRADE_SHORT"
    assert names.form_forbidden({**values, "has_name": False}, ["公司"]) == []


def test_a_name_begins_with_the_county_of_the_premises() -> None:
    values = {"name_region": "深圳市福田区", "premises_address": "深圳市南山区科苑路15号"}
    [breach] = names.region_wrong(values, Regions.load())
    assert breach.detail == "深圳市南山区"


def test_a_development_zone_may_stand_behind_its_city_but_not_alone() -> None:
    regions, address = Regions.load(), "昆山市前进东路9号"
    assert names.region_wrong({"name_region": "昆山市经济技术开发区", "premises_address": address}, regions) == []
    assert names.region_wrong({"name_region": "经济技术开发区", "premises_address": address}, regions) != []


def test_traditional_characters_are_no_standard_ones_except_where_both_are() -> None:
    assert [b.word for b in names.not_chinese({"name_trade": "豐收"})] == ["豐"]
    assert names.not_chinese({"name_trade": "乾坤"}) == []
