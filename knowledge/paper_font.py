"""The Chinese font of printed pages: only the characters used, with TrueType outlines.

Some readers lose the words of a page set in a PostScript-flavoured (CFF) CJK font, so the outlines are converted
to TrueType, which every reader and text extractor handles alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from noto_cjk_sans_otc import FONT_PATH

_SIMPLIFIED = 2
"""Place of the simplified Chinese face in the collection."""
_TOLERANCE = 1.0
"""Largest distance, in font units of 1/1000 em, between the old curve and the new one."""
_UNWANTED = ["VORG", "vhea", "vmtx", "BASE", "GPOS", "GSUB", "GDEF"]
_ZERO_LIMITS = (
    "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions "
    "maxComponentElements maxPoints maxContours maxCompositePoints maxCompositeContours maxComponentDepth"
).split()


@lru_cache(maxsize=16)
def font_with(characters: str) -> bytes:
    """A TrueType file holding `characters` (sorted, without repeats); absent ones show as an empty box."""
    options = subset.Options(
        layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True, name_IDs=[1, 2, 4, 6]
    )
    options.drop_tables += _UNWANTED
    with TTFont(str(FONT_PATH), fontNumber=_SIMPLIFIED, lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=characters)
        cutter.subset(font)
        _to_truetype(font)
        file = BytesIO()
        font.save(file)
    return file.getvalue()


def _to_truetype(font: TTFont) -> None:
    """Replaces the CFF outlines by quadratic ones, in place."""
    names, outlines = font.getGlyphOrder(), font.getGlyphSet()
    glyf = newTable("glyf")
    glyf.glyphOrder = names
    glyf.glyphs = {name: _quadratic(outlines, name) for name in names}
    font["loca"], font["glyf"] = newTable("loca"), glyf
    del font["CFF "]
    limits = font["maxp"]
    limits.tableVersion, limits.maxZones = 0x00010000, 1
    for name in _ZERO_LIMITS:
        setattr(limits, name, 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"


def _quadratic(outlines: Mapping[str, Any], name: str) -> object:
    pen = TTGlyphPen(None)
    outlines[name].draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
    return pen.glyph()
