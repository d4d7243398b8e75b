"""Our own drawn papers: that they hold what they say, and that everyday pictures of them are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from assistant.filing import ReadValue
from assistant.materials import read_values
from eval.documents import compared
from eval.paper_pages import LAYOUTS, card_side
from eval.paper_shots import SHOTS, beside, lying, under
from eval.papers import CARDS, DEEDS, LEASES, Drawn, drawn, saved, table
from knowledge.documents import ReadDocument, read_document
from knowledge.sandbox import Worker

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    one = Worker("knowledge.document_reader")
    yield one
    one.close()


def test_every_layout_is_drawn_and_every_shot_changes_it(tmp_path: Path) -> None:
    papers = list(drawn())
    assert {p.kind for p in papers} == {"operator_id_card", "lease", "title_deed"}
    assert len({p.layout for p in papers}) == 8 and any(len(p.pages) == 3 for p in papers)
    sheet = papers[-1].pages[0].resize((300, 200))
    pictures = {name: shot(sheet).resize((90, 60)).tobytes() for name, shot in SHOTS.items()}
    assert len(set(pictures.values())) == len(SHOTS)


def test_the_table_counts_values_by_condition_and_names_the_wrong_ones() -> None:
    material = {"kind": "lease", "render": "photo", "file": "a.jpg", "content": LEASES[0]}
    told = compared("dim", material, ReadDocument(), [])
    rows = table([("dim", "lease_form", told)])
    assert rows[1].split() == ["dim", "10", "0", "0.0%"] and any("wanted '卞桐', got None" in row for row in rows)


def read(image: Image.Image, folder: Path, worker: Worker) -> ReadDocument:
    path = folder / "photo.jpg"
    image.save(path, quality=88)
    return read_document(path, path.name, worker=worker)


def told(kind: str, document: ReadDocument) -> dict[str, ReadValue]:
    values, issues = read_values(kind, document, TODAY)
    assert [i.code for i in issues if i.severity == "block"] == []
    return values


def wrong(paper: Drawn, document: ReadDocument) -> list[str]:
    material = {"kind": paper.kind, "render": "photo", "file": "a.jpg", "content": paper.content}
    return [t.line() for t in compared("own", material, document, []) if not t.right]


@pytest.mark.live
@pytest.mark.parametrize("shot", ["sideways", "dim", "shadow", "aslant"])
def test_a_deed_is_read_however_it_was_photographed(shot: str, tmp_path: Path, worker: Worker) -> None:
    paper = Drawn("deed_table", "title_deed", DEEDS[0], tuple(LAYOUTS["deed_table"](DEEDS[0])))
    assert wrong(paper, read(SHOTS[shot](paper.pages[0]), tmp_path, worker)) == []


@pytest.mark.live
def test_both_sides_of_a_card_in_one_picture_are_one_card(tmp_path: Path, worker: Worker) -> None:
    sides = card_side(CARDS[1], "front"), card_side(CARDS[1], "back")
    paper = Drawn("card", "operator_id_card", CARDS[1], (under(*sides),))
    assert wrong(paper, read(paper.pages[0], tmp_path, worker)) == []
    lying(beside(*sides), str(tmp_path / "lying.jpg"))
    assert wrong(paper, read_document(tmp_path / "lying.jpg", "lying.jpg", worker=worker)) == []


@pytest.mark.live
def test_a_lease_whose_terms_stand_on_its_second_page_is_read_as_one(tmp_path: Path, worker: Worker) -> None:
    paper = Drawn("lease_long", "lease", LEASES[1], tuple(LAYOUTS["lease_long"](LEASES[1])))
    path = saved(paper, "crooked 3°", tmp_path)
    document = read_document(path, path.name, worker=worker)
    assert wrong(paper, document) == []
    values = told("lease", document)
    assert (values["lessee_name"].page, values["end_date"].page, values["lessee_signed"].page) == (1, 2, 3)


@pytest.mark.live
def test_a_sheet_beside_the_deed_lends_it_no_value(tmp_path: Path, worker: Worker) -> None:
    paper = next(p for p in drawn() if p.layout == "deed beside a receipt")
    assert wrong(paper, read(paper.pages[0], tmp_path, worker)) == []


@pytest.mark.live
def test_frames_lie_on_the_words_of_a_picture_taken_sideways(tmp_path: Path, worker: Worker) -> None:
    sheet = LAYOUTS["lease_form"](LEASES[0])[0]
    upright = told("lease", read(sheet, tmp_path, worker))
    turned = told("lease", read(sheet.rotate(90, expand=True), tmp_path, worker))
    for name in ("lessor_name", "lessee_name", "usage", "area_m2"):
        a, b = upright[name].box, turned[name].box
        assert a is not None and b is not None
        middle = ((a[0] + a[2]) / 2, (a[1] + a[3]) / 2)
        assert ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) == pytest.approx((middle[1], 1 - middle[0]), abs=0.03)


@pytest.mark.live
def test_a_blurred_page_says_so_and_gives_no_values_to_rely_on(tmp_path: Path, worker: Worker) -> None:
    sheet = LAYOUTS["lease_form"](LEASES[0])[0].filter(ImageFilter.GaussianBlur(5))
    _, issues = read_values("lease", read(sheet, tmp_path, worker), TODAY)
    assert [i.code for i in issues] == ["MATERIAL_ILLEGIBLE"]
    assert "第1页" in issues[0].message and "糊" in issues[0].message and issues[0].page == 1
