"""OFD (GB/T 33190), the fixed-layout format of Chinese offices, where the optional library `ofdkit` is installed."""

from __future__ import annotations

import zipfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.documents import Box, Line, ReadDocument, ReadPage
from knowledge.ocr import in_order
from knowledge.sniff import Refused

if TYPE_CHECKING:
    from knowledge.document_reader import Budget

ofdkit: Any = import_module("ofdkit") if find_spec("ofdkit") else None
INSTALLED = ofdkit is not None
_MOST_TOTAL = 300 * 1024 * 1024
_MOST_RUNS = 20_000
_ASCENT, _DESCENT = 0.86, 0.14
"""Parts of the type size above and below the baseline."""


def read_ofd(path: Path, name: str, budget: Budget) -> ReadDocument:
    """All pages with their words and boxes; raises `Refused`."""
    if not INSTALLED or not budget.limits.ofd:
        raise Refused("unsupported", "OFD 文件，请另存为 PDF 后收入" if not INSTALLED else "")
    _bounded(path)
    try:
        with ofdkit.open(path) as document:
            if len(document.pages) > budget.limits.pages:
                raise Refused("too_many_pages", f"共{len(document.pages)}页，最多{budget.limits.pages}页")
            pages = tuple(_page(page, number) for number, page in enumerate(document.pages, 1))
    except ofdkit.OFDError as error:
        raise Refused("corrupt") from error
    if not any(page.lines for page in pages):
        raise Refused("empty", "没有文字，可能是图片制成的 OFD")
    return ReadDocument(kind="ofd", filename=name, pages=pages)


def _bounded(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        total = sum(i.file_size for i in archive.infolist())
    if total > _MOST_TOTAL:
        raise Refused("too_large", f"压缩包展开后有{total // 1024 // 1024}MB")


def _page(page: Any, number: int) -> ReadPage:
    runs = page.runs
    if len(runs) > _MOST_RUNS:
        raise Refused("too_large", f"第{number}页有{len(runs)}段文字")
    lines = [line for run in runs if (line := _line(run, page))]
    return ReadPage(
        number=number,
        width=round(page.width * 72 / 25.4, 1),
        height=round(page.height * 72 / 25.4, 1),
        lines=tuple(in_order(_joined(lines))),
        blank=not lines,
    )


def _line(run: Any, page: Any) -> Line | None:
    """A run as a line; None outside the page."""
    left, top, width, height = page.box
    if not run.text.strip() or not width or not height:
        return None
    x0, x1 = (run.x - left) / width, (run.x + run.width - left) / width
    y0, y1 = (run.y - _ASCENT * run.size - top) / height, (run.y + _DESCENT * run.size - top) / height
    if x1 <= 0 or y1 <= 0 or x0 >= 1 or y0 >= 1:
        return None
    box: Box = (round(max(0.0, x0), 4), round(max(0.0, y0), 4), round(min(1.0, x1), 4), round(min(1.0, y1), 4))
    return Line(text=run.text.rstrip(), box=box)


def _joined(lines: list[Line]) -> list[Line]:
    """Runs that continue each other on one baseline are one line: writers cut a line wherever the font changes."""
    out: list[Line] = []
    for line in lines:
        before = out[-1] if out else None
        if before and before.box and line.box and _follows(before.box, line.box):
            a, b = before.box, line.box
            box = (a[0], min(a[1], b[1]), b[2], max(a[3], b[3]))
            edges = (*_edges(before)[:-1], *_edges(line))
            out[-1] = Line(text=before.text + line.text, box=box, edges=edges)
        else:
            out.append(line)
    return out


def _edges(line: Line) -> tuple[float, ...]:
    """x of the left edge of every character and of the right edge of the last."""
    if line.edges:
        return line.edges
    parts = [line.part(i, i + 1) for i in range(len(line.text))]
    return (*(round(p[0], 4) for p in parts if p), line.box[2] if line.box else 0.0)


def _follows(a: Box, b: Box) -> bool:
    high = max(a[3] - a[1], 0.004)
    return abs((a[1] + a[3]) / 2 - (b[1] + b[3]) / 2) < 0.4 * high and -0.3 * high < b[0] - a[2] < 0.5 * high
