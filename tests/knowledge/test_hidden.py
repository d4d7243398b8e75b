"""Words nobody can see never reach the visible text; words that only repeat a scan are no finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fpdf import FPDF
from sample_files import LINES, SECRET, hide, pdf, picture_pdf

from knowledge.documents import Line, read_document
from knowledge.hidden import Glyph, Run, agrees, hidden_words, judged, runs
from knowledge.sandbox import Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    one = Worker("knowledge.document_reader")
    yield one
    one.close()


@pytest.mark.parametrize("how", ["white", "tiny", "off_page", "covered", "invisible", "transparent"])
def test_hidden_words_are_set_apart_from_what_the_page_shows(how: str, tmp_path: Path, worker: Worker) -> None:
    page = read_document(pdf(tmp_path, hide(how)), "a.pdf", worker=worker).pages[0]
    assert [h.text for h in page.hidden] == [SECRET]
    assert SECRET not in page.text and "房屋租赁合同" in page.text


def test_words_of_the_file_description_are_on_no_page(tmp_path: Path, worker: Worker) -> None:
    def describe(sheet: FPDF) -> None:
        sheet.set_title(SECRET)

    document = read_document(pdf(tmp_path, describe), "a.pdf", worker=worker)
    assert [(h.how, h.text) for h in document.unseen] == [("metadata", SECRET)]
    assert SECRET not in document.text


def test_a_note_on_a_page_is_not_visible_text(tmp_path: Path, worker: Worker) -> None:
    def annotate(sheet: FPDF) -> None:
        sheet.text_annotation(100, 400, SECRET)

    document = read_document(pdf(tmp_path, annotate), "a.pdf", worker=worker)
    assert SECRET not in document.text
    assert ("annotation", SECRET) in [(h.how, h.text) for h in document.unseen]


def test_a_text_layer_that_repeats_a_scan_is_no_finding_and_one_that_does_not_is(
    tmp_path: Path, worker: Worker
) -> None:
    honest = read_document(picture_pdf(tmp_path, LINES), "a.pdf", worker=worker).pages[0]
    assert honest.hidden == () and "李明明" in honest.text
    false = read_document(picture_pdf(tmp_path, (LINES[0], SECRET, LINES[2])), "a.pdf", worker=worker).pages[0]
    assert [h.text for h in false.hidden] == [SECRET] and SECRET not in false.text


def glyph(char: str, x: float, run: int = 1, size: float = 10.0, mode: int = 0, alpha: int = 255) -> Glyph:
    box = (x, 0.1, x + 0.02, 0.12)
    return Glyph(char=char, box=box, size=size, mode=mode, alpha=alpha, left=x, right=x + 0.02, run=run)


def page_with_ink(places: list[float]) -> np.ndarray:
    gray = np.full((1000, 1000), 255, np.uint8)
    for x in places:
        gray[105:115, int(x * 1000) + 5 : int(x * 1000) + 15] = 0
    return gray


def test_a_faint_dash_between_letters_stays_visible_and_a_speck_in_hidden_words_stays_hidden() -> None:
    glyphs = [glyph(c, 0.1 + 0.03 * i) for i, c in enumerate("甲一乙丙")]
    assert {g.why for g in judged(glyphs, page_with_ink([0.1, 0.16, 0.19]))} == {None}
    assert {g.why for g in judged(glyphs, page_with_ink([0.13]))} == {"no_ink"}


def test_two_different_words_in_one_place_leave_both_in_doubt() -> None:
    both = [glyph("甲", 0.1, run=1), glyph("乙", 0.1, run=2)]
    fate = judged(both, page_with_ink([0.1]))
    assert all(g.doubtful for g in fate)
    seen = [Line(text="乙", box=(0.1, 0.1, 0.12, 0.12))]
    assert [h.text for h in hidden_words(runs(fate), seen)] == ["甲"]


def test_recognition_that_errs_in_a_few_letters_still_agrees() -> None:
    run = Run("深圳市南山区桃园路18号", (0.1, 0.1, 0.5, 0.12), None, True)
    assert agrees(run, [Line(text="深圳市南山区桃圆路18号", box=(0.1, 0.1, 0.5, 0.12))])
    assert not agrees(run, [Line(text="房屋租赁合同", box=(0.1, 0.1, 0.5, 0.12))])
    assert not agrees(run, [Line(text="深圳市南山区桃园路18号", box=(0.1, 0.5, 0.5, 0.52))])
