"""Words of pictures: scans and photographs, turned upright, levelled and judged legible or not."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from knowledge.documents import Box, Limits, Line, ReadDocument, ReadPage
from knowledge.layout import Level, furnish
from knowledge.ocr_words import Picture, Sight, Word, engine, read_piece, sight_of, without_seals
from knowledge.picture_faults import faults
from knowledge.sniff import Refused

if TYPE_CHECKING:
    from knowledge.document_reader import Budget

_LONGEST = 2000
"""Pictures are scaled down to this many pixels on the longer side: 170 dpi of an A4 page."""
_SHADES = 4.5
"""Standard deviation of a shrunken picture above which there is something on it (noise averages out below)."""
_LIGHT = 100
"""Mean grey value of paper in poor light; darker pictures show nothing because of the dark."""
_MOST_STRAYS = 12
_LEAST_LETTERS = 6
_SURE_OF_A_GOOD_PICTURE, _SURE_ENOUGH = 0.75, 0.97
"""Sureness with which a page is held to be legible: a blurred or dark picture is read wrongly and surely."""


def _turned(picture: Picture, quarter_turns: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, quarter_turns)) if quarter_turns else picture


def upright(picture: Picture) -> tuple[Picture, Sight, int]:
    """The picture turned so that its words stand upright, the words, and the quarter turns made anticlockwise."""
    seen = sight_of(picture)
    if not seen.words or (_sureness(seen) >= 0.8 and not _lies(seen.words)):
        return picture, seen, 0
    turns = (1, 3) if _lies(seen.words) else (2,)
    tries = [(picture, seen, 0)]
    for turn in turns:
        other = _turned(picture, turn)
        tries.append((other, sight_of(other), turn))
        if _sureness(tries[-1][1]) >= 0.85 and not _lies(tries[-1][1].words):
            break
    return max(tries, key=lambda t: _weight(t[1].words) * (0.2 if _lies(t[1].words) else 1.0))


def _lies(words: list[Word]) -> bool:
    """Whether most lines run up or down the picture."""
    tall = [w for w in words if np.ptp(w.corners[:, 1]) > 1.6 * np.ptp(w.corners[:, 0])]
    return len(tall) > len(words) / 2


def _sureness(seen: Sight) -> float:
    """0 to 1: how surely what is there was read; lines that gave no words count as read with no confidence."""
    letters = sum(len(w.text) for w in seen.words)
    if not letters:
        return 0.0
    usual = letters / len(seen.words)
    return sum(w.conf * len(w.text) for w in seen.words) / (letters + seen.lost * usual)


def _weight(words: list[Word]) -> float:
    return sum((w.conf - 0.5) * len(w.text) for w in words)


def slope_of(words: list[Word]) -> float:
    """Radians by which lines fall to the right; lines under eight characters wide do not count."""
    slopes = []
    for w in words:
        (x0, y0), (x1, y1) = w.corners[0], w.corners[1]
        if x1 - x0 > 4 * abs(w.corners[3][1] - y0):
            slopes.append(math.atan2(y1 - y0, x1 - x0))
    return median(slopes) if slopes else 0.0


def read_picture(picture: Picture, number: int, width: float, height: float) -> ReadPage:
    """The page shown in a picture; boxes refer to the picture as given, before any turning."""
    standing, seen, turns = upright(picture)
    words = seen.words
    level = Level(standing.shape[1], standing.shape[0], slope_of(words))
    lines = [_line(word, level, turns) for word in words]
    page = ReadPage(number=number, width=width, height=height, lines=tuple(in_order(lines)))
    page = furnish(page.model_copy(update=_judged(standing, seen)), standing, level, turns)
    strays = _strays(page, standing, level, words)
    if not strays:
        return page
    more = [_line(word, level, turns) for word in strays]
    return furnish(page.model_copy(update={"lines": tuple(in_order([*lines, *more]))}), standing, level, turns)


def _strays(page: ReadPage, picture: Picture, level: Level, words: list[Word]) -> list[Word]:
    """Marks of the size of a character, read on their own: detection overlooks single characters."""
    if not words:
        return []
    high = median(w.height for w in words)
    sized = [m for m in page.marks if not m.red and 0.5 < (m.flat[3] - m.flat[1]) * level.height / high < 1.6]
    found = []
    for mark in [m for m in sized if (m.flat[2] - m.flat[0]) * level.width < 6 * high][:_MOST_STRAYS]:
        word = read_piece(without_seals(picture), level.corners(mark.flat))
        if word and all(c.isalnum() for c in word.text) and word.conf >= 0.9:
            found.append(word)
    return found


def in_order(lines: list[Line]) -> list[Line]:
    """Rows from top to bottom, within a row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda li: (li.place[1] + li.place[3]) / 2):
        middle = (line.place[1] + line.place[3]) / 2
        if rows and _same_row(rows[-1], line, middle):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda li: li.place[0])]


def _same_row(row: list[Line], line: Line, middle: float) -> bool:
    """Whether the line's middle lies within the row and it stands beside, not under, what is there."""
    x0, _, x1, _ = line.place
    beside = all(_shared(p.place, x0, x1) < 0.3 for p in row)
    return beside and any(p.place[1] < middle < p.place[3] for p in row)


def _shared(place: Box, x0: float, x1: float) -> float:
    """Common width as a part of the narrower one."""
    least = min(place[2] - place[0], x1 - x0)
    return (min(place[2], x1) - max(place[0], x0)) / least if least > 0 else 0.0


def _line(word: Word, level: Level, turns: int) -> Line:
    corners = word.corners
    seen = level.fractions(*corners.min(axis=0), *corners.max(axis=0))
    edges: tuple[float, ...] = ()
    if word.spans and not turns:
        sides = [*(a for a, _ in word.spans), word.spans[-1][1]]
        edges = tuple(round(min(1.0, max(0.0, x / level.width)), 4) for x in sides)
    box, flat, conf = turned_back(seen, turns), level.flat(corners), round(word.conf, 3)
    return Line(text=word.text, box=box, flat=flat, conf=conf, edges=edges, turns=turns % 4)


def turned_back(box: Box, turns: int) -> Box:
    """The box on the picture before it was turned `turns` quarters anticlockwise."""
    x0, y0, x1, y1 = box
    for _ in range(turns % 4):
        x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
    return (round(x0, 4), round(y0, 4), round(x1, 4), round(y1, 4))


def _is_blank(picture: Picture) -> bool:
    """A light sheet on which nothing stands out once noise and slow shading are averaged away."""
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(gray, (gray.shape[1] // 8 or 1, gray.shape[0] // 8 or 1), interpolation=cv2.INTER_AREA)
    detail = small.astype(np.float32) - cv2.GaussianBlur(small, (0, 0), 8).astype(np.float32)
    return float(small.mean()) > _LIGHT and float(detail.std()) < _SHADES / 3 and float(small.std()) < 3 * _SHADES


def _judged(picture: Picture, seen: Sight) -> dict[str, Any]:
    """Whether there is anything on the page, whether it can be read, and if not, why."""
    if not seen.words and _is_blank(picture):
        return {"blank": True, "legible": True}
    found, letters = faults(picture, seen.words), sum(len(w.text) for w in seen.words)
    least = _SURE_ENOUGH if found else _SURE_OF_A_GOOD_PICTURE
    legible = letters >= _LEAST_LETTERS and _sureness(seen) >= least and "cut" not in found
    return {"legible": legible, "faults": found if not legible or "glare" in found else ()}


def load_picture(path: Path, limits: Limits, longest: int = _LONGEST) -> Picture:
    """The photo as people see it (its own orientation note applied), scaled down; raises `Refused`."""
    Image.MAX_IMAGE_PIXELS = None  # the limit below is ours, and asked before anything is decoded
    try:
        with Image.open(path) as image:
            if image.width * image.height > limits.pixels:
                raise Refused("too_large")
            image.draft("RGB", (longest, longest))
            upright_image = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("corrupt") from error
    upright_image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return np.ascontiguousarray(np.asarray(upright_image)[:, :, ::-1])


def read_image_file(path: Path, name: str, budget: Budget) -> ReadDocument:
    """A photo or picture of one page."""
    picture = load_picture(path, budget.limits)
    budget.recognising()
    engine()
    height, width = picture.shape[:2]
    return ReadDocument(kind="image", filename=name, pages=(read_picture(picture, 1, width, height),), scanned=True)


def draw_image_file(path: Path, dpi: int, limits: Limits) -> bytes:
    """The photo as PNG, as wide as an A4 page at `dpi`."""
    picture = load_picture(path, limits, longest=min(_LONGEST, round(11.7 * dpi)))
    out = BytesIO()
    Image.fromarray(picture[:, :, ::-1]).save(out, "PNG")
    return out.getvalue()
