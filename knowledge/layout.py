"""What stands on a page besides words: the ruled boxes of tables, and ink such as signatures and seals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Box, Line, Mark, ReadPage

Picture = NDArray[np.uint8]

_LEAST_CELL = (0.03, 0.012)
"""Width and height, fractions of the page, under which a ruled box is no table cell."""
_MOST_CELLS = 600
_LEAST_MARK = (0.012, 0.006)
_MOST_MARKS = 60


@dataclass(frozen=True)
class Level:
    """A picture's size in pixels and the slope of its lines in radians, falling to the right."""

    width: int
    height: int
    slope: float

    def matrix(self) -> NDArray[np.float64]:
        """2 × 3: pixels of the picture to pixels of the levelled picture of the same size."""
        centre = (self.width / 2, self.height / 2)
        return np.asarray(cv2.getRotationMatrix2D(centre, math.degrees(self.slope), 1.0))

    def flat(self, corners: NDArray[np.float32]) -> Box:
        """Box on the levelled page, fractions. The middle line counts, not the far corners of a sloping line."""
        moved = corners @ self.matrix()[:, :2].T + self.matrix()[:, 2]
        x0, x1 = (moved[0, 0] + moved[3, 0]) / 2, (moved[1, 0] + moved[2, 0]) / 2
        y0, y1 = (moved[0, 1] + moved[1, 1]) / 2, (moved[2, 1] + moved[3, 1]) / 2
        return self.fractions(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def corners(self, place: Box) -> NDArray[np.float32]:
        """Corners, in pixels of the picture, of a place on the levelled page."""
        x0, y0, x1, y1 = place[0] * self.width, place[1] * self.height, place[2] * self.width, place[3] * self.height
        back = cv2.invertAffineTransform(self.matrix())
        points = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64) @ back[:, :2].T + back[:, 2]
        return np.asarray(points, np.float32)

    def fractions(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """Pixels to fractions of the page, kept inside it."""
        sized = (x0 / self.width, y0 / self.height, x1 / self.width, y1 / self.height)
        a, b, c, d = (round(min(1.0, max(0.0, float(v))), 4) for v in sized)
        return (a, b, c, d)


def furnish(page: ReadPage, picture: Picture, level: Level, turns: int = 0, marked: bool = True) -> ReadPage:
    """The page with its cells and, when `marked`, its marks, and each line told which cell it stands in."""
    size = (level.width, level.height)
    flat = picture
    if level.slope:
        flat = np.asarray(cv2.warpAffine(picture, level.matrix(), size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    gray = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    ink = _ink(gray)
    rules = _rules(ink)
    places, cells = _cells(rules, level)
    lines = [piece for line in page.lines for piece in _in_cells(line, places)]
    marks = _marks(flat, np.bitwise_and(ink, ~rules), page.lines, level, turns) if marked else []
    return page.model_copy(update={"lines": tuple(lines), "cells": tuple(cells), "marks": tuple(marks)})


def _ink(gray: NDArray[Any]) -> NDArray[Any]:
    """255 where a pixel is clearly darker than what surrounds it."""
    return cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 14)


def _rules(ink: NDArray[Any]) -> NDArray[Any]:
    """255 on straight lines longer than any stroke of a character, gaps of scanning closed."""
    height, width = ink.shape
    across, down = max(24, width // 28), max(24, width // 36)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, across), np.uint8))
    upright = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((down, 1), np.uint8))
    level = cv2.dilate(level, np.ones((3, across // 3), np.uint8))
    upright = cv2.dilate(upright, np.ones((down // 3, 3), np.uint8))
    return np.bitwise_or(level, upright)


def _cells(rules: NDArray[Any], level: Level) -> tuple[NDArray[np.int32], list[Box]]:
    """For every pixel the number of its cell or -1, and the cells' boxes."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(255 - rules, connectivity=4)
    numbers = np.full(count, -1, np.int32)
    boxes: list[Box] = []
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        wide, high = w / level.width, h / level.height
        ruled = x > 1 and y > 1 and x + w < level.width - 1 and y + h < level.height - 1
        shaped = wide > _LEAST_CELL[0] and high > _LEAST_CELL[1] and wide * high < 0.6 and area > 0.8 * w * h
        if ruled and shaped and len(boxes) < _MOST_CELLS:
            numbers[i] = len(boxes)
            boxes.append(level.fractions(x, y, x + w, y + h))
    return numbers[labels], boxes


def _in_cells(line: Line, places: NDArray[np.int32]) -> list[Line]:
    """The line with its cell; cut where a rule runs between two of its words."""
    cells = [_cell_at(line, i, places) for i in range(len(line.text))]
    inside = [c for c in cells if c >= 0]
    if len(set(inside)) < 2:
        return [line.model_copy(update={"cell": inside[0]})] if 3 * len(inside) > len(cells) else [line]
    cuts = [0, *_turning_points(cells), len(cells)]
    pieces = [_cut(line, a, b, cells) for a, b in zip(cuts, cuts[1:], strict=False)]
    return [piece for piece in pieces if piece.text.strip()]


def _turning_points(cells: list[int]) -> list[int]:
    """Places where the next cell begins; letters on the rule itself belong to the cell before."""
    found, current = [], next(c for c in cells if c >= 0)
    for i, cell in enumerate(cells):
        if cell >= 0 and cell != current:
            found.append(i)
            current = cell
    return found


def _cell_at(line: Line, i: int, places: NDArray[np.int32]) -> int:
    x0, y0, x1, y1 = line.place
    height, width = places.shape
    part = _levelled(line).part(i, i + 1) or (x0, y0, x1, y1)
    column = min(width - 1, int((part[0] + part[2]) / 2 * width))
    return int(places[min(height - 1, int((y0 + y1) / 2 * height)), column])


def _levelled(line: Line) -> Line:
    """The line as it stands on the levelled page, its characters moved along."""
    if not line.flat:
        return line
    moved = line.flat[0] - line.edges[0] if line.edges else 0.0
    return line.model_copy(update={"box": line.flat, "edges": tuple(e + moved for e in line.edges), "turns": 0})


def _cut(line: Line, start: int, end: int, cells: list[int]) -> Line:
    """Characters `start` to `end` as a line of their own, spaces at the ends dropped."""
    text = line.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))
    level = _levelled(line).part(start, end)
    inside = [c for c in cells[start:end] if c >= 0]
    changes = {
        "text": line.text[start:end],
        "box": line.part(start, end),
        "flat": level if line.flat else None,
        "edges": line.edges[start : end + 1] if line.edges else (),
        "cell": max(set(inside), key=inside.count) if inside else -1,
    }
    return line.model_copy(update=changes)


def _marks(flat: Picture, ink: NDArray[Any], lines: tuple[Line, ...], level: Level, turns: int) -> list[Mark]:
    """Connected ink that no line of words accounts for, largest first."""
    left = ink.copy()
    for line in lines:
        _wipe(left, line.place)
    joined = cv2.dilate(left, np.ones((5, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for i in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[i])
        wide, high = w / level.width, h / level.height
        covered = cv2.countNonZero(left[y : y + h, x : x + w])
        large = wide > _LEAST_MARK[0] and high > _LEAST_MARK[1]
        if large and wide * high < 0.15 and max(w, h) < 12 * min(w, h) and covered > 0.02 * w * h:
            found.append((covered, x, y, w, h))
    found.sort(reverse=True)
    return [_mark(flat, x, y, w, h, level, turns) for _, x, y, w, h in found[:_MOST_MARKS]]


def _wipe(ink: NDArray[Any], place: Box) -> None:
    height, width = ink.shape
    x0, y0, x1, y1 = place
    room = (y1 - y0) * 0.18
    ink[
        max(0, int((y0 - room) * height)) : int((y1 + room) * height) + 1,
        max(0, int(x0 * width - room * height)) : int(x1 * width + room * height) + 1,
    ] = 0


def _mark(flat: Picture, x: int, y: int, w: int, h: int, level: Level, turns: int) -> Mark:
    piece = flat[y : y + h, x : x + w].reshape(-1, 3).astype(np.int16)
    dark = piece[piece.min(axis=1) < piece.min(axis=1).mean()]
    red = bool(len(dark)) and float((dark[:, 2] - dark[:, :2].max(axis=1)).mean()) > 40
    flat_box = level.fractions(x, y, x + w, y + h)
    seen = level.corners(flat_box)
    box = level.fractions(*seen.min(axis=0), *seen.max(axis=0))
    for _ in range(turns % 4):
        box = (round(1 - box[3], 4), box[0], round(1 - box[1], 4), box[2])
    return Mark(box=box, flat=flat_box, red=red)
