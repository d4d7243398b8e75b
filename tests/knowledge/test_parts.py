"""款 项 目 of an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.parts import part_at, part_of, parts

TEXT = (
    "行政机关对申请应当分别处理：\n（一）不需要许可的，告知不受理；\n（二）不属于职权的，作出下列处理：\n1.不予受理；\n2.告知去处；\n"
    "（三）材料齐全的，受理。\n行政机关应当出具书面凭证。"
)


def words(name: str, text: str = TEXT) -> str | None:
    span = part_of(text, name)
    return text[slice(*span)] if span else None


def test_paragraphs_items_and_points_are_told_apart() -> None:
    names = [
        "第一款",
        "第一款第一项",
        "第一款第二项",
        "第一款第二项第一目",
        "第一款第二项第二目",
        "第一款第三项",
        "第二款",
    ]
    assert [p.name for p in parts(TEXT)] == names


def test_a_cited_part_is_found_word_for_word() -> None:
    assert words("第三十二条第一款第三项") == "（三）材料齐全的，受理。"
    assert words("第一款第二项第二目") == "2.告知去处；"
    assert words("第二款") == "行政机关应当出具书面凭证。"
    assert (words("第一款第二项") or "").endswith("2.告知去处；")


@pytest.mark.parametrize("name", ["第1款第3项", "第一款第（三）项", "第一款 第三项", "第三项", "第32条第1款第三项"])
def test_parts_are_named_in_the_ways_people_write(name: str) -> None:
    assert words(name) == "（三）材料齐全的，受理。"


@pytest.mark.parametrize("name", ["第三款", "第一款第四项", "第一款第一项第一目", "第三十二条", "前款", ""])
def test_a_part_that_is_not_there_is_none(name: str) -> None:
    assert part_of(TEXT, name) is None


def test_an_item_that_two_paragraphs_have_needs_its_paragraph() -> None:
    text = "有下列情形的：\n（一）甲；\n有下列行为的：\n（一）乙。"
    assert part_of(text, "第一项") is None
    assert words("第二款第一项", text) == "（一）乙。"


def test_a_list_within_one_line_counts_like_lines() -> None:
    text = "提交下列材料：（一）申请书；（二）身份证明；（三）住所证明。见第五条第（二）项。"
    assert words("第一款第二项", text) == "（二）身份证明；"
    assert [p.xiang for p in parts(text)] == [0, 1, 2, 3]


def test_a_number_in_brackets_that_counts_nothing_is_no_item() -> None:
    assert [p.name for p in parts("依照下列规定：（二）项所指的情形除外。")] == ["第一款"]


def test_a_quote_is_told_the_part_it_stands_in() -> None:
    start = TEXT.index("材料齐全")
    assert part_at(TEXT, start, start + 4) == "第一款第三项"
    assert part_at(TEXT, 0, len(TEXT)) == ""


@given(
    st.lists(
        st.sampled_from(["甲应当办理。", "（一）乙；", "（二）丙；", "1.丁；", "（一）戊：（二）己；"]),
        min_size=1,
        max_size=9,
    )
)
def test_every_word_is_in_a_part_and_every_part_has_its_words(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = parts(text)
    covered = {i for p in found for i in range(p.start, p.end)}
    assert all(i in covered for i, c in enumerate(text) if not c.isspace())
    assert all(0 <= p.start < p.end <= len(text) for p in found)
