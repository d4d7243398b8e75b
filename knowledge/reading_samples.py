"""Sample documents of every kind, set from the product's own guides, with the words in the order people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document
from fpdf import FPDF
from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

from knowledge.paper_font import font_with

_SIMPLIFIED = 2
"""Place of the simplified Chinese face in the font collection."""
_PAGE = (595.0, 842.0)
_MARGIN = 72.0
_SIZE, _PITCH = 11.0, 18.0
_HEAD = "个体工商户登记办事指南汇编"
_TABLE = (
    ("事项", "办理时限", "依据"),
    ("设立登记", "当场或者三日", "第十九条"),
    ("变更登记", "当场或者三日", "第二十四条"),
)
_FOOTNOTE = "① 本页所称登记机关，指县级以上市场监督管理部门。"
_SCAN_DPI = 150


@dataclass(frozen=True)
class Sample:
    """One file, the words it holds in reading order (white space aside), and its pages."""

    name: str
    path: Path
    words: str
    pages: int


def guides() -> list[str]:
    """Paragraphs of the product's own guides."""
    out = []
    for file in sorted(Path(__file__).with_name("policies").glob("*.md")):
        body = file.read_text("utf-8").split("---", 2)[2]
        out += [re.sub(r"^[#\-\s]+", "", line).replace("**", "") for line in body.splitlines() if line.strip()]
    return out


def all_samples(folder: Path, scanned_pages: int = 2) -> Iterator[Sample]:
    """Makes the files one after the other in `folder`."""
    text = guides()
    yield printed(folder / "one-column.pdf", text, columns=1)
    yield printed(folder / "two-columns.pdf", text, columns=2)
    yield _word(folder / "guide.docx", text)
    yield _page_of_web(folder / "guide.html", text)
    if scanned_pages:
        yield _scan(folder / "scan.pdf", text, scanned_pages)


def sheet(folder: Path, characters: str) -> FPDF:
    """An empty A4 document with a font of these characters."""
    made = FPDF(unit="pt", format="A4")
    made.set_auto_page_break(False)
    font = folder / "cjk.ttf"
    font.write_bytes(font_with("".join(sorted(set(characters)))))
    made.add_font("cjk", fname=font)
    made.set_font("cjk", size=_SIZE)
    return made


def wrapped(paragraph: str, width: float, size: float = _SIZE) -> list[str]:
    """Lines of a justified paragraph with its first line indented by two characters (kept as two full spaces)."""
    out, line, room = [], "", width - 2 * size
    for char in paragraph:
        wide = size * (0.56 if char.isascii() else 1.0)
        if wide > room and char not in "，。；：、）》":
            out.append(line)
            line, room = "", width
        line += char
        room -= wide
    return [*out, line]


def printed(path: Path, text: list[str], columns: int) -> Sample:
    """Running head, page numbers, a footnote on the first page and a ruled table at the end."""
    made, gap = (
        sheet(path.parent, "".join([*text, *(w for row in _TABLE for w in row), _HEAD, _FOOTNOTE, "— 0123456789"])),
        24.0,
    )
    width = (_PAGE[0] - 2 * _MARGIN - gap * (columns - 1)) / columns
    slots = _slots(made, columns, width + gap)
    for paragraph in text:
        for number, line in enumerate(wrapped(paragraph, width)):
            x, y = next(slots)
            made.text(x + (0 if number else 2 * _SIZE), y, line)
    _table(made)
    made.output(str(path))
    words = "".join(text) + "".join("".join(row) for row in _TABLE) + _FOOTNOTE
    return Sample(path.stem, path, words, len(made.pages))


def _slots(made: FPDF, columns: int, step: float) -> Iterator[tuple[float, float]]:
    """Places of lines, column by column and page by page."""
    while True:
        _new_page(made)
        last = 690.0 if len(made.pages) == 1 else 750.0
        for column in range(columns):
            y = 100.0
            while y < last:
                yield _MARGIN + column * step, y
                y += _PITCH


def _new_page(made: FPDF) -> None:
    made.add_page()
    made.set_font("cjk", size=9)
    made.text(230, 50, _HEAD)
    made.text(280, 800, f"— {len(made.pages)} —")
    if len(made.pages) == 1:
        made.set_font("cjk", size=8)
        made.text(_MARGIN, 740, _FOOTNOTE)
    made.set_font("cjk", size=_SIZE)


def _table(made: FPDF) -> None:
    _new_page(made)
    for i, row in enumerate(_TABLE):
        for j, words in enumerate(row):
            made.rect(_MARGIN + 150 * j, 100 + 28 * i, 150, 28)
            made.text(_MARGIN + 150 * j + 8, 118 + 28 * i, words)


def _word(path: Path, text: list[str]) -> Sample:
    made: Document = docx.Document()
    made.sections[0].header.paragraphs[0].text = _HEAD
    for paragraph in text:
        made.add_paragraph(paragraph)
    table = made.add_table(rows=len(_TABLE), cols=len(_TABLE[0]))
    for i, row in enumerate(_TABLE):
        for j, words in enumerate(row):
            table.cell(i, j).text = words
    made.save(str(path))
    return Sample(path.stem + " docx", path, "".join(text) + "".join("".join(row) for row in _TABLE), 1)


def _page_of_web(path: Path, text: list[str]) -> Sample:
    rows = "".join("<tr>" + "".join(f"<td>{words}</td>" for words in row) + "</tr>" for row in _TABLE)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    page = f"<html><body><nav>首页 &gt; 办事</nav>{body}<table>{rows}</table><footer>版权所有</footer></body></html>"
    path.write_text(page, "utf-8")
    return Sample(path.stem + " html", path, "".join(text) + "".join("".join(row) for row in _TABLE), 1)


def _scan(path: Path, text: list[str], pages: int) -> Sample:
    """Pictures of pages, as a copier makes them."""
    scale = _SCAN_DPI / 72
    font = ImageFont.truetype(str(FONT_PATH), round(_SIZE * scale), index=_SIMPLIFIED)
    width, lines = _PAGE[0] - 2 * _MARGIN, int((750 - 100) / _PITCH)
    flowing = [(p, i, line) for p in text for i, line in enumerate(wrapped(p, width))]
    made, words = FPDF(unit="pt", format="A4"), ""
    for page in range(pages):
        image = Image.new("RGB", (round(_PAGE[0] * scale), round(_PAGE[1] * scale)), (250, 250, 247))
        pen = ImageDraw.Draw(image)
        for row, (_, number, line) in enumerate(flowing[page * lines : (page + 1) * lines]):
            x, y = _MARGIN + (0 if number else 2 * _SIZE), 90 + row * _PITCH
            pen.text((x * scale, y * scale), line, font=font, fill=(25, 25, 28))
            words += line
        made.add_page()
        made.image(image, 0, 0, *_PAGE)
    made.output(str(path))
    return Sample("scan", path, words, pages)
