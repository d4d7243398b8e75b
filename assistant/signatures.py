"""Whether somebody signed beside a label: a name that can be read, ink that cannot, or nothing."""

from __future__ import annotations

import re

from assistant.filing import Box, ReadValue
from assistant.sameness import rare
from assistant.shapes import HAN
from assistant.sheet import Piece, Sheet, Strip, around

_DATED = re.compile(r"\d{4}|年|月|日期")
_NEXT_LABEL = re.compile(
    rf"[{HAN}]{{1,12}}(?:\([^)]{{1,14}}\))?(?:签字|签名|签章|盖章)?(?:\([^)]{{1,14}}\))*[::]|日期|签订|时间|\d{{4}}年"
)
_SIGNED_NAME = re.compile(rf"[{HAN}A-Za-z·•]{{1,20}}")
_REACH = 0.34
"""How far right of its label a signature may stand, part of the page width."""


def signed(sheet: Sheet, label: str) -> ReadValue | None:
    """The signature at the last place that matches `label` (a pattern ending before the colon).

    The value is the name as read, True for ink that is no readable name, "" for a blank; None: no such label.
    """
    names = signatures(sheet, label)
    if names is None:
        return None
    return names.model_copy(update={"value": names.value[0] if names.value else ""})


def signed_as(sheet: Sheet, label: str, party: ReadValue | None) -> ReadValue | None:
    """The signature of a party whose name is printed too: ink (True) where the reader cannot know its characters."""
    found = signed(sheet, label)
    if found is None or party is None or not isinstance(found.value, str) or found.sure == 1:
        return found
    name, read = str(party.value), found.value
    unknown = len(name) == len(read) and all(a == b or rare(a) for a, b in zip(name, read, strict=True))
    return found.model_copy(update={"value": True}) if unknown and name != read else found


def signatures(sheet: Sheet, label: str) -> ReadValue | None:
    """All names signed beside the label, as `signed` reads one."""
    spot = _spot(sheet, label)
    if spot is None:
        return None
    piece, start, end = spot
    rest = _rest_names(piece, end)
    if rest:
        first, last = rest[0][1], rest[-1][2]
        return Strip.of([piece]).read([name for name, _, _ in rest], first, last)
    room = _room(sheet, piece, end)
    written = [p for p in sheet.pieces if p.page == piece.page and p is not piece and _within(p.place, room)]
    names = [p for p in written if not _DATED.search(p.text) and _SIGNED_NAME.search(p.text)]
    if names:
        return _written(sorted(names, key=lambda p: p.place[0]))
    label_words = Strip.of([piece]).read([], start, end)
    marks = [m for m in sheet.pages[piece.page].marks if _within(m.flat, room)]
    if marks:
        seen = around([m.box for m in marks])
        return label_words.model_copy(update={"value": [True], "box": seen})
    return label_words


def _spot(sheet: Sheet, label: str) -> tuple[Piece, int, int] | None:
    """The last place of the label: followed by a colon, or alone at the end of its line."""
    pattern = re.compile(rf"(?:{label})(?:\([^)]{{0,14}}\))*(?:[::]|$)")
    found = [(p, *m.span()) for p in sheet.pieces for m in pattern.finditer(p.text)]
    with_colon = [spot for spot in found if spot[0].text[spot[2] - 1] in "::"]
    return next(reversed(with_colon or found), None)


def _rest_names(piece: Piece, end: int) -> list[tuple[str, int, int]]:
    """Names in the same line after the label, up to the next label."""
    following = _NEXT_LABEL.search(piece.text, end)
    stop = following.start() if following else len(piece.text)
    return [(m.group(), *m.span()) for m in _SIGNED_NAME.finditer(piece.text, end, stop)]


def _written(pieces: list[Piece]) -> ReadValue:
    strip = Strip.of(pieces)
    spans = [m.span() for p in pieces for m in _SIGNED_NAME.finditer(p.text)]
    names = [p.text[a:b] for p in pieces for a, b in [m.span() for m in _SIGNED_NAME.finditer(p.text)]]
    return strip.read(names, spans[0][0], len(strip.text) - len(pieces[-1].text) + spans[-1][1])


def _room(sheet: Sheet, piece: Piece, end: int) -> Box:
    """Where the signature of a label would stand on the levelled page: right of it, up to the next label."""
    x0, y0, x1, y1 = piece.place
    left = x0 + (x1 - x0) * end / max(1, len(piece.text))
    high = y1 - y0
    right = min(1.0, left + _REACH)
    following = _NEXT_LABEL.search(piece.text, end)
    if following:
        right = x0 + (x1 - x0) * following.start() / len(piece.text)
    for other in sheet.right_of(piece):
        if _NEXT_LABEL.search(other.text) and other.place[0] > left:
            right = min(right, other.place[0])
            break
    return (left - 0.2 * high, y0 - 0.9 * high, right, y1 + 0.6 * high)


def _within(place: Box, room: Box) -> bool:
    """Whether most of a place lies in the room."""
    wide = min(place[2], room[2]) - max(place[0], room[0])
    high = min(place[3], room[3]) - max(place[1], room[1])
    size = (place[2] - place[0]) * (place[3] - place[1])
    return wide > 0 and high > 0 and wide * high > 0.5 * size
