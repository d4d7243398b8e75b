"""PDF pages: the visible words of the text layer, and recognised words where a page or a part of it is a picture."""

from __future__ import annotations

import ctypes
import math
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from knowledge.documents import Box, HiddenText, Limits, Line, ReadDocument, ReadPage
from knowledge.hidden import bare, hidden_words, judged, overlap, runs
from knowledge.layout import Level, furnish
from knowledge.ocr import in_order, read_picture
from knowledge.ocr_words import engine
from knowledge.pdf_text import glyphs_of, lines_of
from knowledge.sniff import Refused

if TYPE_CHECKING:
    from knowledge.document_reader import Budget

Picture = NDArray[np.uint8]

_DPI = 150
_MOST_DRAWN = 8_000_000
"""Pixels of a drawn page; a page with huge sides is drawn smaller."""
_PICTURE_PAGE = 0.2
"""Part of a page covered by pictures above which all of it is recognised."""
_LEAST_PICTURE = 0.0002
_MOST_PIECES = 12
_PLAIN_METADATA = {"Creator", "Producer", "CreationDate", "ModDate", "Trapped"}


def read_pdf(path: Path, name: str, budget: Budget) -> ReadDocument:
    """All pages; raises `Refused` for a file that cannot or may not be opened."""
    with _opened(path, budget.limits) as document:
        unseen = _unseen(document)  # before annotations are drawn into their pages
        pages = [_read_page(document, i, budget) for i in range(len(document))]
    scanned = any(line.conf < 1 for page in pages for line in page.lines)
    return ReadDocument(kind="pdf", filename=name, pages=tuple(pages), unseen=tuple(unseen), scanned=scanned)


def _opened(path: Path, limits: Limits) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if "assword" in str(error) else "corrupt") from error
    document.init_forms()  # so that filled-in fields are drawn
    if len(document) == 0:
        raise Refused("empty")
    if len(document) > limits.pages:
        raise Refused("too_many_pages", f"共{len(document)}页，最多{limits.pages}页")
    return document


def draw_pdf_page(path: Path, page: int, dpi: int, limits: Limits) -> bytes:
    """PNG of one page, annotations that print included."""
    with _opened(path, limits) as document:
        out = BytesIO()
        _drawn(document[page - 1], dpi).to_pil().save(out, "PNG")
        return out.getvalue()


def _drawn(page: pdfium.PdfPage, dpi: int) -> Any:
    width, height = page.get_size()
    most = math.sqrt(_MOST_DRAWN / max(1.0, width * height))
    return page.render(scale=max(0.01, min(dpi / 72, most)))


def _picture(page: pdfium.PdfPage) -> Picture:
    """The drawn page as a BGR array of its own memory."""
    array = _drawn(page, _DPI).to_numpy()
    if array.ndim == 2 or array.shape[2] == 1:
        return np.asarray(cv2.cvtColor(array, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.array(array[:, :, :3], np.uint8)


def _read_page(document: pdfium.PdfDocument, index: int, budget: Budget) -> ReadPage:
    budget.parsing()
    page = document[index]
    width, height = page.get_size()
    if raw.FPDFPage_GetAnnotCount(page) > 0:  # filled-in form fields and stamps are part of what people see
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
        page = document[index]
    picture = _picture(page)
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    glyphs = judged(glyphs_of(page), gray)
    pictures = _pictures(page)
    layer = runs(glyphs)
    lines = lines_of([g for g in glyphs if g.why is None and not g.doubtful])
    doubtful = [run.box for run in layer if run.doubtful and run.why is None]
    crowded = len(doubtful) > _MOST_PIECES
    whole = sum(_area(b) for b in pictures) > _PICTURE_PAGE or crowded or (not lines and int(np.ptp(gray)) > 60)
    budget.recognising()
    if not whole:
        seen = _pieces(picture, [*pictures[:_MOST_PIECES], *doubtful], lines)
        lines = in_order(lines + seen)
        read = ReadPage(number=index + 1, width=width, height=height, lines=tuple(lines), blank=not lines)
        if budget.limits.marks or _has_rules(page):
            read = furnish(read, picture, Level(picture.shape[1], picture.shape[0], 0.0), marked=budget.limits.marks)
        return read.model_copy(update={"hidden": tuple(hidden_words(layer, seen))})
    engine()
    read = read_picture(picture, index + 1, width, height)
    hidden = hidden_words(layer, list(read.lines))
    return with_layer(read, lines).model_copy(update={"hidden": tuple(hidden)})


def with_layer(read: ReadPage, layer: list[Line]) -> ReadPage:
    """Words of a visible text layer are exact: they replace what recognition made of the same place."""
    if not layer:
        return read
    exact = [line for line in layer if line.box]
    kept = [rest for line in read.lines if (rest := _uncovered(line, exact))]
    placed = [line.model_copy(update={"cell": _cell_at(line, read.cells)}) for line in exact]
    return read.model_copy(update={"lines": tuple(in_order(kept + placed)), "legible": True, "blank": False})


def _uncovered(line: Line, exact: list[Line]) -> Line | None:
    """The recognised line without the characters that stand on exact ones: a signature after its printed label."""
    places = [e.box for e in exact if e.box and line.box and overlap(e.box, line.box) > 0.3]
    if not places:
        return line
    free = [i for i in range(len(line.text)) if not any(_holds(place, line.part(i, i + 1)) for place in places)]
    letters = [i for i in free if line.text[i].isalnum()]
    if not letters:
        return None
    start, end = letters[0], letters[-1] + 1
    edges = line.edges[start : end + 1] if line.edges else ()
    return Line(text=line.text[start:end], box=line.part(start, end), conf=line.conf, edges=edges)


def _holds(place: Box, part: Box | None) -> bool:
    """Whether the middle of a character lies between the ends of a line."""
    return part is not None and place[0] - 0.004 <= (part[0] + part[2]) / 2 <= place[2] + 0.004


def _covered(line: Line, exact: list[Line]) -> bool:
    return line.box is not None and any(e.box and overlap(e.box, line.box) > 0.5 for e in exact)


def _cell_at(line: Line, cells: tuple[Box, ...]) -> int:
    x0, y0, x1, y1 = line.place
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return next((i for i, c in enumerate(cells) if c[0] < x < c[2] and c[1] < y < c[3]), -1)


def _pieces(picture: Picture, parts: list[Box], lines: list[Line]) -> list[Line]:
    """Words in parts of a page of text: a pasted signature, a stamp, a place where the layer claims unsure words."""
    height, width = picture.shape[:2]
    found: list[Line] = []
    for box in [b for b in parts if _area(b) > _LEAST_PICTURE]:
        x0, y0, x1, y1 = box
        left, top = max(0, int(x0 * width) - 4), max(0, int(y0 * height) - 4)
        right, bottom = min(width, int(x1 * width) + 4), min(height, int(y1 * height) + 4)
        piece = picture[top:bottom, left:right]
        if min(piece.shape[:2]) < 8:
            continue
        engine()
        seen = read_picture(_enlarged(piece), 1, 0, 0)
        moved = [_moved(line, (left / width, top / height, right / width, bottom / height)) for line in seen.lines]
        found += [line for line in moved if not _covered(line, lines)]
    return found


def _enlarged(piece: Picture) -> Picture:
    return np.asarray(cv2.resize(piece, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


def _moved(line: Line, frame: Box) -> Line:
    """A line read in a piece of the page, placed on the page."""
    assert line.box  # noqa: S101 - recognised lines have boxes
    wide, high = frame[2] - frame[0], frame[3] - frame[1]
    x0, y0, x1, y1 = line.box
    box = (frame[0] + x0 * wide, frame[1] + y0 * high, frame[0] + x1 * wide, frame[1] + y1 * high)
    rounded = (round(box[0], 4), round(box[1], 4), round(box[2], 4), round(box[3], 4))
    return Line(text=line.text, box=rounded, conf=min(line.conf, 0.999))


def _pictures(page: pdfium.PdfPage) -> list[Box]:
    """Boxes of the pictures on the page, fractions."""
    width, height = page.get_size()
    boxes = []
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        x0, y0, x1, y1 = thing.get_bounds()
        box = (max(0.0, x0 / width), max(0.0, 1 - y1 / height), min(1.0, x1 / width), min(1.0, 1 - y0 / height))
        if box[2] > box[0] and box[3] > box[1]:
            boxes.append(box)
    return boxes


def _has_rules(page: pdfium.PdfPage) -> bool:
    """Whether anything is drawn on the page that could be the rules of a table."""
    kinds = [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING]
    return any(True for _ in page.get_objects(filter=kinds, max_depth=3))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _unseen(document: pdfium.PdfDocument) -> list[HiddenText]:
    """Words of the file that are on no page."""
    found = [
        HiddenText(how="metadata", text=str(value)[:2000], where=key)
        for key, value in document.get_metadata_dict().items()
        if value and key not in _PLAIN_METADATA and bare(str(value))
    ]
    for i in range(min(20, document.count_attachments())):
        found.append(HiddenText(how="attachment", text=document.get_attachment(i).get_name()[:300]))
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        found.append(HiddenText(how="script", text="JavaScript"))
    for index in range(len(document)):
        found += _notes(document[index], index + 1)
    return found


def _notes(page: pdfium.PdfPage, number: int) -> list[HiddenText]:
    """Contents of annotations: shown by some viewers as a pop-up, printed by none."""
    found = []
    for i in range(min(200, raw.FPDFPage_GetAnnotCount(page))):
        note = raw.FPDFPage_GetAnnot(page, i)
        text = _annotation_words(note)
        raw.FPDFPage_CloseAnnot(note)
        if bare(text):
            found.append(HiddenText(how="annotation", text=text[:2000], where=f"第{number}页"))
    return found


def _annotation_words(note: Any) -> str:
    size = raw.FPDFAnnot_GetStringValue(note, b"Contents", None, 0)
    if size <= 2 or size > 100_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(note, b"Contents", ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")
