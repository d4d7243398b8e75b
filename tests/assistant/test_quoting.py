"""Which words of an article are shown, and that they are its own."""

from __future__ import annotations

import pytest

from assistant.quoting import chosen, key_words, units
from knowledge.citation import Passage
from tests.assistant.answer_world import REGISTER, SUSPEND, passage

LIST = passage(
    "某条例",
    "第二条",
    "申请人应当真实填写。\n申请设立登记，应当提交下列材料：\n（一）申请书；\n（二）身份证明；\n（三）场所文件。\n登记机关收到材料后出具凭证。",
)
GUIDE = passage(
    "登记指南",
    "卖烟要什么证",
    "- 卖烟要办烟草专卖零售许可证。（《某法》第一条）\n- 要有固定的经营场所。（《某法》第二条）",
    rank="指南",
)


def shown(found: Passage, question: str, **more: int) -> list[str]:
    return [found.text[a:b] for a, b in chosen(found, question, **more)]


@pytest.mark.parametrize("found", [REGISTER, SUSPEND, LIST, GUIDE])
@pytest.mark.parametrize("question", ["要几天", "交什么材料", "歇业多久", "", "？", "不相干的话"])
def test_something_of_the_article_is_always_shown_in_its_order_and_without_overlap(
    found: Passage, question: str
) -> None:
    spans = chosen(found, question)
    assert spans and all(0 <= a < b <= len(found.text) for a, b in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))


def test_the_sentence_with_the_time_answers_how_long() -> None:
    assert any("不得超过3年" in s for s in shown(SUSPEND, "最多能停业多久", room=20))


def test_a_number_in_the_question_finds_the_sentence_with_the_measure() -> None:
    assert any("不得超过3年" in s for s in shown(SUSPEND, "听说能停10年是吧", room=20))


def test_an_item_brings_the_words_that_introduce_it() -> None:
    (words,) = shown(LIST, "身份证明要提交吗", room=10)[:1]
    assert words.startswith("申请设立登记，应当提交下列材料：")


def test_the_whole_list_is_shown_when_all_of_it_is_asked_for() -> None:
    words = "".join(shown(LIST, "设立登记要交什么材料", room=10))
    assert "（一）申请书" in words and "（三）场所文件" in words


def test_an_exception_stands_with_its_rule() -> None:
    found = passage(
        "某法", "第三条", "从事甲类经营应当取得许可。但是，销售自产的除外。" + "其他事项由主管部门另行规定。" * 20
    )
    assert any("自产的除外" in s for s in shown(found, "甲类经营要许可吗", room=15))


def test_the_lines_of_a_guide_are_shown_without_their_mark_and_apart() -> None:
    words = shown(GUIDE, "卖烟要什么证，要固定的经营场所吗")
    assert len(words) == 2 and not any(w.startswith("-") or "\n" in w for w in words)


def test_a_long_article_is_not_shown_whole() -> None:
    found = passage(
        "某条例",
        "第一条",
        "\n".join(f"第{i}类事项由主管部门按照有关规定另行处理。" for i in range(40)) + "\n歇业不超过3年。",
    )
    words = shown(found, "歇业多久")
    assert "歇业不超过3年。" in words and sum(map(len, words)) <= 300


def test_times_and_amounts_asked_for_are_named_with_their_bounds_as_they_stand() -> None:
    text = "拒不改正的，处1万元以上10万元以下的罚款。期限最长不得超过3年。"
    whole = [(0, len(text))]
    assert key_words("要罚多少钱", text, whole) == ["1万元以上10万元以下的罚款"]
    assert key_words("最长多久", text, whole) == ["最长不得超过3年"]
    assert key_words("归谁管", text, whole) == []


def test_units_cover_sentences_items_and_nothing_twice() -> None:
    found = units(LIST.text)
    assert [LIST.text[u.start : u.end] for u in found][2:5] == [
        "（一）申请书；",
        "（二）身份证明；",
        "（三）场所文件。",
    ]
    assert {u.lead for u in found} == {None, 1}
