"""Cutting answers into claims."""

from __future__ import annotations

import pytest

from knowledge.claims import is_claim, split_claims


def test_each_sentence_and_item_is_one_claim_without_its_number() -> None:
    text = "登记机关当场登记。不能当场登记的，3个工作日内登记：\n1. 材料齐全的予以受理；\n（2）材料不齐的一次性告知。"
    assert split_claims(text) == [
        "登记机关当场登记。",
        "不能当场登记的，3个工作日内登记：",
        "材料齐全的予以受理；",
        "材料不齐的一次性告知。",
    ]


@pytest.mark.parametrize(
    "talk",
    ["您好！", "好的，我来帮您。", "请问您的店开在哪里？", "如有其他问题请继续提问。", "以下是相关规定：", "谢谢。"],
)
def test_greetings_and_procedure_talk_are_claims_of_nothing(talk: str) -> None:
    assert split_claims(talk) == []


def test_a_short_sentence_keeps_its_condition() -> None:
    sentence = "拒不改正的，处1万元以上10万元以下的罚款。"
    assert split_claims(sentence) == [sentence]


def test_a_long_sentence_is_cut_where_a_second_statement_begins() -> None:
    long = "个体工商户变更经营者的，可以直接向登记机关申请办理变更登记，" * 2 + "但是应当结清依法应缴纳的税款等费用。"
    assert len(split_claims(long)) == 2


def test_a_question_is_no_claim() -> None:
    assert not is_claim("要不要先注销？")
    assert is_claim("变更经营者不用先注销")
