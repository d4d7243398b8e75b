"""The text layer of a PDF page: characters with boxes, and the lines they form."""

from __future__ import annotations

import ctypes
import unicodedata
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.documents import Box, Line
from knowledge.hidden import Glyph, union
from knowledge.sniff import Refused

_MOST_GLYPHS = 60_000
_UNSEEN_CATEGORIES = {"Cf", "Cc", "Co", "Cn"}


class _Frame:
    """Turns page coordinates into fractions from the upper left, page rotation and crop included."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        side = 30_000
        x, y = ctypes.c_int(), ctypes.c_int()

        def at(px: float, py: float) -> tuple[float, float]:
            raw.FPDF_PageToDevice(page, 0, 0, side, side, 0, px, py, x, y)
            return x.value / side, y.value / side

        self.x0, self.y0 = at(0, 0)
        (xa, ya), (xb, yb) = at(1000, 0), at(0, 1000)
        self.a, self.b = (xa - self.x0) / 1000, (ya - self.y0) / 1000
        self.c, self.d = (xb - self.x0) / 1000, (yb - self.y0) / 1000
        self.sides = (ctypes.c_double(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double())
        self.loose = raw.FS_RECTF()
        self.colour = (ctypes.c_uint(255), ctypes.c_uint(255), ctypes.c_uint(255), ctypes.c_uint(255))

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        if not self.b and not self.c:  # an upright page
            xa, xb = self.x0 + self.a * left, self.x0 + self.a * right
            ya, yb = self.y0 + self.d * bottom, self.y0 + self.d * top
            return (min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
        xs = [self.x0 + self.a * x + self.c * y for x in (left, right) for y in (bottom, top)]
        ys = [self.y0 + self.b * x + self.d * y for x in (left, right) for y in (bottom, top)]
        return (min(xs), min(ys), max(xs), max(ys))


def glyphs_of(page: pdfium.PdfPage) -> list[Glyph]:
    """Characters in drawing order; those made up by the reader (spaces between words) are left out."""
    layer = page.get_textpage()
    count = layer.count_chars()
    if count > _MOST_GLYPHS:
        raise Refused("too_large")
    frame, numbers = _Frame(page), dict[int, int]()
    found = [_glyph(layer, i, frame, numbers) for i in range(count) if not raw.FPDFText_IsGenerated(layer, i)]
    return [glyph for glyph in found if glyph]


def _glyph(layer: Any, i: int, frame: _Frame, numbers: dict[int, int]) -> Glyph | None:
    code = raw.FPDFText_GetUnicode(layer, i)
    if not 31 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return None
    char = chr(code)
    left, right, bottom, top = frame.sides
    raw.FPDFText_GetCharBox(layer, i, left, right, bottom, top)
    box = frame.box(left.value, bottom.value, right.value, top.value)
    loose = frame.loose
    raw.FPDFText_GetLooseCharBox(layer, i, loose)
    reach = frame.box(loose.left, loose.bottom, loose.right, loose.top)
    thing = raw.FPDFText_GetTextObject(layer, i)
    address = ctypes.cast(thing, ctypes.c_void_p).value or 0
    unseen = unicodedata.category(char) in _UNSEEN_CATEGORIES
    return Glyph(
        char=char,
        box=box,
        size=_size(loose),
        mode=raw.FPDFTextObj_GetTextRenderMode(thing) if thing else 0,
        alpha=_alpha(layer, i, frame),
        left=min(reach[0], box[0]),
        right=max(reach[2], box[2]),
        run=numbers.setdefault(address, len(numbers)),
        why="zero_width" if unseen else None,
    )


def _alpha(layer: Any, i: int, frame: _Frame) -> int:
    red, green, blue, alpha = frame.colour
    alpha.value = 255
    raw.FPDFText_GetFillColor(layer, i, red, green, blue, alpha)
    return int(alpha.value)


def _size(loose: Any) -> float:
    """Height of the font as drawn, points: the loose box spans ascent to descent."""
    high, wide = float(abs(loose.top - loose.bottom)), float(abs(loose.right - loose.left))
    return min(high, wide * 2.6) or high


def lines_of(glyphs: list[Glyph]) -> list[Line]:
    """Characters of one baseline without a wide gap between them; unordered."""
    pieces: list[list[Glyph]] = []
    for glyph in _without_doubles(glyphs):
        if pieces and _goes_on(pieces[-1][-1], glyph):
            pieces[-1].append(glyph)
        elif glyph.char.strip():
            pieces.append([glyph])
    return [_line(piece) for piece in _joined(pieces)]


def _without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """Bold print made by drawing every letter twice counts once."""
    seen: set[tuple[str, int, int]] = set()
    out = []
    for glyph in glyphs:
        key = (glyph.char, round(glyph.box[0] * 400), round(glyph.box[1] * 400))
        if glyph.char.strip() and key in seen:
            continue
        seen.add(key)
        out.append(glyph)
    return out


def _height(glyph: Glyph) -> float:
    # A quotation mark has little ink; the room it takes tells the size of its line.
    return max(glyph.box[3] - glyph.box[1], glyph.box[2] - glyph.box[0], 0.7 * (glyph.right - glyph.left), 0.004)


def _middle(glyph: Glyph) -> float:
    return (glyph.box[1] + glyph.box[3]) / 2


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    tall = max(_height(last), _height(glyph))
    level = abs(_middle(last) - _middle(glyph)) < 0.75 * tall
    gap = glyph.left - last.right
    return level and -0.6 * tall < gap < 0.9 * tall


def _joined(pieces: list[list[Glyph]]) -> list[list[Glyph]]:
    """Pieces drawn separately that continue each other on the page."""
    out: list[list[Glyph]] = []
    for piece in sorted(pieces, key=lambda p: (round(_middle(p[0]) * 200), p[0].box[0])):
        for other in reversed(out[-8:]):
            close = piece[0].left - other[-1].right < 0.5 * _height(piece[0])
            if close and _goes_on(other[-1], piece[0]) and abs(other[-1].size - piece[0].size) < 2:
                other.extend(piece)
                break
        else:
            out.append(list(piece))
    return out


def _line(piece: list[Glyph]) -> Line:
    while not piece[-1].char.strip():
        piece = piece[:-1]
    x0, y0, x1, y1 = union([g.box for g in piece if g.char.strip()])
    edges = [g.box[0] for g in piece] + [piece[-1].box[2]]
    box = (round(x0, 4), round(y0, 4), round(x1, 4), round(y1, 4))
    return Line(text="".join(g.char for g in piece), box=box, edges=tuple(round(e, 4) for e in edges))
