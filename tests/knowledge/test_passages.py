"""Cutting laws and guides into passages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.passages import (
    UnreadableText,
    article_name,
    cut,
    front_matter,
    gaps,
    in_words,
    numeral,
    pieces,
    read_text,
)

LAW = """# 某某条例

2020年1月1日 国务院令第1号公布

目录
第一章 总则
第二章 登记

## 第一章 总则

第一条 为了规范登记，制定本条例。

第二条 本条例所称登记，是指下列事项：

（一）设立；

（二）变更。

## 第二章 登记

### 第一节 一般规定

**第三条**　申请人应当提交材料。
第二条规定的事项，从其规定。

第三条之一　补正期限为五日。

附件：收费表

窗口收费：零元。
"""


def test_articles_keep_their_heading_path_and_every_paragraph() -> None:
    units = cut(LAW)
    assert [u.article for u in units] == ["第一条", "第二条", "第三条", "第三条之一", "附件：收费表"]
    assert units[1].text == "本条例所称登记，是指下列事项：\n（一）设立；\n（二）变更。"
    assert units[2].heading == ("第二章 登记", "第一节 一般规定")
    assert units[2].text.endswith("第二条规定的事项，从其规定。")


def test_what_stands_before_the_first_article_is_no_passage() -> None:
    assert not any("国务院令" in u.text or "目录" in u.text for u in cut(LAW))


def test_articles_without_a_space_after_the_number_are_found_but_references_are_not() -> None:
    body = "第一条为了便民，制定本办法。\n第二条申请人应当到场。\n第一条规定的除外。\n第三条本办法自公布之日起施行。"
    assert [u.article for u in cut(body)] == ["第一条", "第二条", "第三条"]
    assert "第一条规定的除外。" in cut(body)[1].text


def test_a_guide_without_articles_is_cut_at_its_headings() -> None:
    guide = "# 办理指南\n\n## 申请条件\n\n### 个人\n\n年满十八周岁。\n\n## 办理流程\n\n先预约。\n\n再到窗口。"
    units = cut(guide)
    assert [(u.heading, u.article) for u in units] == [(("申请条件",), "个人"), ((), "办理流程")]
    assert units[1].text == "先预约。\n再到窗口。"


def test_numbered_paragraphs_of_a_plain_notice_are_units() -> None:
    units = cut(
        "关于延长窗口时间的通知\n一、适用范围\n全市各窗口。\n二、自下月起，窗口延长服务时间至二十时；周末照常。"
    )
    assert [(u.article, u.text[:4]) for u in units] == [("一、适用范围", "全市各窗"), ("二", "自下月起")]


def test_doubled_and_missing_articles_are_named_and_keep_separate_ids() -> None:
    units = cut("第一条 甲。\n第二条 乙。\n第二条 丙。\n第五条 丁。")
    assert [u.article for u in units] == ["第一条", "第二条", "第二条(2)", "第五条"]
    assert gaps(units) == ["缺少第三条、第四条等2条", "条号重复：第二条"]


@given(st.integers(1, 9999))
def test_a_number_in_words_reads_back_as_itself(number: int) -> None:
    assert numeral(in_words(number)) == number


@pytest.mark.parametrize(
    ("words", "name"),
    [("第19条", "第十九条"), ("32", "第三十二条"), ("第二百一十八条", "第二百一十八条"), ("10条之二", "第十条之二"),
     ("第101条第一款", "第一百零一条"), ("办理流程", "办理流程")],
)  # fmt: skip
def test_article_names_are_written_as_statutes_write_them(words: str, name: str) -> None:
    assert article_name(words) == name


@given(st.text(alphabet="登记。；\n第一款", max_size=400), st.integers(5, 80))
def test_pieces_lose_no_character(text: str, limit: int) -> None:
    assert "".join(pieces(text, limit)) == text.replace("\n", "")


def test_long_articles_are_cut_between_paragraphs() -> None:
    assert pieces("甲" * 200 + "\n" + "乙" * 200, 320) == ["甲" * 200, "乙" * 200]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_offices_use(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.txt"
    words = "第一条 为了规范市场主体登记管理行为，推进法治化市场建设，维护良好市场秩序，制定本条例。"
    file.write_bytes(words.encode(encoding))
    assert read_text(file) == words


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(UnreadableText):
        read_text(file)


def test_broken_front_matter_still_gives_its_plain_keys() -> None:
    keys, body = front_matter("---\ntitle: 甲: 乙\nstatus_note: [OUTDATED: x\n---\n正文")
    assert keys["title"] == "甲: 乙"
    assert body == "正文"


def test_rows_of_a_guide_are_units_under_the_head_of_their_table() -> None:
    table = "| 序号 | 事项 | 金额 |\n|---|---|---|\n| 1 | 设立 | 0元 |\n| 2 | 变更 | 0元 |"
    units = cut(f"# 指南\n\n## 收费\n\n{table}\n\n以上免费。")
    assert [(u.heading, u.article, u.text) for u in units] == [
        (("收费", "序号 | 事项 | 金额"), "设立", "1 | 设立 | 0元"),
        (("收费", "序号 | 事项 | 金额"), "变更", "2 | 变更 | 0元"),
        ((), "收费", "序号 | 事项 | 金额\n以上免费。"),
    ]


def test_rows_in_an_article_stay_in_it() -> None:
    units = cut("第一条 收费如下：\n事项 | 金额\n设立 | 0元\n第二条 本办法自公布之日起施行。")
    assert units[0].text == "收费如下：\n事项 | 金额\n设立 | 0元"


def test_sentences_before_the_first_heading_of_a_guide_are_a_unit() -> None:
    units = cut("关于登记的通知\n为方便群众，现通知如下：即日起周末办理。\n一、适用范围\n全市各窗口。")
    assert [u.article for u in units] == ["正文", "一、适用范围"]


def test_a_leaflet_without_headings_is_cut_into_paragraphs() -> None:
    units = cut("温馨提示\n请带身份证。\n周末休息。")
    assert [(u.article, u.text) for u in units] == [("段落一", "温馨提示\n请带身份证。"), ("段落二", "周末休息。")]


def test_a_unit_knows_where_its_words_stand() -> None:
    for body in (LAW, "# 指南\n\n## 条件\n\n年满十八周岁。\n\n## 流程\n\n先预约。\n\n再到窗口。"):
        for unit in cut(body):
            whole = body[unit.start : unit.end].replace("*", "")
            assert all(line in whole for line in unit.text.split("\n"))
            assert whole.strip().endswith(unit.text.split("\n")[-1])
