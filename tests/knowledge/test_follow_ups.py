"""Claims that lean on the sentence before them, and what is talk rather than a claim."""

from __future__ import annotations

import pytest

from knowledge.claims import claims, is_claim, split_claims


def alone(text: str) -> list[str]:
    return [c.alone for c in claims(text)]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("食品经营许可证有效期为5年。该证不得转让。", "食品经营许可证不得转让。"),
        ("登记机关应当当场登记。它不得收取费用。", "登记机关不得收取费用。"),
        ("根据规定，登记机关应当当场登记。其不得收取费用。", "登记机关的不得收取费用。"),
        ("个体工商户可以歇业。最长不得超过3年。", "个体工商户最长不得超过3年。"),
        ("个体工商户应当年报。逾期不报的，列入经营异常名录。", "个体工商户，逾期不报的，列入经营异常名录。"),
    ],
)
def test_a_follow_up_is_read_with_what_the_sentence_before_is_about(text: str, reading: str) -> None:
    assert alone(text)[-1] == reading
    assert split_claims(text)[-1] != reading, "people still see the words that were written"


def test_the_subject_lasts_over_several_follow_ups() -> None:
    text = "食品经营许可证有效期为5年。到期前30个工作日可以申请延续。逾期的，应当重新申请。"
    assert all(reading.startswith("食品经营许可证") for reading in alone(text))


def test_a_sentence_with_its_own_subject_is_left_as_it_is() -> None:
    assert alone("登记机关应当当场登记。申请人可以查询进度。")[-1] == "申请人可以查询进度。"
    assert alone("其他材料由登记机关规定。") == ["其他材料由登记机关规定。"]


@pytest.mark.parametrize("mark", ["1. ", "（一）", "① ", "- ", "2、"])
def test_an_item_is_read_with_the_words_that_introduce_the_list(mark: str) -> None:
    assert alone(f"申请人应当提交下列材料：\n{mark}登记申请书\n")[-1] == "申请人应当提交下列材料：登记申请书"


def test_a_number_that_is_no_item_mark_stays() -> None:
    assert split_claims("1.5倍以下的罚款由登记机关处。") == ["1.5倍以下的罚款由登记机关处。"]


@pytest.mark.parametrize(
    "talk",
    [
        "请问还有什么可以帮您？",
        "我帮您查了一下。",
        "好的，我明白了。",
        "感谢您的耐心等待。",
        "希望以上回答对您有帮助。",
        "以上就是全部内容，祝您生意兴隆！",
        "您还需要办理什么业务呢",
        "如果您还有不清楚的问题，随时告诉我。",
        "请您稍等。",
        "以下内容仅供参考。",
    ],
)
def test_greetings_thanks_and_talk_about_the_talk_claim_nothing(talk: str) -> None:
    assert split_claims(talk) == []


@pytest.mark.parametrize(
    "claim",
    [
        "好坏由市场决定。",
        "以上材料应当真实。",
        "下面行为不得实施。",
        "我国公民可以申请登记为个体工商户。",
        "请您提交身份证明。",
        "这需要先办理消防手续。",
    ],
)
def test_words_that_begin_like_talk_but_state_a_rule_are_claims(claim: str) -> None:
    assert is_claim(claim)
