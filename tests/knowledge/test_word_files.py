"""Word files: numbers Word counts itself, tables, footnotes, text boxes."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from sample_files import docx as word_file

from knowledge.passages import cut
from knowledge.reading import extract

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/>
<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>
<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""
STYLES = f"""<w:styles {W}><w:style w:styleId="a"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="b"><w:name w:val="heading 2"/><w:basedOn w:val="a"/></w:style></w:styles>"""


def paragraph(words: str, level: int | None = None, style: str = "") -> str:
    number = "" if level is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr>'
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{number}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def read(folder: Path, body: str, extra: dict[str, bytes] | None = None) -> str:
    path = folder / "a.docx"
    path.write_bytes(word_file(body, extra))
    return extract(path).text


def test_articles_that_word_numbers_have_their_numbers(tmp_path: Path) -> None:
    body = (
        paragraph("为了登记，制定本办法。", 0) + paragraph("提交下列材料：", 0) + paragraph("申请书；", 1)
        + paragraph("身份证明。", 1) + paragraph("本办法自公布之日起施行。", 0)
    )  # fmt: skip
    text = read(tmp_path, body, {"word/numbering.xml": NUMBERING.encode()})
    units = cut(text)
    assert [u.article for u in units] == ["第一条", "第二条", "第三条"]
    assert units[1].text == "提交下列材料：\n（一）申请书；\n（二）身份证明。"


def test_heading_styles_are_headings(tmp_path: Path) -> None:
    body = (
        paragraph("办理指南", style="a") + paragraph("条件", style="b") + paragraph("年满十八周岁。")
        + paragraph("流程", style="b") + paragraph("到窗口。")
    )  # fmt: skip
    text = read(tmp_path, body, {"word/styles.xml": STYLES.encode()})
    assert [(u.article, u.text) for u in cut(text)] == [("条件", "年满十八周岁。"), ("流程", "到窗口。")]


def test_a_table_is_rows_of_cells_and_the_header_is_no_text(tmp_path: Path) -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.add_paragraph("收费如下：")
    table = made.add_table(rows=2, cols=2)
    for i, row in enumerate((("事项", "金额"), ("设立", "0元"))):
        for j, words in enumerate(row):
            table.cell(i, j).text = words
    made.add_paragraph("以上免费。")
    path = tmp_path / "a.docx"
    made.save(str(path))
    assert extract(path).text == "收费如下：\n事项 | 金额\n设立 | 0元\n以上免费。"


def test_footnotes_stand_after_the_text_not_in_it(tmp_path: Path) -> None:
    line, note = '<w:footnote w:type="separator"><w:p/></w:footnote>', paragraph("脚注一。")
    notes = f'<w:footnotes {W}>{line}<w:footnote w:id="1">{note}</w:footnote></w:footnotes>'
    body = "<w:p><w:r><w:t>登记机关</w:t></w:r><w:r><w:footnoteReference/></w:r><w:r><w:t>当场办理。</w:t></w:r></w:p>"
    assert read(tmp_path, body, {"word/footnotes.xml": notes.encode()}) == "登记机关当场办理。\n## 附注\n脚注一。"


def test_deleted_words_are_gone_and_text_boxes_come_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('框内。')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    drawn = (
        f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    body = (
        "<w:p><w:r><w:t>三日</w:t></w:r><w:del><w:r><w:t>五日</w:t></w:r></w:del><w:ins><w:r><w:t>内办理。</w:t></w:r></w:ins></w:p>"
        f"<w:p><w:r><w:t>外面。</w:t>{drawn}</w:r></w:p>"
    )
    assert read(tmp_path, body) == "三日内办理。\n外面。\n框内。"


@pytest.mark.parametrize("member", ["word/numbering.xml", "word/styles.xml", "word/footnotes.xml"])
def test_a_part_that_swells_is_refused(tmp_path: Path, member: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body/></w:document>")
        archive.writestr(member, b"<a>" + b" " * 32_000_000 + b"</a>")
        archive.writestr("word/noise", bytes(range(256)) * 1000, compress_type=zipfile.ZIP_STORED)
    path = tmp_path / "a.docx"
    path.write_bytes(out.getvalue())
    with pytest.raises(ValueError, match=rf"过大.*{member} 展开后超过30MB"):
        extract(path)
