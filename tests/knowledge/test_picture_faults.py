"""Why a picture cannot be read: each fault by itself, and none where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter
from sample_files import picture

from knowledge.ocr_words import Word
from knowledge.picture_faults import faults

Change = Callable[[Image.Image], Image.Image]


def grain(image: Image.Image, light: float = 1.0) -> Image.Image:
    noise = np.random.default_rng(5).normal(0, 3, (image.height, image.width, 1))
    return Image.fromarray((np.asarray(image, np.float32) * light + noise).clip(0, 255).astype(np.uint8))


def dark(image: Image.Image) -> Image.Image:
    return grain(image, 0.15)


def blurred(image: Image.Image) -> Image.Image:
    return grain(image.filter(ImageFilter.GaussianBlur(5)))


def moved(image: Image.Image) -> Image.Image:
    kernel = np.zeros((31, 31), np.float32)
    kernel[15, :] = 1 / 31
    return grain(Image.fromarray(np.asarray(cv2.filter2D(np.asarray(image), -1, kernel), np.uint8)))


def faint(image: Image.Image) -> Image.Image:
    return grain(Image.fromarray((230 + (np.asarray(image, np.float32) - 230) * 0.08).astype(np.uint8)))


def lamp(image: Image.Image) -> Image.Image:
    y, x = np.mgrid[0 : image.height, 0 : image.width]
    away = np.hypot((x - 600) / 260, (y - 200) / 130)
    light = np.clip(1.6 - away, 0, 1)[:, :, None]
    pixels = np.asarray(grain(image, 0.8), np.float32)
    return Image.fromarray((pixels * (1 - light) + 255 * light).clip(0, 255).astype(np.uint8))


def half_lost(image: Image.Image) -> Image.Image:
    shown = grain(image)
    shown.paste((236, 236, 236), (0, 400, image.width, image.height))
    return shown


def found(image: Image.Image, words: list[Word] | None = None) -> tuple[str, ...]:
    return faults(np.ascontiguousarray(np.asarray(image)[:, :, ::-1]), words or [])


@pytest.mark.parametrize(
    ("change", "fault"),
    [(dark, "dark"), (blurred, "blurred"), (moved, "blurred"), (faint, "faint"), (lamp, "glare"), (half_lost, "cut")],
)
def test_a_fault_is_seen_for_what_it_is(change: Change, fault: str, tmp_path: Path) -> None:
    assert fault in found(change(picture(tmp_path)))


@pytest.mark.parametrize("light", [1.0, 0.9, 0.7, 0.5])
def test_a_good_picture_in_any_ordinary_light_has_no_fault(light: float, tmp_path: Path) -> None:
    assert found(grain(picture(tmp_path), light)) == ()


def test_the_blank_lower_half_of_a_page_made_on_a_screen_is_not_cut_off(tmp_path: Path) -> None:
    page = Image.new("RGB", (1000, 1600), (240, 240, 236))
    page.paste(picture(tmp_path).crop((0, 0, 1000, 600)), (0, 0))
    assert "cut" not in found(page) and "cut" not in found(Image.new("RGB", (800, 600), (236, 236, 236)))


def test_a_light_sheet_on_a_dark_desk_does_not_glare(tmp_path: Path) -> None:
    desk = Image.new("RGB", (1600, 1400), (70, 60, 50))
    sheet = Image.fromarray(np.asarray(picture(tmp_path), np.uint8)).point(lambda v: min(255, int(v * 1.06)))
    desk.paste(sheet, (300, 350))
    lines = [word(400, 450 + 110 * i, 800, 490 + 110 * i) for i in range(3)]
    assert "glare" not in found(grain(desk), lines)


def word(x0: float, y0: float, x1: float, y1: float) -> Word:
    return Word(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32), "文字", 0.99)


def test_lines_that_run_out_of_the_picture_are_cut_off_and_one_alone_may_be_anything(tmp_path: Path) -> None:
    shown = grain(picture(tmp_path))
    out = [word(400, 60 * i + 20, 999, 60 * i + 60) for i in range(8)]
    inside = [word(90, 60 * i + 20, 700, 60 * i + 60) for i in range(8)]
    assert "cut" in found(shown, out)
    assert "cut" not in found(shown, [out[0], *inside])


def test_lines_of_a_few_pixels_are_too_small(tmp_path: Path) -> None:
    shown = grain(picture(tmp_path))
    assert "small" in found(shown, [word(90, 20 * i, 300, 20 * i + 12) for i in range(9)])
