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
_SOFT = 0.14
"""Steepest slope from paper to ink, as a part of their difference in one pixel, of a picture out of focus."""
_SHINE = 250
_LEAST_SHINE = 0.012
"""Part of the picture that glares."""
_MOST_PAPER = 232
"""Paper lighter than this was scanned: no light falls on it."""
_SMALL = 11.0
"""Height of a line, in pixels, under which characters lose their strokes."""
_AT_EDGE = 0.004
"""Part of the width or height within which words touch the edge of the picture."""
_FLAT = 1.6
"""Standard deviation of grey values, row by row, of a part that shows nothing at all."""
_LEAST_BAND = 0.06
_OWN_WHITE = 249
"""Rows lighter than this are the white of a page that a picture was put on."""


def faults(picture: Picture, words: Sequence[Word]) -> tuple[Fault, ...]:
    """What is wrong with the picture, gravest first."""
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    paper, ink = float(np.percentile(gray, 90)), float(np.percentile(gray, 1))
    found: list[Fault] = []
    if paper < _DARK:
        found.append("dark")
    if cut_off(gray, words):
        found.append("cut")
    if _glare(gray, paper):
        found.append("glare")
    if words and float(np.median([w.height for w in words])) < _SMALL:
        found.append("small")
    if paper - ink < _FAINT and "dark" not in found:
        found.append("faint")
    if _soft(gray, max(paper - ink, 1.0)):
        found.append("blurred")
    return tuple(found)


def _soft(gray: NDArray[Any], contrast: float) -> bool:
    """Whether even the steepest edges take many pixels one way: the picture is out of focus or was moved."""
    calm = cv2.GaussianBlur(gray, (0, 0), 0.8).astype(np.float32)
    across, down = cv2.Sobel(calm, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(calm, cv2.CV_32F, 0, 1) / 8
    steepest = min(float(np.percentile(np.abs(slope), 99.5)) for slope in (across, down))
    return steepest < _SOFT * contrast


def _glare(gray: NDArray[Any], paper: float) -> bool:
    """A lamp or the sky mirrored in the paper: one large white spot on paper that is not white itself."""
    if float(np.median(gray)) > _MOST_PAPER:
        return False
    white = (gray >= _SHINE).astype(np.uint8)
    shine = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(shine)
    return count > 1 and float(stats[1:, cv2.CC_STAT_AREA].max()) > _LEAST_SHINE * gray.size


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
    above = gray[height - high - 6 : height - high - 2]
    return float(above.std()) > 2 * _FLAT
