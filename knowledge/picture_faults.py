"""Why the words of a picture cannot be read: too dark, blurred, glare, cut off, too few pixels.

Pictures are BGR arrays (height × width × 3, 0–255). A fault is looked for by itself and says nothing about whether the
words could be read all the same; that is for recognition to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Fault
from knowledge.ocr_words import Picture, Word

_DARK = 95
"""Grey value of the paper (the lighter part of the picture) below which it was taken in the dark."""
_FAINT = 45
"""Difference of grey values between paper and ink below which print has no contrast."""
_SOFT = 0.17
"""Steepest slope from paper to ink, as a part of their difference in one pixel, of a picture out of focus."""
_SQUARE = 64
_LEAST_CONTRAST = 24
_SHINE = 250
_SHINE_AREA = (0.012, 0.35)
"""Part of the picture that glares; more is paper in full light."""
_MOST_PAPER = 236
"""Paper lighter than this was scanned or lies in full light: a lamp in it shows nowhere."""
_SMALL = 16.0
"""Height of a found line, in pixels with the room around it, under which characters lose their strokes."""
_AT_EDGE = 0.004
"""Part of the width or height within which words touch the edge of the picture."""
_FLAT = 1.6
"""Standard deviation of grey values, row by row, of a part that shows nothing at all."""
_STEP = 6
"""Difference of grey values between such a part and the sheet; without one it is the sheet's own lower end."""
_LEAST_BAND = 0.06
_OWN_WHITE = 249
"""Rows lighter than this are the white of a page that a picture was put on."""


def faults(picture: Picture, words: Sequence[Word]) -> tuple[Fault, ...]:
    """What is wrong with the picture, gravest first."""
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    paper, ink = float(np.percentile(gray, 90)), float(np.percentile(gray, 0.3))
    found: list[Fault] = []
    if paper < _DARK:
        found.append("dark")
    if cut_off(gray, words):
        found.append("cut")
    if glares(gray, words):
        found.append("glare")
    if words and float(np.median([w.height for w in words])) < _SMALL:
        found.append("small")
    if paper - ink < _FAINT and "dark" not in found:
        found.append("faint")
    if softness(gray) < _SOFT:
        found.append("blurred")
    return tuple(found)


def softness(gray: NDArray[Any]) -> float:
    """Steepest slope from paper to ink in one pixel as a part of their difference, where there is print: 0.25 is sharp.

    Taken square by square, so that shadows do not count, and the softer of across and down: a picture that was moved
    is sharp one way.
    """
    calm = cv2.GaussianBlur(gray, (0, 0), 0.8).astype(np.float32)
    height, width = (side // _SQUARE * _SQUARE for side in calm.shape)
    if not height or not width:
        return 1.0
    spread = _squares(calm, height, width)
    contrast = spread.max(axis=1) - spread.min(axis=1)
    printed = contrast > max(_LEAST_CONTRAST, 0.4 * float(contrast.max()))
    slopes = [_squares(np.abs(cv2.Sobel(calm, cv2.CV_32F, *way)) / 8, height, width) for way in ((1, 0), (0, 1))]
    ratios = [np.percentile(slope[printed], 99.5, axis=1) / contrast[printed] for slope in slopes if printed.any()]
    return min((float(np.percentile(ratio, 75)) for ratio in ratios), default=1.0)


def _squares(values: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """One row of values for every square of the picture."""
    across = values[:height, :width].reshape(height // _SQUARE, _SQUARE, width // _SQUARE, _SQUARE)
    return across.swapaxes(1, 2).reshape(-1, _SQUARE * _SQUARE)


def glares(gray: NDArray[Any], words: Sequence[Word]) -> bool:
    """A lamp or the sky mirrored in the paper: one large white spot, without words, on paper that is not white."""
    white = (gray >= _SHINE).astype(np.uint8)
    shine = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(shine)
    if count < 2:
        return False
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    part = float(stats[largest, cv2.CC_STAT_AREA]) / gray.size
    if not _SHINE_AREA[0] < part < _SHINE_AREA[1]:
        return False
    spot = (labels == largest).astype(np.uint8)
    elsewhere = gray[cv2.dilate(spot, np.ones((3, 3), np.uint8), iterations=max(gray.shape) // 40) == 0]
    inside = sum(bool(spot[int(y), int(x)]) for x, y in (w.corners.mean(axis=0) for w in words))
    return elsewhere.size > 0 and float(np.percentile(elsewhere, 90)) < _MOST_PAPER and 3 * inside <= len(words)


def cut_off(gray: NDArray[Any], words: Sequence[Word]) -> bool:
    """Whether a part of the sheet lies outside the picture, or one end of the picture shows nothing but grey."""
    return _words_at_edge(gray.shape[1], gray.shape[0], words) or _band(gray) or _band(gray[::-1])


def _words_at_edge(width: int, height: int, words: Sequence[Word]) -> bool:
    """Several lines that run into the left or right edge; or one that the upper or lower edge cuts through."""
    sides = [0, 0]
    for word in words:
        (x0, _), (x1, _) = word.corners.min(axis=0), word.corners.max(axis=0)
        sides[0] += x0 <= _AT_EDGE * width
        sides[1] += x1 >= (1 - _AT_EDGE) * width
    return max(sides) >= max(3, len(words) // 5)


def _band(gray: NDArray[Any]) -> bool:
    """A part at the lower end, over the whole width, with no grain at all: what was there did not come through."""
    deviation, mean = gray.std(axis=1), gray.mean(axis=1)
    height = len(deviation)
    flat = (deviation < _FLAT) & (mean < _OWN_WHITE)
    lively = np.flatnonzero(~flat)
    high = height if not len(lively) else height - 1 - int(lively[-1])
    if not _LEAST_BAND * height < high < 0.9 * height:
        return False
    above = gray[height - high - 8 : height - high - 3].astype(np.float32)
    return float(np.median(np.abs(above - float(mean[-1])))) > _STEP
