"""Closed questions in any mood and dialect."""

import pytest

from assistant import choices
from assistant.cues import hear


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        ("has_name", "俺嘛，想起个店名呗", True),
        ("has_name", "不起名", False),
        ("has_name", "名字就算了吧", False),
        ("has_name", "唔使喇", False),
        ("is_ecommerce", "没有网上业务", False),
        ("is_ecommerce", "网上也卖", True),
        ("is_ecommerce", "唔喺網上賣", False),
        ("has_agent", "我自己办", False),
        ("has_agent", "找了代办", True),
        ("has_agent", "不找代办", False),
        ("has_agent", "我儿子帮我办", True),
        ("premises_residential", "商业铺面", False),
        ("premises_residential", "不是住的房子", False),
        ("premises_residential", "小区楼上", True),
        ("premises_residential", "小区底商", False),
    ],
)
def test_yes_and_no_are_heard_as_this_question_means_them(field: str, said: str, value: bool) -> None:
    found = choices.yes_no(hear(said), field)
    assert found is not None
    assert found.value is value


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        ("premises_kind", "铺面是租别人的", "leased"),
        ("premises_kind", "自家的房子", "owned"),
        ("premises_kind", "亲戚的，不收钱", "free_use"),
        ("premises_kind", "开淘宝店的，没有实体店", "online"),
        ("premises_kind", "挂靠在托管公司的地址", "cluster"),
        ("composition", "就我自己一个仁干，，", "individual"),
        ("composition", "跟我老婆一起", "family"),
        ("composition", "不是一个人，全家一起", "family"),
        ("operator_education", "念到初二", "初中"),
        ("operator_political_status", "不是党员，群众", "群众"),
        ("operator_occupation", "之前在厂里打工", "务工"),
    ],
)
def test_a_choice_is_heard_in_peoples_own_words(field: str, said: str, value: str) -> None:
    found = choices.choice(hear(said), field, {})
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("said", "group"), [("漢族", "汉族"), ("我是维吾尔族的", "维吾尔族"), ("土家的", "土家族"), ("汉", "汉族")]
)
def test_an_ethnic_group_gets_its_full_name(said: str, group: str) -> None:
    found = choices.ethnicity(hear(said))
    assert found is not None
    assert found.value == group


def test_consent_reference_and_ordinals() -> None:
    assert choices.agrees(hear("行，就这些，别再问了"))
    assert choices.agrees(hear("不对，换一个")) is None
    assert choices.same_as(hear("同上，还是我那个号"))
    assert choices.ordinals("我只要第一个和第三个", 3) == [0, 2]
    assert choices.ordinals("前两个", 3) == [0, 1]
    assert choices.ordinals("行", 3) is None
