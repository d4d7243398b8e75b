"""Printed pages as running text: columns, tables, running heads, footnotes, wrapped lines, places of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fpdf import FPDF

from knowledge.citation import Passage
from knowledge.documents import Line, ReadDocument, ReadPage
from knowledge.flow import running_text
from knowledge.passages import cut
from knowledge.reading import PolicyText, extract, places, read_policy
from knowledge.reading_samples import sheet

WIDE, HIGH = 595.0, 842.0
LAW = (
    "第一条 为了规范市场主体登记管理行为，推进法治化市场建设，维护市场秩序和市场主体权益，优化营商环境，制定本条例。",
    "第二条 市场主体应当依照本条例办理登记。未经登记，不得从事经营活动。法律、行政法规规定无需办理登记的除外。",
    "第三条 登记机关应当对申请材料进行形式审查。申请材料齐全的当场登记。不能当场登记的，应当在三个工作日内予以登记。",
)


def draw(sheet: FPDF, lines: Sequence[tuple[float, float, str]], size: float = 11) -> None:
    sheet.set_font("cjk", size=size)
    for x, y, words in lines:
        sheet.text(x, y, words)


def wrap(paragraph: str, across: int) -> Iterator[tuple[int, str]]:
    """(characters of indent, line)."""
    yield 2, paragraph[: across - 2]
    rest = paragraph[across - 2 :]
    yield from ((0, rest[i : i + across]) for i in range(0, len(rest), across))


def column(paragraphs: Sequence[str], x: float, y: float, across: int) -> list[tuple[float, float, str]]:
    flowing = [line for p in paragraphs for line in wrap(p, across)]
    return [(x + 11 * indent, y + 18 * i, words) for i, (indent, words) in enumerate(flowing)]


def saved(made: FPDF, folder: Path) -> Path:
    path = folder / "law.pdf"
    made.output(str(path))
    return path


@pytest.fixture
def paper(tmp_path: Path) -> FPDF:
    return sheet(
        tmp_path,
        "".join(LAW)
        + "某例汇编页— 0123456789①注登记机关指县级以上市场监督管理部门。事项时限设立变更当场三日|标题Registration称“”",
    )


def test_two_columns_are_read_one_after_the_other(paper: FPDF, tmp_path: Path) -> None:
    paper.add_page()
    draw(paper, [(250, 80, "某某条例汇编")], 16)
    draw(paper, column(LAW[:2], 60, 130, 20))
    draw(paper, column(LAW[2:] + LAW[:1], 320, 130, 20))
    assert extract(saved(paper, tmp_path)).text.split("\n") == ["某某条例汇编", *LAW, LAW[0]]


def test_running_heads_page_numbers_and_footnotes_leave_sentences_whole(paper: FPDF, tmp_path: Path) -> None:
    flowing = column([*LAW, *LAW], 70, 100, 40)
    for number in range(3):
        paper.add_page()
        draw(paper, [(250, 50, "某某条例汇编"), (290, 800, f"— {number + 1} —")], 9)
        draw(paper, [(x, 100 + 18 * i, w) for i, (x, _, w) in enumerate(flowing[number * 4 : number * 4 + 4])])
        if number == 0:
            draw(paper, [(70, 700, "① 登记机关，指县级以上市场监督管理部门。")], 8)
    text = extract(saved(paper, tmp_path)).text
    assert text.split("\n") == [*LAW, *LAW, "## 附注", "① 登记机关，指县级以上市场监督管理部门。"]


def test_a_ruled_table_is_rows_in_its_place(paper: FPDF, tmp_path: Path) -> None:
    paper.add_page()
    draw(paper, column(LAW[:1], 70, 100, 40))
    for i, row in enumerate((("事项", "时限"), ("设立登记", "当场"), ("变更登记", "三日"))):
        for j, words in enumerate(row):
            paper.rect(70 + 200 * j, 150 + 28 * i, 200, 28)
            draw(paper, [(80 + 200 * j, 168 + 28 * i, words)])
    draw(paper, column(LAW[1:2], 70, 280, 40))
    rows = ["事项 | 时限", "设立登记 | 当场", "变更登记 | 三日"]
    assert extract(saved(paper, tmp_path)).text.split("\n") == [LAW[0], *rows, LAW[1]]


def test_every_character_is_traced_to_its_page_and_box(paper: FPDF, tmp_path: Path) -> None:
    paper.add_page()
    draw(paper, column(LAW[:1], 70, 100, 40))
    paper.add_page()
    draw(paper, column(LAW[1:], 70, 400, 40))
    path = saved(paper, tmp_path)
    kept = read_policy(path, "abc", tmp_path / "texts")
    assert read_policy(path, "abc", tmp_path / "texts") == kept  # what was kept says the same
    unit = cut(kept.text)[1]
    assert kept.text[unit.start : unit.end] == LAW[1]
    passage = Passage(id="甲@#第二条", document="甲", version="", article=unit.article, text=unit.text)
    ((page, box),) = places(kept, passage, "未经登记")
    assert page == 2
    at = LAW[1].index("未经登记")
    left = 70 + 11 * (2 + at) - 11 * 0.44  # the space after 第二条 is half as wide as a character
    assert box[0] * WIDE == pytest.approx(left, abs=9) and (box[2] - box[0]) * WIDE == pytest.approx(44, abs=3)
    assert box[1] * HIGH < 400 < box[3] * HIGH + 4
    covered = {i for p in kept.pieces for i in range(p.start, p.end)}
    assert covered >= {i for i, c in enumerate(kept.text) if not c.isspace()}
    assert len(places(kept, passage)) == 2  # two printed lines


def test_a_document_without_pages_has_no_places() -> None:
    passage = Passage(id="甲@#第一条", document="甲", version="", article="第一条", text="甲。")
    assert places(PolicyText("第一条 甲。\n第二条 乙。"), passage) == []


def page(*lines: tuple[str, float, float, float], number: int = 1) -> ReadPage:
    made = tuple(Line(text=t, box=(x0, y, x1, y + 0.014)) for t, x0, x1, y in lines)
    return ReadPage(number=number, width=WIDE, height=HIGH, lines=made)


def text_of(*pages: ReadPage) -> list[str]:
    return [p.text for p in running_text(ReadDocument(pages=pages))[0]]


def test_words_in_letters_keep_their_space_and_broken_words_lose_their_hyphen() -> None:
    lines = (
        ("经营者可以使用 Market", 0.1, 0.9, 0.2),
        ("Entity 登记系统办理regis-", 0.1, 0.9, 0.22),
        ("tration 手续。", 0.1, 0.3, 0.24),
    )
    assert text_of(page(*lines)) == ["经营者可以使用 Market Entity 登记系统办理registration 手续。"]


def test_a_list_of_articles_that_wraps_starts_no_article() -> None:
    lines = (("第一条 违反本条例第二十五条、", 0.1, 0.9, 0.2), ("第二十六条规定的，处以罚款。", 0.1, 0.6, 0.22))
    assert text_of(page(*lines)) == ["第一条 违反本条例第二十五条、第二十六条规定的，处以罚款。"]


def test_quotation_marks_with_little_ink_do_not_cut_a_line(paper: FPDF, tmp_path: Path) -> None:
    paper.add_page()
    draw(paper, [(92, 100, "第一条 称“登记”、“设立”、“变更”，指登记事项。")])
    assert extract(saved(paper, tmp_path)).text == "第一条 称“登记”、“设立”、“变更”，指登记事项。"


def test_print_spread_by_spaces_is_joined() -> None:
    assert text_of(page(("市 场 主 体 登 记 管 理 条 例", 0.3, 0.7, 0.1))) == ["市场主体登记管理条例"]


def test_a_table_without_rules_is_rows_and_a_spread_heading_is_not() -> None:
    rows = [(w, x, x + 0.1, y) for y, row in ((0.3, ("设立登记", "当场", "免费")), (0.33, ("变更登记", "三日", "免费")))
            for w, x in zip(row, (0.1, 0.4, 0.7), strict=True)]  # fmt: skip
    heading = [("总", 0.45, 0.47, 0.2), ("则", 0.55, 0.57, 0.2)]
    assert text_of(page(*heading, *rows)) == ["总 则", "设立登记 | 当场 | 免费", "变更登记 | 三日 | 免费"]


def test_a_table_head_repeated_on_the_next_page_comes_once() -> None:
    def table(number: int, name: str) -> ReadPage:
        rows = (("事项", "时限", 0.2), (name, "当场", 0.23))
        return page(*((w, x, x + 0.1, y) for a, b, y in rows for w, x in ((a, 0.1), (b, 0.5))), number=number)

    assert text_of(table(1, "设立"), table(2, "变更")) == ["事项 | 时限", "设立 | 当场", "变更 | 当场"]


def test_a_number_in_a_table_is_no_page_number() -> None:
    table = ((0.3, ("户数", "12")), (0.33, ("人数", "15")), (0.36, ("合计", "27")))
    rows = [(w, x, x + 0.1, y) for y, row in table for w, x in zip(row, (0.1, 0.6), strict=True)]
    assert text_of(page(*rows)) == ["户数 | 12", "人数 | 15", "合计 | 27"]


@pytest.mark.parametrize("mark", ["- 3 -", "— 3 —", "第3页", "第 3 页 共 12 页", "3/12", "3", "·3·", "第三页"])
def test_page_numbers_of_every_form_go(mark: str) -> None:
    assert text_of(page(("第一条 甲。", 0.1, 0.4, 0.2), (mark, 0.45, 0.55, 0.95))) == ["第一条 甲。"]
