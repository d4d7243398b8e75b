"""Photos and scans: words, turning, levelling, seals, and saying so when nothing can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter
from sample_files import LINES, picture

from knowledge.documents import Limits, Line, ReadPage, read_document
from knowledge.ocr import in_order, turned_back
from knowledge.ocr_words import without_seals
from knowledge.sandbox import Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    one = Worker("knowledge.document_reader")
    yield one
    one.close()


def read(image: Image.Image, folder: Path, worker: Worker, kind: str = "JPEG") -> ReadPage:
    path = folder / "photo"
    image.save(path, kind)
    document = read_document(path, f"照片.{kind.lower()}", worker=worker)
    assert document.problem is None
    return document.pages[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_read_in_every_format_taken(kind: str, tmp_path: Path, worker: Worker) -> None:
    page = read(picture(tmp_path), tmp_path, worker, kind)
    assert [line.text.replace("(", "（").replace(")", "）").replace(":", "：") for line in page.lines] == list(LINES)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_photo_taken_sideways_is_turned_and_boxes_stay_on_the_words(
    turn: int, tmp_path: Path, worker: Worker
) -> None:
    page = read(picture(tmp_path, turn=turn), tmp_path, worker)
    title = next(line for line in page.lines if line.text == LINES[0])
    middle = {90: (0.16, 0.81), 180: (0.81, 0.84), 270: (0.84, 0.19)}[turn]
    assert title.box is not None
    assert ((title.box[0] + title.box[2]) / 2, (title.box[1] + title.box[3]) / 2) == pytest.approx(middle, abs=0.03)


def test_rows_of_a_crooked_scan_stay_apart(tmp_path: Path, worker: Worker) -> None:
    page = read(picture(tmp_path, turn=3), tmp_path, worker)
    assert [line.text[:2] for line in page.lines] == ["房屋", "出租", "坐落"]
    places = [line.place for line in page.lines]
    assert all(a[3] < b[1] for a, b in zip(places, places[1:], strict=False))


def test_a_photo_too_blurred_to_read_is_called_illegible_and_an_empty_sheet_is_not(
    tmp_path: Path, worker: Worker
) -> None:
    blurred = read(picture(tmp_path).filter(ImageFilter.GaussianBlur(14)), tmp_path, worker)
    assert not blurred.legible
    dark = ImageEnhance.Brightness(picture(tmp_path).filter(ImageFilter.GaussianBlur(9))).enhance(0.08)
    assert not read(dark, tmp_path, worker).legible
    noise = np.random.default_rng(1).normal(245, 3, (700, 1000, 3)).clip(0, 255).astype(np.uint8)
    empty = read(Image.fromarray(noise), tmp_path, worker)
    assert empty.blank and empty.legible


def test_a_seal_over_the_words_does_not_hide_them(tmp_path: Path, worker: Worker) -> None:
    seal = Image.new("RGB", (1000, 700), (255, 255, 255))
    pen = ImageDraw.Draw(seal)
    for r in range(60, 110, 12):
        pen.ellipse((330 - r, 220 - r, 330 + r, 220 + r), outline=(205, 40, 45), width=5)
    stamped = ImageChops.multiply(picture(tmp_path), seal)
    assert any("李明明" in line.text for line in read(stamped, tmp_path, worker).lines)


def test_bleaching_takes_red_away_and_leaves_black_and_blue() -> None:
    page = np.full((60, 60, 3), 250, np.uint8)
    page[5:8, 5:8], page[20:23, 20:23], page[40:43, 40:43] = (40, 40, 205), (20, 20, 20), (120, 44, 28)
    clean = without_seals(page)
    assert clean[6, 6].min() > 200 and clean[21, 21].max() == 20 and tuple(clean[41, 41]) == (120, 44, 28)


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path, worker: Worker) -> None:
    picture(tmp_path).save(tmp_path / "p.png")
    assert read_document(tmp_path / "p.png", "p.png", Limits(pixels=1000), worker).problem == "too_large"


def test_a_box_turned_and_turned_back_is_where_it_was() -> None:
    box = (0.1, 0.2, 0.4, 0.3)
    assert turned_back(box, 0) == box == turned_back(box, 4)
    assert turned_back(box, 2) == (0.6, 0.7, 0.9, 0.8)
    assert turned_back(turned_back(box, 1), 3) == pytest.approx(box)


def test_lines_of_one_row_are_read_from_left_to_right() -> None:
    boxes = {"三": (0.1, 0.2, 0.2, 0.22), "二": (0.5, 0.098, 0.6, 0.12), "一": (0.1, 0.1, 0.2, 0.122)}
    lines = [Line(text=text, box=box) for text, box in boxes.items()]
    assert [line.text for line in in_order(lines)] == ["一", "二", "三"]
