"""PDF pages: exact words and places from the text layer, recognition only where the page is a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fpdf import FPDF
from sample_files import LINES, filled_in_form, font_file, pdf, picture, picture_pdf

from knowledge.documents import Limits, Line, ReadPage, read_document
from knowledge.pdf import with_layer
from knowledge.sandbox import Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    one = Worker("knowledge.document_reader")
    yield one
    one.close()


def test_lines_stand_where_they_were_printed(tmp_path: Path, worker: Worker) -> None:
    page = read_document(pdf(tmp_path, lambda sheet: None), "a.pdf", worker=worker).pages[0]
    assert [line.text for line in page.lines] == list(LINES)
    for i, line in enumerate(page.lines):
        assert line.box is not None and line.conf == 1
        assert line.box[0] == pytest.approx(70 / 595, abs=0.005)
        assert line.box[3] == pytest.approx((100 + 30 * i) / 842, abs=0.006)


def test_words_of_two_table_cells_are_two_lines_in_two_cells(tmp_path: Path, worker: Worker) -> None:
    def table(sheet: FPDF) -> None:
        for x in (70, 134):
            sheet.rect(x, 400, 64 if x == 70 else 200, 26)
        sheet.text(74, 417, "出租方甲方")
        sheet.text(136, 417, "李小明")

    page = read_document(pdf(tmp_path, table), "a.pdf", worker=worker).pages[0]
    label, value = (line for line in page.lines if line.text in ("出租方甲方", "李小明"))
    assert label.cell >= 0 and value.cell >= 0 and label.cell != value.cell
    assert page.cells[value.cell][0] == pytest.approx(134 / 595, abs=0.01)


def test_links_and_filled_in_fields_do_not_keep_a_page_from_being_read(tmp_path: Path, worker: Worker) -> None:
    def link(sheet: FPDF) -> None:
        sheet.link(70, 90, 100, 20, "https://a.example")

    path = pdf(tmp_path, link)
    assert [line.text for line in read_document(path, "a.pdf", worker=worker).pages[0].lines] == list(LINES)
    filled = tmp_path / "filled.pdf"
    filled.write_bytes(filled_in_form("2026"))
    assert "2026" in read_document(filled, "a.pdf", worker=worker).text


def test_a_turned_page_keeps_boxes_on_the_words(tmp_path: Path, worker: Worker) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path, lambda sheet: None)))
    writer.pages[0].rotate(90)
    writer.write(tmp_path / "turned.pdf")
    page = read_document(tmp_path / "turned.pdf", "a.pdf", worker=worker).pages[0]
    assert page.width > page.height
    title = next(line for line in page.lines if line.box)
    assert title.box is not None and title.box[0] > 0.8 and title.box[1] < 0.2


def test_a_scanned_page_is_recognised_and_a_pasted_signature_is_read(tmp_path: Path, worker: Worker) -> None:
    scan = read_document(picture_pdf(tmp_path), "a.pdf", worker=worker)
    assert scan.scanned and [line.text for line in scan.pages[0].lines] == list(LINES)

    def sign(sheet: FPDF) -> None:
        name = picture(tmp_path, ("李小明",)).crop((60, 60, 330, 160))
        sheet.image(name, 200, 600, 81, 30)

    signed = read_document(pdf(tmp_path, sign), "a.pdf", worker=worker).pages[0]
    name = next(line for line in signed.lines if line.text == "李小明")
    assert name.conf < 1 and name.box is not None and 200 / 595 < name.box[0] < 281 / 595


def test_a_signature_recognised_together_with_its_printed_label_is_kept() -> None:
    label = Line(text="甲方（签字）：", box=(0.1, 0.5, 0.3, 0.52))
    seen = Line(text="甲方（签字）：李小明", box=(0.1, 0.495, 0.42, 0.525), conf=0.98)
    merged = with_layer(ReadPage(number=1, lines=(seen,)), [label])
    assert [line.text for line in merged.lines] == ["甲方（签字）：", "李小明"]
    assert with_layer(ReadPage(number=1, lines=(label,)), [label]).lines == (label,)


def test_ink_that_is_no_word_is_a_mark(tmp_path: Path, worker: Worker) -> None:
    def scrawl(sheet: FPDF) -> None:
        sheet.set_line_width(2)
        sheet.polyline([(200, 600), (215, 570), (230, 605), (245, 575), (262, 600), (280, 580)])
        sheet.set_draw_color(200, 30, 30)
        sheet.circle(400, 600, 40)

    page = read_document(pdf(tmp_path, scrawl), "a.pdf", worker=worker).pages[0]
    pen = next(m for m in page.marks if not m.red)
    assert 195 / 595 < pen.box[0] < 210 / 595 and 565 / 842 < pen.box[1] < 580 / 842
    assert any(m.red for m in page.marks)


def test_an_empty_page_is_blank_and_legible(tmp_path: Path, worker: Worker) -> None:
    page = read_document(pdf(tmp_path, lambda sheet: None, lines=()), "a.pdf", worker=worker).pages[0]
    assert page.blank and page.legible and page.lines == ()


def test_pages_over_the_limit_are_refused(tmp_path: Path, worker: Worker) -> None:
    sheet = FPDF()
    sheet.add_font("cjk", fname=font_file(tmp_path))
    for _ in range(4):
        sheet.add_page()
    sheet.output(str(tmp_path / "four.pdf"))
    limits = Limits(pages=3)
    assert read_document(tmp_path / "four.pdf", "a.pdf", limits, worker).problem == "too_many_pages"
