"""Rules of names, explained at the word that breaks them, and names that pass."""

from datetime import date
from typing import Any

import pytest

from assistant import name_rules
from assistant.name_ideas import suggest
from assistant.names import Breach
from assistant.register import Register
from knowledge.name_list import RegisteredName
from knowledge.regions import Regions
from knowledge.scopes import Scopes

SCOPES, REGIONS = Scopes.load(), Regions.load()
TODAY = date(2026, 11, 20)
NAME = {
    "has_name": True,
    "name_region": "深圳市南山区",
    "name_trade": "满满",
    "name_industry": "餐饮",
    "name_form": "店",
}


def with_trade(trade: str, **other: Any) -> dict[str, Any]:
    return {**NAME, "name_trade": trade, **other}


@pytest.mark.parametrize(
    ("trade", "word", "article"),
    [
        ("中华老味", "中华", "第十二条"),
        ("国家级好味", "国家级", "第十二条"),
        ("县委旁边", "县委", "第十一条第三项"),
        ("美国牛仔", "美国", "第十一条第四项"),
        ("赌王", "赌王", "第十一条第五项"),
        ("正宗老字号", "正宗", "第十一条第八项"),
        ("天下第一", "第一", "第十一条第八项"),
    ],
)
def test_a_forbidden_word_is_named_with_its_place_and_its_item(trade: str, word: str, article: str) -> None:
    values = with_trade(trade)
    [breach] = name_rules.word_forbidden(values, [])
    assert (breach.word, breach.field) == (word, "name_trade")
    said = name_rules.explain(breach, values)
    first = f"深圳市南山区{trade}餐饮店".index(word) + 1
    assert f"第 {first}–{first + len(word) - 1} 个字" in said
    assert f"企业名称登记管理规定 {article}" in said


def test_every_forbidden_word_of_a_name_is_told_at_once() -> None:
    values = with_trade("中国第一", name_industry="国家级餐饮")
    assert [b.word for b in name_rules.word_forbidden(values, [])] == ["中国", "第一", "国家级"]


def test_a_forbidden_word_in_traditional_characters_is_seen() -> None:
    [breach] = name_rules.word_forbidden(with_trade("國際木槿"), [])
    assert breach.word == "国际"
    assert "第 7–8 个字" in name_rules.explain(breach, with_trade("國際木槿"))


def test_words_of_the_office_are_added_to_ours() -> None:
    assert [b.word for b in name_rules.word_forbidden(with_trade("深巷酒香"), ["深巷"])] == ["深巷"]


@pytest.mark.parametrize(
    "industry", ["中央空调维修", "日本料理", "印度飞饼", "国际象棋", "意大利面", "法国餐", "中央厨房"]
)
def test_a_word_of_the_trade_is_no_forbidden_word(industry: str) -> None:
    assert name_rules.word_forbidden(with_trade("满满", name_industry=industry), []) == []
    assert name_rules.word_forbidden(with_trade("日本料理"), []) != []


@pytest.mark.parametrize(
    "trade", ["人和", "美味", "国香", "公正", "大麻花", "小三峡", "党参", "军旗红", "第五街", "最爱", "法式香榭"]
)
def test_ordinary_names_are_left_alone(trade: str) -> None:
    assert name_rules.word_forbidden(with_trade(trade), []) == []


@pytest.mark.parametrize(
    ("trade", "kind", "article"),
    [
        ("深圳", "place", "第八条"),
        ("南山区", "place", "第八条"),
        ("餐饮", "industry", "第八条"),
        ("美发", "industry", "第八条"),
        ("华为小店", "other", "第十五条"),
    ],
)
def test_a_trade_name_that_is_a_place_a_trade_or_anothers_is_for_a_person_to_look_at(
    trade: str, kind: str, article: str
) -> None:
    [breach] = name_rules.doubtful(with_trade(trade), SCOPES, REGIONS)
    assert breach.detail == kind
    assert article in name_rules.explain(breach, with_trade(trade))
    assert name_rules.doubtful(with_trade("满满"), SCOPES, REGIONS) == []


def test_a_form_of_others_is_explained_at_its_word_while_the_name_is_incomplete() -> None:
    breach = Breach("NAME_FORM_FORBIDDEN", "name_trade", "公司")
    said = name_rules.explain(breach, {"name_trade": "满满公司"})
    assert "“满满公司”的第 3–4 个字" in said and "第十条" in said


def test_the_register_forbids_the_same_trade_name_and_shows_likeness() -> None:
    register = Register([RegisteredName("深圳市南山区满满小吃店")], SCOPES, REGIONS)
    [taken] = name_rules.registered(NAME, register, TODAY) or []
    assert (taken.code, taken.word) == ("NAME_TAKEN", "深圳市南山区满满小吃店")
    assert "第十七条" in name_rules.explain(taken, NAME)
    [similar] = name_rules.registered(with_trade("曼曼"), register, TODAY) or []
    assert similar.code == "NAME_SIMILAR"
    assert "第十六条" in name_rules.explain(similar, with_trade("曼曼"))
    assert name_rules.registered(with_trade("青禾"), register, TODAY) == []
    assert name_rules.registered(NAME, None, TODAY) is None
    assert name_rules.registered({"has_name": False}, None, TODAY) == []


def test_the_scope_tells_the_trade_while_the_name_has_no_word_for_it() -> None:
    register = Register([RegisteredName("深圳市南山区满满小吃店")], SCOPES, REGIONS)
    values = {"has_name": True, "name_trade": "满满"}
    eating, washing = ({**values, "business_scope": [entry]} for entry in ("餐饮服务", "洗车服务"))
    assert [b.code for b in name_rules.registered(eating, register, TODAY, SCOPES) or []] == ["NAME_TAKEN"]
    assert name_rules.registered(washing, register, TODAY, SCOPES) == []


def test_every_idea_passes_every_rule() -> None:
    assert len(name_rules.ideas()) >= 40
    for trade in name_rules.ideas():
        assert not name_rules.broken(trade, NAME, {}, SCOPES, REGIONS), trade


def test_suggestions_begin_with_the_persons_own_name_and_avoid_the_register() -> None:
    values = with_trade("美国第一", operator_name="林可儿")
    free = suggest(values, {}, None, SCOPES, REGIONS, TODAY)
    assert free[0] == "可儿" and len(free) == 3
    register = Register([RegisteredName("深圳市南山区可儿餐饮店")], SCOPES, REGIONS)
    assert "可儿" not in suggest(values, {}, register, SCOPES, REGIONS, TODAY)
    assert suggest(values, {}, None, SCOPES, REGIONS, TODAY) == free


def test_a_suggestion_is_never_a_word_the_office_forbids() -> None:
    words = {"NAME_WORD_FORBIDDEN": ["可儿"]}
    assert "可儿" not in suggest({"operator_name": "林可儿"}, words, None, SCOPES, REGIONS, TODAY)
