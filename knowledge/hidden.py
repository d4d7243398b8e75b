"""Which words of a PDF's text layer can be seen, by looking at the drawn page, and why the others cannot.

Colour and size rules alone miss words that are drawn invisibly, covered, or nearly transparent; so a word counts as
visible only where the drawn page has ink. Words without certain ink of their own (an OCR layer under a scan, words
under other words) are compared with what recognition sees in that place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from numpy.typing import NDArray

from knowledge.documents import Box, HiddenText, How, Line

TINY_POINTS = 3.0
"""Letters lower than this cannot be read on paper; the smallest print in use is 5 point."""
_CONTRAST = 28
"""Least difference of grey values (0–255) between a letter and what surrounds it."""
_FAINT = 26
"""Alpha, 0–255, under which letters are drawn for nobody."""
_INVISIBLE_MODES = (3, 7)
_AGREES = 0.6


@dataclass(frozen=True)
class Glyph:
    """One character of the text layer; box in fractions of the page, size in points."""

    char: str
    box: Box
    size: float
    mode: int
    alpha: int
    left: float
    right: float
    """Reach of the character with the room it takes in its line."""
    run: int
    """Number of the text object it belongs to."""
    why: How | None = None
    """Why it cannot be seen; None: it can, as far as known."""
    doubtful: bool = False
    """There may be ink, but not surely its own."""


@dataclass(frozen=True)
class Run:
    """Neighbouring characters of one text object with one fate."""

    text: str
    box: Box
    why: How | None
    doubtful: bool


def judged(glyphs: list[Glyph], gray: NDArray[Any]) -> list[Glyph]:
    """The glyphs with their fate, single letters following their neighbours (a dash may show little ink)."""
    marked = [_fate(glyph, gray) for glyph in glyphs]
    return _with_conflicts(_smoothed(marked))


def _fate(glyph: Glyph, gray: NDArray[Any]) -> Glyph:
    x0, y0, x1, y1 = glyph.box
    if not glyph.char.strip() or glyph.why:
        return glyph
    if x1 <= 0 or y1 <= 0 or x0 >= 1 or y0 >= 1:
        return replace(glyph, why="off_page")
    if 0 < glyph.size < TINY_POINTS:
        return replace(glyph, why="tiny")
    if glyph.mode in _INVISIBLE_MODES or glyph.alpha < _FAINT:
        return replace(glyph, doubtful=True)
    return glyph if _has_ink(glyph.box, gray) else replace(glyph, why="no_ink")


def _has_ink(box: Box, gray: NDArray[Any]) -> bool:
    height, width = gray.shape
    x0, y0 = max(0, int(box[0] * width)), max(0, int(box[1] * height))
    x1, y1 = min(width, int(box[2] * width) + 1), min(height, int(box[3] * height) + 1)
    if min(x1 - x0, y1 - y0) <= 4:  # a dash fills its box: look around it
        x0, y0, x1, y1 = max(0, x0 - 2), max(0, y0 - 2), x1 + 2, y1 + 2
    piece = gray[y0:y1, x0:x1]
    return bool(piece.size) and int(piece.max()) - int(piece.min()) >= _CONTRAST


def _smoothed(glyphs: list[Glyph]) -> list[Glyph]:
    """A single letter without ink between visible ones is visible; one with ink among hidden ones is hidden."""
    out: list[Glyph] = []
    for _, group in groupby(glyphs, key=lambda g: g.run):
        run = list(group)
        letters = [g for g in run if g.char.strip()]
        fate = {id(g): _among(letters, i) for i, g in enumerate(letters)}
        common = fate[id(letters[0])] if letters else None
        for glyph in run:  # a space shares the fate of the letters before it
            common = fate.get(id(glyph), common)
            out.append(replace(glyph, why=common))
    return out


def _among(letters: list[Glyph], i: int) -> How | None:
    """The fate of letter `i`: that of the two nearest when they agree."""
    near = (i + 1, i + 2) if i == 0 else (i - 1, i - 2) if i == len(letters) - 1 else (i - 1, i + 1)
    sides = {letters[j].why for j in near if 0 <= j < len(letters)}
    outnumbered = len(sides) == 1 and len(letters) > 2
    return next(iter(sides)) if outnumbered else letters[i].why


def _with_conflicts(glyphs: list[Glyph]) -> list[Glyph]:
    """Two different letters in one place: at most one of them is what people see."""
    places: dict[tuple[int, int], list[int]] = {}
    out = list(glyphs)
    for i, glyph in enumerate(glyphs):
        if glyph.why or not glyph.char.strip():
            continue
        x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
        key = (int(x * 250), int(y * 350))
        for other in places.get(key, []):
            if (
                glyphs[other].run != glyph.run
                and glyphs[other].char != glyph.char
                and _same_place(glyphs[other], glyph)
            ):
                out[i], out[other] = replace(out[i], doubtful=True), replace(out[other], doubtful=True)
        places.setdefault(key, []).append(i)
    return out


def _same_place(a: Glyph, b: Glyph) -> bool:
    wide = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    high = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    least = min((g.box[2] - g.box[0]) * (g.box[3] - g.box[1]) for g in (a, b))
    return wide > 0 and high > 0 and wide * high > 0.5 * least


def runs(glyphs: list[Glyph]) -> list[Run]:
    """Neighbours of one text object and one fate, spaces inside kept."""
    found = []
    for (_, why, doubtful), group in groupby(glyphs, key=lambda g: (g.run, g.why, g.doubtful)):
        run = list(group)
        text = "".join(g.char for g in run).strip()
        if text:
            found.append(Run(text, union([g.box for g in run]), why, doubtful))
    return found


def union(boxes: list[Box]) -> Box:
    """The smallest box around all."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def hidden_words(found: list[Run], seen: list[Line] | None) -> list[HiddenText]:
    """The words that cannot be seen; `seen` are recognised lines, None when recognition was not needed."""
    out = []
    for run in found:
        why = run.why
        if why is None and run.doubtful and not agrees(run, seen or []):
            why = "invisible"
        if why:
            out.append(HiddenText(how=why, text=run.text, box=_inside(run.box)))
    return out


def agrees(run: Run, seen: list[Line]) -> bool:
    """Whether recognition reads about the same words in that place, so that the layer only repeats the picture."""
    near = [line for line in seen if line.box and overlap(line.box, run.box) > 0.3]
    there, words = bare("".join(line.text for line in near)), bare(run.text)
    if not words:
        return True
    matched = sum(block.size for block in SequenceMatcher(None, words, there, autojunk=False).get_matching_blocks())
    return matched >= _AGREES * len(words)


def bare(text: str) -> str:
    """Letters and digits only: recognition and layers differ in spaces and marks."""
    return "".join(c for c in text if c.isalnum())


def overlap(a: Box, b: Box) -> float:
    """Shared area as a part of the smaller box."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    least = min((q[2] - q[0]) * (q[3] - q[1]) for q in (a, b))
    return wide * high / least if wide > 0 and high > 0 and least > 0 else 0.0


def _inside(box: Box) -> Box | None:
    """Box clipped to the page; None when nothing of it is on the page."""
    x0, y0, x1, y1 = (min(1.0, max(0.0, v)) for v in box)
    return (round(x0, 4), round(y0, 4), round(x1, 4), round(y1, 4)) if x1 > x0 and y1 > y0 else None
