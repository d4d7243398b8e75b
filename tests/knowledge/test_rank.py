"""Which of two provisions prevails by the Legislation Law, and where it does not say."""

from datetime import date

import pytest

from knowledge.citation import Passage
from knowledge.rank import prevailing


def rule(rank: str, title: str = "甲", since: str = "2020-01-01", region: str = "") -> Passage:
    return Passage(
        id=f"{title}@{since}#第一条",
        document=title,
        version=since,
        article="第一条",
        text="应当登记。",
        rank=rank,
        region=region,
        in_force_from=date.fromisoformat(since),
    )


@pytest.mark.parametrize(
    ("high", "low", "article"),
    [
        (rule("法律"), rule("行政法规", since="2024-01-01"), "第九十九条"),
        (rule("行政法规"), rule("部门规章", since="2024-01-01"), "第九十九条"),
        (rule("行政法规"), rule("地方性法规", region="44"), "第九十九条"),
        (rule("部门规章"), rule("规范性文件"), "规范性文件不得"),
        (rule("地方性法规", region="44"), rule("地方政府规章", region="4403"), "第一百条"),
        (rule("地方政府规章", region="44"), rule("地方政府规章", region="4401"), "第一百条"),
        (rule("地方性法规", region="44"), rule("地方性法规", region="4401"), "第八十一条"),
    ],
)
def test_the_higher_rank_prevails_whatever_the_order_and_the_age(high: Passage, low: Passage, article: str) -> None:
    assert prevailing(high, low).side == "one"
    assert prevailing(low, high).side == "other"
    assert article in prevailing(low, high).why


def test_of_one_body_the_later_rule_prevails_and_the_reason_names_the_article() -> None:
    ruling = prevailing(rule("行政法规", "旧条例"), rule("行政法规", "新条例", "2023-05-01"))
    assert ruling.side == "other"
    assert "《新条例》2023-05-01起施行" in ruling.why and "第一百零三条" in ruling.why


def test_a_special_rule_of_one_body_prevails_unless_the_general_one_is_newer() -> None:
    general, special = rule("法律", "总法"), rule("法律", "专法", "2023-05-01")
    assert prevailing(general, special, special="other").side == "other"
    undecided = prevailing(rule("法律", "总法", "2024-01-01"), special, special="other")
    assert undecided.side is None
    assert "全国人民代表大会常务委员会裁决" in undecided.why


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (rule("部门规章"), rule("地方性法规", region="44"), "第一百零六条"),
        (rule("部门规章"), rule("地方政府规章", region="44"), "第一百零二条"),
        (rule("部门规章"), rule("部门规章", since="2024-01-01"), "同一机关"),
        (rule("地方性法规", region="44"), rule("地方性法规", region="31"), "各在本地施行"),
        (rule("法律"), rule("地方性法规", "深圳经济特区条例", region="4403"), "第一百零一条"),
        (rule("法律"), rule("指南"), "没有法定的效力等级"),
        (rule("行政法规"), rule("行政法规", "乙"), "施行日期相同"),
    ],
)
def test_what_the_law_leaves_to_a_decision_is_not_decided_here(one: Passage, other: Passage, words: str) -> None:
    ruling = prevailing(one, other)
    assert ruling.side is None
    assert words in ruling.why


def test_two_rules_of_a_department_are_decided_when_a_reviewer_knows_the_body() -> None:
    assert prevailing(rule("部门规章"), rule("部门规章", since="2024-01-01"), one_body=True).side == "other"
