"""Recognised lines of a picture, character by character, with a second look at what the first pass lost.

Pictures are BGR arrays (height × width × 3, 0–255), the order the recogniser expects. Red seals are bleached before
recognition: they hide the words they are stamped over, and their own ring of letters is not read reliably.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_WEAK = 0.85
"""Lines read with less confidence are looked at again."""
_DROPPED = 0.5
_HOPELESS = 0.3
"""Lines read with less confidence are not looked at again."""
_NOTHING = 0.02
_RED = 60
"""Least distance of the red channel from the other two in seal ink."""
_MOST_RED = 0.12
"""A picture with more red than this is tinted, not stamped."""
_GAP = 1.25
"""Line heights of empty space at which a line is cut in two."""
_MOST_LOOKS = 40
_ROOM = 0.35
"""Line heights of room around a piece that is read again."""


@dataclass(frozen=True)
class Word:
    """A recognised line: four corners in pixels from the upper left, clockwise."""

    corners: NDArray[np.float32]
    text: str
    conf: float
    spans: tuple[tuple[float, float], ...] = ()
    """x from and to of every character, in pixels; empty when unknown."""

    @property
    def height(self) -> float:
        """Pixels across the line."""
        return float(np.hypot(*(self.corners[3] - self.corners[0])))

    def between(self, x0: float, x1: float) -> NDArray[np.float32]:
        """The corners of the part from x0 to x1."""
        left, right = self.corners[0][0], self.corners[1][0]
        wide = max(1.0, float(right - left))
        a, b = (x0 - left) / wide, (x1 - left) / wide
        upper_left, upper_right, lower_right, lower_left = self.corners
        upper, lower = upper_right - upper_left, lower_right - lower_left
        points = [upper_left + a * upper, upper_left + b * upper, lower_left + b * lower, lower_left + a * lower]
        return np.asarray(points, np.float32)


@lru_cache(maxsize=1)
def engine() -> Any:
    """The recogniser; its models (in the wheel) load in about a second, once a process."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # turning single lines loses long ones; whole pages are turned instead
            "Global.text_score": _NOTHING,
            "Rec.rec_batch_num": 1,  # longer batches pad short lines: more memory and time, the same words
            "Det.limit_type": "max",
            "Det.limit_side_len": 1280,
            "EngineConfig.onnxruntime.intra_op_num_threads": 2,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _recognise(picture: Picture, find: bool) -> Any:
    """Lines of a picture; `find` False: it is one line. The engine remembers its last options, so all are named."""
    options = {"use_det": find, "use_cls": False, "use_rec": True}
    return engine()(picture, **options, return_word_box=find, return_single_char_box=find)


def without_seals(picture: Picture) -> Picture:
    """The picture with red ink bleached to its brightest channel, dark ink under it kept."""
    wide = picture.astype(np.int16)
    red = (wide[:, :, 2] - wide[:, :, :2].max(axis=2)) > _RED
    part = float(red.mean())
    if part == 0 or part > _MOST_RED:
        return picture
    bleached = picture.copy()
    near = cv2.dilate(red.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    bleached[near] = np.minimum(255, picture[:, :, 2][near].astype(np.int16) + 30).astype(np.uint8)[:, None]
    return bleached


@dataclass(frozen=True)
class Sight:
    """What recognition makes of a picture as it stands."""

    words: list[Word]
    lost: int = 0
    """Lines that are there and gave no words."""


def sight_of(picture: Picture) -> Sight:
    """Recognised lines of an upright picture, cut at wide gaps."""
    clean = without_seals(picture)
    found = _recognise(clean, find=True)
    if found.boxes is None or found.txts is None:
        return Sight([])
    letters = found.word_results or [()] * len(found.txts)
    words = [_word(*parts) for parts in zip(found.boxes, found.txts, found.scores, letters, strict=True)]
    weak = [i for i, word in enumerate(words) if _HOPELESS <= word.conf < _WEAK][:_MOST_LOOKS]
    out: list[Word] = []
    for i, word in enumerate(words):
        out += _second_look(clean, word) if i in weak else [word, *_lost_end(clean, word)]
    read = [word for word in out if word.conf >= _DROPPED and word.text.strip()]
    return Sight([piece for word in read for piece in _cut(word)], len(out) - len(read))


def _word(corners: Any, text: str, conf: float, letters: Any) -> Word:
    return Word(np.asarray(corners, np.float32), str(text), float(conf), _spans(str(text), letters))


def _spans(text: str, letters: Any) -> tuple[tuple[float, float], ...]:
    """x from and to of every character; a space takes the room between its neighbours."""
    boxes = [(str(part[0]), part[2]) for part in letters]
    solid = [c for c in text if not c.isspace()]
    if "".join(c for c, _ in boxes) != "".join(solid) or any(len(c) != 1 for c, _ in boxes):
        return ()
    sides = iter([(float(box[0][0]), float(box[1][0])) for _, box in boxes])
    spans: list[tuple[float, float]] = []
    for c in text:
        last = spans[-1][1] if spans else 0.0
        spans.append((last, last) if c.isspace() else next(sides))
    return tuple(spans)


def _second_look(picture: Picture, word: Word) -> list[Word]:
    """Reads the piece again with room around it, at twice the size; keeps the surer reading, which may be in parts."""
    (x0, y0), (x1, y1) = word.corners.min(axis=0), word.corners.max(axis=0)
    piece = _piece(picture, float(x0), float(y0), float(x1), float(y1))
    if piece is None:
        return [word]
    again = _recognise(piece, find=True)
    if again.boxes is None or again.txts is None:
        return [word]
    margin = float(y1 - y0) * _ROOM
    start = np.array([max(0, int(x0 - margin)), max(0, int(y0 - margin))], np.float32)
    parts = [
        Word(np.asarray(np.asarray(corners) / 2 + start, np.float32), str(text), float(conf))
        for corners, text, conf in zip(again.boxes, again.txts, again.scores, strict=True)
    ]
    middle = float(y0 + y1) / 2
    parts = [p for p in parts if p.corners[:, 1].min() < middle < p.corners[:, 1].max() and p.conf >= word.conf]
    letters = sum(len(p.text) for p in parts)
    return parts if letters >= 0.5 * len(word.text.strip()) and letters else [word]


def _lost_end(picture: Picture, word: Word) -> list[Word]:
    """What stands in the line's box after its last recognised character: often one character of its own."""
    if not word.spans:
        return []
    end, right, high = word.spans[-1][1], float(word.corners[1][0]), word.height
    if right - end < 1.1 * high or right - end > 8 * high:
        return []
    corners = word.between(end + 0.15 * high, right)
    found = read_piece(picture, corners)
    return [found] if found else []


def read_piece(picture: Picture, corners: NDArray[np.float32]) -> Word | None:
    """The words in a small piece known to hold one line; None when nothing is read with confidence."""
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    piece = _piece(picture, float(x0), float(y0), float(x1), float(y1), room=0.12)
    if piece is None:
        return None
    found = _recognise(piece, find=False)
    if not found.txts or not str(found.txts[0]).strip() or float(found.scores[0]) < 0.8:
        return None
    return Word(corners, str(found.txts[0]), float(found.scores[0]))


def _piece(picture: Picture, x0: float, y0: float, x1: float, y1: float, room: float = _ROOM) -> Picture | None:
    """The part of the picture with room around it, doubled in size; None when too small to hold a character."""
    margin = (y1 - y0) * room
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    part = picture[top : int(y1 + margin) + 1, left : int(x1 + margin) + 1]
    if part.size == 0 or min(part.shape[:2]) < 6:
        return None
    return np.asarray(cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


def _cut(word: Word) -> list[Word]:
    """The line in pieces: tight around its characters, apart where the space between two is wide."""
    if not word.spans:
        return [word]
    pieces, start, wide = [], 0, _GAP * word.height
    solid = [i for i, c in enumerate(word.text) if not c.isspace()]
    for last, following in zip(solid, solid[1:], strict=False):
        if word.spans[following][0] - word.spans[last][1] > wide:
            pieces.append((start, last + 1))
            start = following
    pieces.append((start, solid[-1] + 1))
    return [_part(word, a, b) for a, b in pieces]


def _part(word: Word, start: int, end: int) -> Word:
    spans = word.spans[start:end]
    return Word(word.between(spans[0][0], spans[-1][1]), word.text[start:end], word.conf, spans)
