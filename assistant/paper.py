"""Papers the office hands out, as PDF: Chinese text that can be searched and copied, and the label of AI assistance.

The label follows 人工智能生成合成内容标识办法 and GB 45438-2025: words people see on every page, and the field `AIGC`
in the file's own description.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from fpdf import FPDF, FontFace
from fpdf.enums import WrapMode
from pypdf import PdfReader, PdfWriter

from assistant.paper_font import font_with

AI_LABEL = "本文件由人工智能辅助生成，内容以登记机关工作人员审核为准"
PROVIDER = "办成 Bancheng"


@dataclass(frozen=True)
class Ink:
    """A drawn signature (PNG), as high as the words beside it."""

    png: bytes


Cell = str | tuple[str, int] | Ink
"""Text, text and the number of columns it spans, or a drawing."""
Align = Literal["L", "C", "R", "J"]

_INK, _GREY, _SHADE, _RULE = (25, 28, 33), (110, 116, 124), (240, 243, 247), (120, 128, 138)
_MARGIN = 18.0
_ALWAYS = "".join(map(chr, range(32, 127))) + "第页共\u3000·—□■"


class _Sheet(FPDF):
    """Page with the header and footer of the paper being drawn."""

    head = ""
    foot = ""

    def header(self) -> None:
        self.set_font("cjk", size=8)
        self.set_text_color(*_GREY)
        self.cell(0, 5, self.head, align="R", new_x="LMARGIN", new_y="NEXT")
        self.ln(2)
        self.set_text_color(*_INK)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("cjk", size=8)
        self.set_text_color(*_GREY)
        self.set_draw_color(*_RULE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.cell(0, 6, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 6, f"第 {self.page_no()} 页 共 {{nb}} 页", align="R")
        self.set_text_color(*_INK)


class Paper:
    """A paper under construction: blocks from top to bottom on A4, lengths in millimetres, sizes in points."""

    def __init__(self, title: str, *, number: str = "", label: str = AI_LABEL, made_at: datetime | None = None) -> None:
        """`label` is the AI label of the footer; empty: no part of the paper was made with AI, and no `AIGC` field."""
        self.title, self.number, self.label = title, number, label
        self._made_at = made_at or datetime.now(UTC)
        self._blocks: list[Callable[[_Sheet], None]] = []
        self._words = [title, number, label, _ALWAYS]
        self._block(lambda sheet: _write(sheet, title, 17, "C", 9))

    def _block(self, draw: Callable[[_Sheet], None], *words: str) -> Paper:
        self._blocks.append(draw)
        self._words.extend(words)
        return self

    def heading(self, text: str) -> Paper:
        """A section heading on a shaded bar."""

        def draw(sheet: _Sheet) -> None:
            sheet.ln(1.5)
            sheet.set_font("cjk", size=10.5)
            sheet.set_fill_color(*_SHADE)
            sheet.cell(0, 7, f" {text}", fill=True, new_x="LMARGIN", new_y="NEXT")
            sheet.ln(0.5)

        return self._block(draw, text)

    def paragraph(self, text: str, *, size: float = 10.5, align: Align = "L", indent: bool = False) -> Paper:
        """Wrapped text; `indent` sets the first line two characters in."""
        text = f"\u3000\u3000{text}" if indent else text
        return self._block(lambda sheet: _write(sheet, text, size, align, size * 0.58), text)

    def table(
        self, rows: Sequence[Sequence[Cell]], widths: Sequence[float], *, header: bool = False, size: float = 9.5
    ) -> Paper:
        """Ruled rows over columns of relative widths; `header` repeats the first row after a page break.

        Without `header`, rows of 2, 4 or 6 cells are label and value pairs."""
        words = [_text(cell)[0] for row in rows for cell in row]
        return self._block(lambda sheet: _table(sheet, rows, widths, header, size), *words)

    def space(self, height: float = 4) -> Paper:
        """An empty stretch, mm."""
        return self._block(lambda sheet: sheet.ln(height))

    def keep(self, height: float) -> Paper:
        """Starts a new page unless `height` mm are left on this one."""
        return self._block(lambda sheet: sheet.add_page() if sheet.will_page_break(height) else None)

    def new_page(self) -> Paper:
        """Goes on at the top of the next page."""
        return self._block(lambda sheet: sheet.add_page())

    def bytes(self) -> bytes:
        """The PDF file."""
        sheet = _Sheet(format="A4", unit="mm")
        sheet.head, sheet.foot = self.number, self.label
        sheet.set_margins(_MARGIN, 14, _MARGIN)
        sheet.set_auto_page_break(True, 18)
        sheet.set_title(self.title)
        sheet.set_creator(PROVIDER)
        sheet.set_lang("zh-CN")
        sheet.set_creation_date(self._made_at)
        with TemporaryDirectory(prefix="paper-") as folder:
            font = Path(folder) / "cjk.ttf"
            font.write_bytes(font_with("".join(sorted(set("".join(self._words)) - set("\n\r\t")))))
            sheet.add_font("cjk", fname=font)
            sheet.add_page()
            for draw in self._blocks:
                draw(sheet)
            file = bytes(sheet.output())
        return _described(file) if self.label else file


def _described(file: bytes) -> bytes:
    """Adds the `AIGC` field; the content id is a hash of the pages."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(file)))
    writer.add_metadata({"/AIGC": aigc(hashlib.sha256(file).hexdigest()[:32])})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def aigc(content_id: str) -> str:
    """The hidden label as JSON; `Label` "1": made with AI (GB 45438-2025, annex E)."""
    return json.dumps({"Label": "1", "ContentProducer": PROVIDER, "ProduceID": content_id}, ensure_ascii=False)


def _write(sheet: _Sheet, text: str, size: float, align: Align, height: float) -> None:
    sheet.set_font("cjk", size=size)
    sheet.set_x(sheet.l_margin)
    sheet.multi_cell(0, height, text, align=align, wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT")


def _table(sheet: _Sheet, rows: Sequence[Sequence[Cell]], widths: Sequence[float], header: bool, size: float) -> None:
    sheet.set_font("cjk", size=size)
    sheet.set_draw_color(*_RULE)
    shaded, white = FontFace(fill_color=_SHADE), FontFace(fill_color=(255, 255, 255))
    with sheet.table(
        col_widths=tuple(widths),
        line_height=size * 0.55,
        padding=(1.1, 1.6),
        first_row_as_headings=header,
        headings_style=shaded,
        wrapmode=WrapMode.CHAR,
        v_align="MIDDLE",
        text_align="LEFT",
    ) as table:
        for row in rows:
            drawn = table.row()
            for cell in row:
                text, columns = _text(cell)
                if isinstance(cell, Ink):
                    drawn.cell(img=BytesIO(cell.png), style=white)
                    continue
                drawn.cell(text, colspan=columns, style=shaded if not header and _is_label(cell, row) else white)


def _text(cell: Cell) -> tuple[str, int]:
    """(the words of a cell, the columns it spans)."""
    if isinstance(cell, Ink):
        return "", 1
    return cell if isinstance(cell, tuple) else (cell, 1)


def _is_label(cell: Cell, row: Sequence[Cell]) -> bool:
    """In a form row of label and value pairs the cells at even places are labels."""
    return len(row) in (2, 4, 6) and any(cell is c for c in row[::2])
